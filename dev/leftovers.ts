// Ends what a run that was killed left alive: the children it had written down, and whatever else carries the mark of its folder.
import { basename } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import { birthOf, commandOf, endProcesses, markedProcesses } from './processes.ts'
import type { StartedProcess } from './run-lock.ts'

const graceMs = 10_000

/** Only call it while holding the lock of the folder; answers the names of what it ended. */
export const endLeftovers = async (
  folder: DataFolder,
  leftBehind: readonly StartedProcess[],
): Promise<readonly string[]> => {
  // The birth tells our child from a stranger who has since been given the same id.
  const children = leftBehind.filter((child) => birthOf(child.pid) === child.birth)
  // Postgres goes last: the others may still be writing to it.
  for (const child of children.toReversed()) await endProcesses([child.pid], child.endWith, graceMs)
  return [...children.map((child) => child.name), ...(await endMarked(folder))]
}

/** Ends the grandchildren that survived their parent: workerd does not notice that its Node parent was killed. */
export const endMarked = async (folder: DataFolder): Promise<readonly string[]> => {
  const orphans = markedProcesses(folder.root)
  const names = orphans.map((pid) => basename(commandOf(pid).split(' ')[0] ?? ''))
  await endProcesses(orphans, 'SIGTERM', graceMs)
  return names
}
