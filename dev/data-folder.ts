// The data folder: what is where in it, and whether it can be used.
import { accessSync, constants, existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { folderUnwritable } from './complaint.ts'

export interface DataFolder {
  readonly root: string
  /** What other programs read: URLs, keys, ids. */
  readonly devFile: string
  readonly secretsFile: string
  /** Who is running on this folder. */
  readonly runFile: string
  readonly postgres: string
  readonly redis: string
  /** Durable Objects and caches; `npm start` and `npm run stack` see the same ballots. */
  readonly state: string
  readonly bundles: string
  /** Bundles that were published to a running stack. */
  readonly versions: string
  readonly registry: string
  readonly logs: string
}

/** Names everything in the folder `root`, without touching the disk. */
export const dataFolderAt = (root: string): DataFolder => ({
  root,
  devFile: join(root, 'dev.json'),
  secretsFile: join(root, 'secrets.json'),
  runFile: join(root, 'running.json'),
  postgres: join(root, 'postgres'),
  redis: join(root, 'redis'),
  state: join(root, 'state'),
  bundles: join(root, 'bundles'),
  versions: join(root, 'versions'),
  registry: join(root, 'registry'),
  logs: join(root, 'logs'),
})

/** Makes the folder when it is missing. @throws Complaint when it cannot be written. */
export const openDataFolder = (path: string): DataFolder => {
  try {
    mkdirSync(path, { recursive: true })
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    const folder = dataFolderAt(realpathSync(path))
    mkdirSync(folder.logs, { recursive: true })
    return folder
  } catch (error) {
    throw folderUnwritable(
      path,
      error instanceof Error && 'code' in error ? String(error.code) : String(error),
    )
  }
}

/** A fresh log file; the one of the run before stays beside it, because that is where a crash is explained. */
export const freshLog = (folder: DataFolder, name: string): string => {
  const path = join(folder.logs, `${name}.log`)
  if (existsSync(path)) renameSync(path, join(folder.logs, `${name}.previous.log`))
  return path
}
