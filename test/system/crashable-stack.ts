// A stack that can be killed with everything in it, as a power cut would, and started again on the same port and data.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Child, startChild } from '../../dev/child.ts'
import { type DataFolder, openDataFolder } from '../../dev/data-folder.ts'
import { type DevFacts, readDevFile } from '../../dev/dev-file.ts'
import { endMarked } from '../../dev/leftovers.ts'
import { freePort } from '../../dev/ports.ts'
import { endProcesses, groupMembers, processesIn, signal, untilGone } from '../../dev/processes.ts'
import type { StackOptions } from '../../dev/stack.ts'

export interface CrashableStack {
  /** Starts it; a second time after `kill`. Answers when it is ready. */
  start(): Promise<DevFacts>
  /** Kills every process of it with SIGKILL, and answers when nothing of it lives; how many there were. */
  kill(): Promise<number>
  /** Ends it politely, and takes its data away. */
  remove(): Promise<void>
}

export const crashableStack = async (
  bindings: NonNullable<StackOptions['bindings']>,
): Promise<CrashableStack> => {
  const folder = openDataFolder(mkdtempSync(join(tmpdir(), 'edgepoll-crash-')))
  const port = await freePort()
  let child: Child | null = null
  return {
    async start() {
      const options: StackOptions = { dataFolder: folder.root, port, bindings }
      child = await startChild({
        name: 'stack',
        command: process.execPath,
        args: [
          '--disable-warning=ExperimentalWarning',
          join(import.meta.dirname, 'stack-process.ts'),
          JSON.stringify(options),
        ],
        logFile: join(folder.logs, 'stack.log'),
        ownGroup: true,
        graceMs: 30_000,
      })
      return ready(child, folder)
    },
    async kill() {
      if (child === null) throw new Error('nothing runs')
      const members = groupMembers(child.pid)
      signal(-child.pid, 'SIGKILL')
      await untilGone(members, 10_000)
      // A session of Postgres may be a group of its own, and ends when it notices that its server is gone.
      await endProcesses(processesIn(folder.postgres), 'SIGQUIT', 5_000)
      await endMarked(folder)
      return members.length
    },
    async remove() {
      await child?.stop()
      rmSync(folder.root, { recursive: true, force: true })
    },
  }
}

/** Bundles, a new database and its migrations, on a slow machine. */
const startMs = 90_000

/** What the stack writes down when it is ready. The file of the run before names another process. */
const ready = async (child: Child, folder: DataFolder): Promise<DevFacts> => {
  let ended = false
  void child.exited.then(() => {
    ended = true
  })
  const until = Date.now() + startMs
  while (!ended && Date.now() < until) {
    const facts = readDevFile(folder)
    if (facts?.run === child.pid) return facts
    await pause(50)
  }
  throw new Error(['the stack did not start:', ...child.lastLines(30)].join('\n'))
}
