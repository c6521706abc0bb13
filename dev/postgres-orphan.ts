// A Postgres that outlived its run: found by the pid it wrote into our own data folder, and stopped only when it is really ours.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { birthOf, commandOf, endProcesses, processesIn, untilGone, workingFolderOf } from './processes.ts'

/** What a postmaster.pid tells: of nobody, of a process that is gone or somebody else's, of a Postgres on our cluster. */
export type OrphanVerdict = 'none' | 'stale' | 'ours'

/** `runsHere` tells whether process `pid` is a living Postgres on this cluster. */
export const judgeOrphan = (pidFile: string | null, runsHere: (pid: number) => boolean): OrphanVerdict => {
  const pid = Number.parseInt(pidFile ?? '', 10)
  if (!(pid > 1)) return 'none'
  return runsHere(pid) ? 'ours' : 'stale'
}

/** Only call it while holding the lock of the data folder: then any Postgres on it is left over. True when one was ended. */
export const endOrphanPostgres = async (cluster: string): Promise<boolean> => {
  const pidFile = join(cluster, 'postmaster.pid')
  const text = readText(pidFile)
  const verdict = judgeOrphan(text, (pid) => birthOf(pid) !== null && runsOn(cluster, pid))
  // SIGINT: disconnect the clients and write everything out.
  if (verdict === 'ours') await endProcesses([Number.parseInt(text ?? '', 10)], 'SIGINT', 15_000)
  // Sessions outlive a killed server by a moment, or as long as their statement runs; while one does, the file is what keeps a
  // second server off the same data. SIGQUIT is what their own server would send them in a crash.
  const sessions = processesIn(cluster)
  await endProcesses(sessions, 'SIGQUIT', 5_000)
  const free = await untilGone(sessions, 5_000)
  // A stranger with the same id, or a dead process nobody has buried yet, would make Postgres refuse for ever.
  if (verdict !== 'none' && free) rmSync(pidFile, { force: true })
  return verdict === 'ours'
}

// A postmaster works in its data folder; where that cannot be seen its command line names it.
const runsOn = (cluster: string, pid: number): boolean => {
  const folder = workingFolderOf(pid)
  if (folder !== null) return folder === cluster
  const command = commandOf(pid)
  return command.includes('postgres') && command.includes(cluster)
}

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
