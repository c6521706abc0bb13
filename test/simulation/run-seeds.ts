// Many runs at once: a few threads, each with a seed at a time.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RunReport } from './run.ts'

/** Reports in the order of the seeds; `done` hears of each as it comes. */
export const runSeeds = async (
  seeds: readonly number[],
  done: (report: RunReport) => void = () => undefined,
): Promise<readonly RunReport[]> => {
  const reports = new Map<number, RunReport>()
  const waiting = [...seeds]
  const threads = Math.max(1, Math.min(availableParallelism(), 8, seeds.length))
  await Promise.all(
    Array.from({ length: threads }, () =>
      inThread(waiting, (report) => {
        reports.set(report.seed, report)
        done(report)
      }),
    ),
  )
  return seeds.flatMap((seed) => reports.get(seed) ?? [])
}

/** Runs what waits in a thread of its own, until nothing does. */
const inThread = (waiting: number[], done: (report: RunReport) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(join(import.meta.dirname, 'seed-worker.ts'), { execArgv: [] })
    let current: number | undefined
    const next = () => {
      current = waiting.shift()
      if (current === undefined) void thread.terminate()
      else thread.postMessage(current)
    }
    thread.on('message', (report: RunReport) => {
      done(report)
      next()
    })
    thread.on('error', (cause) => reject(new Error(`the run of seed ${current} did not end`, { cause })))
    thread.on('exit', () => resolve())
    next()
  })
