// A data folder in the temporary folder with a nursery in it, for tests that start real services; gone with everything in it after.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DataFolder, openDataFolder } from '../../dev/data-folder.ts'
import { createNursery, type Nursery } from '../../dev/nursery.ts'

export interface TemporaryFolder {
  readonly folder: DataFolder
  readonly nursery: Nursery
  remove(): Promise<void>
}

export const aDataFolder = (): TemporaryFolder => {
  const folder = openDataFolder(mkdtempSync(join(tmpdir(), 'edgepoll-test-')))
  const nursery = createNursery(folder, { ownGroups: false })
  return {
    folder,
    nursery,
    async remove() {
      await nursery.stopAll()
      rmSync(folder.root, { recursive: true, force: true })
    },
  }
}
