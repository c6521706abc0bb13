// The beginning of every run on a data folder: it is ours alone, nothing of a killed run is left, the ports are free.
import { rmSync } from 'node:fs'
import { openDataFolder } from './data-folder.ts'
import { endLeftovers } from './leftovers.ts'
import { createNursery, type Nursery } from './nursery.ts'
import type { Progress } from './progress.ts'
import { type RunLock, takeRunLock } from './run-lock.ts'

export interface RunNeeds {
  /** How a person calls this run. */
  readonly command: string
  readonly dataFolder: string
  readonly progress: Progress
  /** Whether each child gets a process group of its own; else one signal to our group reaches all of them. */
  readonly ownGroups: boolean
}

export interface BegunRun {
  readonly nursery: Nursery
  readonly lock: RunLock
}

/** @throws Complaint when somebody else runs on the folder or it cannot be written. */
export const beginRun = async ({ command, dataFolder, progress, ownGroups }: RunNeeds): Promise<BegunRun> => {
  const folder = openDataFolder(dataFolder)
  const lock = takeRunLock(folder, command)
  progress.say(`edgepoll is starting, with its data in ${folder.root}`)
  const ended = await endLeftovers(folder, lock.leftBehind)
  if (ended.length > 0) progress.say(`  ✓ Ended what a killed run had left: ${ended.join(', ')}`)
  // A runtime that was killed stays in the registry, and others would look for its objects there for a minute and more.
  rmSync(folder.registry, { recursive: true, force: true })
  return { nursery: createNursery(folder, { ownGroups, lock }), lock }
}
