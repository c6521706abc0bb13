// What a read costs a server in CPU, at one moderate rate for every side: neither is pushed to where it queues.
import type { LoadReport } from '../load/plan.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { type CpuReading, cpuMicrosBetween, readCpu } from './cpu.ts'

export interface ReadSide {
  readonly origin: string
  /** The root of the process tree that is charged. */
  readonly pid: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** What every answer must be. */
  readonly status: 200 | 304
}

export interface ReadSample {
  readonly cpuMicrosPerRead: number
  readonly readsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Reads at `perSecond` (Poisson arrivals) and divides the CPU of that time by the answers of that time. */
export const measureReads = async (
  side: ReadSide,
  {
    seconds,
    perSecond,
    seed,
  }: { readonly seconds: number; readonly perSecond: number; readonly seed: number },
): Promise<ReadSample> => {
  const readings: CpuReading[] = []
  const read = () => readings.push(readCpu(side.pid))
  const report = await runLoad(
    closedLoop({
      origin: side.origin,
      seconds,
      warmUpSeconds: 0.5,
      pace: { kind: 'open', perSecond, seed, maxInFlight: 512 },
      request: { method: 'GET', path: side.path, headers: side.headers, bodies: [] },
    }),
    { windowOpened: read, windowClosed: read },
  )
  const [before, after] = readings
  if (before === undefined || after === undefined)
    throw new Error('The load ended before its window was open.')
  const answer = String(side.status)
  requireAll(report, answer)
  const reads = report.window.answers[answer] ?? 0
  return {
    cpuMicrosPerRead: cpuMicrosBetween(before, after) / reads,
    readsPerSecond: reads / report.window.seconds,
    p50Ms: report.latency[answer]?.p50Ms ?? 0,
    p99Ms: report.latency[answer]?.p99Ms ?? 0,
  }
}

/** Refusals and reads that were never sent would make the rest look cheap or dear. */
const requireAll = ({ answers, sent, capped }: LoadReport, answer: string): void => {
  if ((answers[answer] ?? 0) !== sent || capped > 0)
    throw new Error(`Not every read was answered ${answer}: ${JSON.stringify({ ...answers, capped })}`)
}

/** What a sample shows of itself. */
export const shownRead = ({ cpuMicrosPerRead, p99Ms }: ReadSample): string =>
  `${Math.round(cpuMicrosPerRead)} µs CPU, p99 ${p99Ms.toFixed(1)} ms`
