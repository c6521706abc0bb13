// A stack as a process group of its own, for tests that kill all of it at once and start it again on the same data.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startChild } from './child.ts'
import { Complaint } from './complaint.ts'
import { dataFolderAt, openDataFolder } from './data-folder.ts'
import { type DevFacts, readDevFile } from './dev-file.ts'
import { endMarked } from './leftovers.ts'
import { endProcesses, groupMembers, processesIn, signal, untilGone } from './processes.ts'

export interface SpawnOptions {
  readonly dataFolder: string
  /** Of the first edge. The same one again after a crash is the point of it. */
  readonly port: number
  readonly edges?: number
  /** Variables for the process itself: DATABASE_URL, REDIS_URL. */
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

export interface SpawnedStack {
  /** The process group: `process.kill(-pid, 'SIGKILL')` ends everything, Postgres and Redis included. */
  readonly pid: number
  readonly facts: DevFacts
  /** Ends everything at once, as a power cut would, and answers when nothing of it lives. */
  kill(): Promise<void>
  /** Ends everything politely. */
  stop(): Promise<void>
}

/** Starts `npm run stack` and answers when it is ready. @throws Complaint with its last lines when it is not in time. */
export const spawnStack = async (options: SpawnOptions): Promise<SpawnedStack> => {
  const { port, edges = 1, timeoutMs = 120_000 } = options
  const folder = openDataFolder(options.dataFolder)
  mkdirSync(folder.logs, { recursive: true })
  const child = await startChild({
    name: 'npm run stack',
    command: process.execPath,
    args: [join(import.meta.dirname, 'stack.ts'), '--port', String(port), '--edges', String(edges)],
    env: {
      ...process.env,
      DATABASE_URL: '',
      DATABASE_URLS: '',
      REDIS_URL: '',
      ...options.env,
      EDGEPOLL_DATA: folder.root,
    },
    logFile: join(folder.logs, 'stack.log'),
    ownGroup: true,
    graceMs: 30_000,
  })
  const spawned = {
    pid: child.pid,
    async kill() {
      signal(-child.pid, 'SIGKILL')
      await untilGone(groupMembers(child.pid), 10_000)
      // A Postgres session is a group of its own; it ends when it notices that its server is gone, which a statement may delay.
      await endProcesses(processesIn(dataFolderAt(folder.root).postgres), 'SIGQUIT', 5_000)
      await endMarked(folder)
    },
    stop: () => child.stop(),
  }
  const until = Date.now() + timeoutMs
  let ended = false
  void child.exited.then(() => {
    ended = true
  })
  for (;;) {
    const facts = readDevFile(folder)
    // The file of the run before names another process.
    if (facts?.run === child.pid) return { ...spawned, facts }
    if (ended || Date.now() > until) {
      await spawned.kill()
      throw new Complaint(['The stack did not start:', ...child.lastLines(30)].join('\n'))
    }
    await pause(50)
  }
}
