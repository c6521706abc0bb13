// What the operating system knows about processes: whether one lives, whether it is still the same one, which carry our mark.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** The environment variable by which everything started on a data folder is found again, grandchildren included. */
export const markName = 'EDGEPOLL_RUN_OF'

const hasProc = existsSync('/proc/self/stat')

/** When a process began, in some fixed notation, or null when there is none. Ids are reused; the pair of id and birth is not. */
export const birthOf = (pid: number): string | null => {
  if (!hasProc) return lines('ps', ['-o', 'lstart=', '-p', String(pid)])[0]?.trim() || null
  const fields = statOf(pid)
  // A zombie is dead and waits for its parent to look.
  return fields === null || fields[0] === 'Z' ? null : (fields[19] ?? null)
}

/** The command line of a process, or an empty text. */
export const commandOf = (pid: number): string =>
  hasProc
    ? (readProc(pid, 'cmdline')?.replaceAll('\0', ' ') ?? '')
    : (lines('ps', ['-o', 'command=', '-p', String(pid)])[0] ?? '')

/** The processes that were started on the data folder `folder` and still live, without this one. */
export const markedProcesses = (folder: string): readonly number[] => {
  const mark = `${markName}=${folder}`
  const found = hasProc
    ? allProcesses().filter((pid) => readProc(pid, 'environ')?.split('\0').includes(mark))
    : lines('ps', ['eww', '-ax', '-o', 'pid=,command='])
        .filter((line) => `${line} `.includes(` ${mark} `))
        .map((line) => Number.parseInt(line, 10))
  return found.filter((pid) => pid !== process.pid && birthOf(pid) !== null)
}

/** The processes that work in the folder `folder`, where the system lets us see it. */
export const processesIn = (folder: string): readonly number[] =>
  hasProc ? allProcesses().filter((pid) => birthOf(pid) !== null && workingFolderOf(pid) === folder) : []

/** Where a process works, or null where that cannot be seen. */
export const workingFolderOf = (pid: number): string | null => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}

/** The parent of a process, or 0. */
export const parentOf = (pid: number): number =>
  Number(hasProc ? statOf(pid)?.[1] : lines('ps', ['-o', 'ppid=', '-p', String(pid)])[0]) || 0

/** The living children of the process `parent`. */
export const childrenOf = (parent: number): readonly number[] =>
  hasProc
    ? allProcesses().filter((pid) => statOf(pid)?.[1] === String(parent) && birthOf(pid) !== null)
    : lines('ps', ['-ax', '-o', 'ppid=,pid='])
        .map((line) => line.trim().split(/\s+/).map(Number))
        .filter(([ppid]) => ppid === parent)
        .map(([, pid]) => pid ?? 0)

/** The living members of the process group `group`. */
export const groupMembers = (group: number): readonly number[] =>
  hasProc
    ? allProcesses().filter((pid) => statOf(pid)?.[2] === String(group) && birthOf(pid) !== null)
    : lines('ps', ['-ax', '-o', 'pgid=,pid='])
        .map((line) => line.trim().split(/\s+/).map(Number))
        .filter(([pgid]) => pgid === group)
        .map(([, pid]) => pid ?? 0)

/** Sends a signal; a process that is gone already is no failure. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // Gone, which is what was wanted.
  }
}

/** Waits until none of `pids` lives; false when some still do after `timeoutMs`. */
export const untilGone = async (pids: readonly number[], timeoutMs: number): Promise<boolean> => {
  const until = Date.now() + timeoutMs
  while (pids.some((pid) => birthOf(pid) !== null)) {
    if (Date.now() > until) return false
    await pause(25)
  }
  return true
}

/** Ends processes politely, and after `graceMs` without asking. */
export const endProcesses = async (
  pids: readonly number[],
  polite: NodeJS.Signals,
  graceMs: number,
): Promise<void> => {
  for (const pid of pids) signal(pid, polite)
  if (await untilGone(pids, graceMs)) return
  for (const pid of pids) signal(pid, 'SIGKILL')
  await untilGone(pids, 5_000)
}

const allProcesses = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

// The name in parentheses may contain anything, so the fields are counted from its end: state, parent, group, …
const statOf = (pid: number): readonly string[] | null => {
  const stat = readProc(pid, 'stat')
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

const readProc = (pid: number, file: string): string | null => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return null
  }
}

const lines = (command: string, args: readonly string[]): readonly string[] =>
  (spawnSync(command, [...args], { encoding: 'utf8' }).stdout ?? '').split('\n').filter((line) => line !== '')
