// One child process: its log in a file, its last lines at hand when it dies, and an end that takes its own children along.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { closeSync, createWriteStream, openSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { birthOf, endProcesses, groupMembers, signal, untilGone } from './processes.ts'

export interface ChildOrder {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly logFile: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Whose process it is; only root may choose. */
  readonly uid?: number
  readonly gid?: number
  readonly endWith?: NodeJS.Signals
  readonly graceMs?: number
  /** A group of its own keeps the terminal's Ctrl-C away and lets the whole tree be ended by one signal. */
  readonly ownGroup?: boolean
  /** Hears each line of output as it comes. */
  readonly onLine?: (line: string) => void
  /** Opens a channel for messages, for a child that is one of our own scripts. */
  readonly talks?: boolean
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child {
  readonly name: string
  readonly pid: number
  readonly birth: string
  readonly endWith: NodeJS.Signals
  readonly process: ChildProcess
  readonly exited: Promise<Exit>
  lastLines(count?: number): readonly string[]
  stop(): Promise<void>
}

/** @throws the reason of the operating system when the command cannot be started. */
export const startChild = async (order: ChildOrder): Promise<Child> => {
  const { endWith = 'SIGTERM', graceMs = 8_000, ownGroup = false } = order
  const log = openSync(order.logFile, 'a', 0o600)
  const output = order.onLine === undefined ? log : 'pipe'
  const stdio: StdioOptions = ['ignore', output, output, ...(order.talks === true ? ['ipc' as const] : [])]
  const child = spawn(order.command, [...order.args], {
    stdio,
    detached: ownGroup,
    env: order.env ?? process.env,
    ...(order.cwd === undefined ? {} : { cwd: order.cwd }),
    ...(order.uid === undefined ? {} : { uid: order.uid }),
    ...(order.gid === undefined ? {} : { gid: order.gid }),
  })
  if (order.onLine !== undefined) tee(child, order.logFile, order.onLine)
  closeSync(log)
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', (code, by) => resolve({ code, signal: by })),
  )
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  // Later errors are about messages to a child that has just died, which its exit tells better.
  child.on('error', () => undefined)
  const pid = child.pid ?? 0
  return {
    name: order.name,
    pid,
    birth: birthOf(pid) ?? '',
    endWith,
    process: child,
    exited,
    lastLines: (count = 12) => lastLinesOf(order.logFile, count),
    async stop() {
      const runs = child.exitCode === null && child.signalCode === null
      if (!ownGroup) return endProcesses(runs ? [pid] : [], endWith, graceMs)
      signal(-pid, endWith)
      if (await untilGone(groupMembers(pid), graceMs)) return
      signal(-pid, 'SIGKILL')
      await untilGone(groupMembers(pid), 5_000)
    },
  }
}

/** How a process ended, for a person. */
export const describeExit = ({ code, signal: by }: Exit): string =>
  by === null ? `exit code ${code}` : `killed by ${by}`

const tee = (child: ChildProcess, logFile: string, onLine: (line: string) => void): void => {
  const file = createWriteStream(logFile, { flags: 'a' })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`)
      onLine(line)
    })
  }
  child.once('close', () => file.end())
}

const lastLinesOf = (logFile: string, count: number): readonly string[] => {
  try {
    return readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count)
  } catch {
    return []
  }
}
