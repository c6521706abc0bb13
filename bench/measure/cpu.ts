// CPU time of a process and all its descendants, from /proc: what a request costs, whatever the clock says.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export interface CpuReading {
  /** User and system ticks by process; a process is its pid and its start, because pids are used again. */
  readonly ticks: ReadonlyMap<string, number>
}

/** Reads the tree below `root`, which is part of it. Linux only. */
export const readCpu = (root: number): CpuReading => ({
  ticks: new Map(readTree(root).map(({ pid, start, ticks }) => [`${pid}@${start}`, ticks])),
})

/** The processes below `root`, and `root`. Linux only. */
export const readTree = (root: number): readonly ProcessCpu[] => {
  if (!existsSync('/proc/self/stat')) {
    throw new Error('CPU per request is read from /proc, which this system lacks: run this row on Linux.')
  }
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid) ?? [])
  const tree = treeBelow(root, processes)
  if (tree.length === 0) throw new Error(`There is no process ${root} to read the CPU of.`)
  return tree
}

/** CPU microseconds between two readings. What a process used that ended in between is lost. */
export const cpuMicrosBetween = (before: CpuReading, after: CpuReading): number => {
  let ticks = 0
  for (const [process, now] of after.ticks) ticks += now - (before.ticks.get(process) ?? 0)
  return (ticks * 1_000_000) / ticksPerSecond()
}

interface ProcessCpu {
  readonly pid: number
  readonly parent: number
  readonly start: string
  readonly ticks: number
}

const readProcess = (pid: string): ProcessCpu | null => {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return null // ended between the listing and the reading
  }
}

/** A line of /proc/<pid>/stat (proc(5)). The command may hold spaces and brackets: the fields begin after its last `)`. */
export const parseStat = (line: string): ProcessCpu => {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): string => fields[number - 3] ?? '' // proc(5) counts from 1, and two are cut off
  return {
    pid: Number(line.slice(0, line.indexOf(' '))),
    parent: Number(field(4)),
    start: field(22),
    ticks: Number(field(14)) + Number(field(15)),
  }
}

/** The processes that have `root` among their ancestors, and `root`. */
export const treeBelow = <Process extends Pick<ProcessCpu, 'pid' | 'parent'>>(
  root: number,
  processes: readonly Process[],
): Process[] => {
  const found = processes.filter(({ pid }) => pid === root)
  for (const parent of found) found.push(...processes.filter((process) => process.parent === parent.pid))
  return found
}

let ticks = 0
const ticksPerSecond = (): number => {
  ticks ||= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).trim()) || 100
  return ticks
}
