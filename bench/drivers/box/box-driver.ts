// A count Worker with its driver, from outside: makes polls of one box and casts into them.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cpuMicrosBetween, readCpu } from '../../measure/cpu.ts'
import { untilIdle } from '../../measure/until-idle.ts'
import { spawnPeer } from '../../peers/spawn-peer.ts'
import type { DriverReport } from './worker.ts'

export interface BoxDriver {
  /** Casts into a fresh poll's box for so long, warm-up beside it, with `inFlight` ballots unanswered at any moment. */
  measure(pollId: string, seconds: number, inFlight: number): Promise<BoxSample>
  stop(): Promise<void>
}

export interface BoxSample {
  readonly ballotsPerSecond: number
  /** Of the whole runtime: caller, box, scoreboard and outbox, to the last confirmation. */
  readonly cpuMicrosPerBallot: number
}

/** Starts a runtime of its own on a folder of its own. */
export const startBoxDriver = async (folder: string, commit: 'group' | 'single'): Promise<BoxDriver> => {
  mkdirSync(join(folder, commit))
  const module = fileURLToPath(import.meta.resolve('./process.ts'))
  const { ready, pid, stop } = await spawnPeer(module, [join(folder, commit), commit])
  const ask = async (path: string, words: Record<string, string | number>): Promise<Response> => {
    const query = new URLSearchParams(Object.entries(words).map(([name, value]) => [name, String(value)]))
    const response = await fetch(`${ready.origin}${path}?${query}`, { method: 'POST' })
    if (!response.ok)
      throw new Error(`The driver of the box failed: ${response.status} ${await response.text()}`)
    return response
  }
  const cast = async (words: Record<string, string | number>): Promise<DriverReport> => {
    const report = (await (await ask('/cast', words)).json()) as DriverReport // our own Worker's answer
    if (report.refused > 0)
      throw new Error(`The box refused ${report.refused} ballots, which no ballot deserved.`)
    return report
  }
  return {
    measure: async (id, seconds, inFlight) => {
      await ask('/poll', { id })
      const before = readCpu(pid)
      const warmUp = await cast({ id, inFlight, seconds: 0.5 })
      const startMs = performance.now()
      const { accepted } = await cast({ id, inFlight, seconds })
      const ballotsPerSecond = (accepted * 1000) / (performance.now() - startMs)
      await untilIdle(pid, settleMs)
      const cpuMicros = cpuMicrosBetween(before, readCpu(pid))
      return { ballotsPerSecond, cpuMicrosPerBallot: cpuMicros / (accepted + warmUp.accepted) }
    },
    stop,
  }
}

const settleMs = 20_000
