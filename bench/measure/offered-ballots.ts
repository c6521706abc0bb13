// What becomes of ballots that are offered at a rate, whatever the server does: how many are accepted in time, and how
// long the accepted and the refused wait for their answer.
import { isAccepted } from '../load/answer-class.ts'
import type { LatencySummary } from '../load/latency.ts'
import type { LoadPlan, LoadReport } from '../load/plan.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { type CpuReading, cpuMicrosBetween, readCpu } from './cpu.ts'

export interface Offer {
  readonly origin: string
  /** The root of the process tree whose CPU is read. */
  readonly pid: number
  readonly pollId: string
  readonly perSecond: number
  readonly seconds: number
  readonly seed: number
  readonly plan?: Partial<LoadPlan>
}

export interface OfferedSample {
  readonly offeredPerSecond: number
  /** Ballots a second that were accepted within the voters' patience. */
  readonly goodput: number
  readonly accepted: number
  readonly refused: number
  /** By class, all that was answered while the window was open. */
  readonly answers: Readonly<Record<string, number>>
  /** Of accepted ballots; where none was accepted, the ten seconds after which a request has timed out. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of refusals (503, 429); 0 when there were none. */
  readonly refusalP99Ms: number
  /** Of the tree, while the window was open, all its answers together. */
  readonly cpuMicros: number
  /** How late the generator itself was: large against the rest, and the numbers are its own. */
  readonly generatorP99Ms: number
  readonly capped: number
  readonly report: LoadReport
}

/** A voter who waits longer has pressed again or gone: accepting this ballot later is no good put through. */
export const patienceMs = 1_000
const timeoutMs = 10_000
/** Where this many ballots have no answer no more are sent; the report says how many were not. */
export const mostInFlight = 4_000
/** Voters' own connections end at the platform's front, which asks the edge over few that are kept open; to open one a
 *  voter here would cost the runtime more than to refuse. Who waits for a connection is waiting for an answer, too. */
export const connections = 512

/** The body of every ballot: question `q`, `a` and `b` in turn. */
export const ballotBodies = ['{"answers":{"q":["a"]}}', '{"answers":{"q":["b"]}}']

export const ballotRequest = (pollId: string): LoadPlan['request'] => ({
  method: 'POST',
  path: `/v1/polls/${pollId}/ballots`,
  headers: { 'content-type': 'application/json', 'voter-id': `${pollId}-voter-{n}` },
  bodies: ballotBodies,
})

/** Offers ballots by Poisson arrivals, each of another voter. */
export const offerBallots = async (offer: Offer): Promise<OfferedSample> => {
  const readings: CpuReading[] = []
  const read = () => readings.push(readCpu(offer.pid))
  const { origin, pollId, perSecond, seconds, seed, plan } = offer
  const report = await runLoad(
    closedLoop({
      origin,
      seconds,
      pace: { kind: 'open', perSecond, seed, maxInFlight: mostInFlight },
      connections,
      patienceMs,
      timeoutMs,
      request: ballotRequest(pollId),
      ...plan,
    }),
    { windowOpened: read, windowClosed: read },
  )
  const [before, after] = readings
  if (before === undefined || after === undefined)
    throw new Error('The load ended before its window was open.')
  return sampleOf(perSecond, report, cpuMicrosBetween(before, after))
}

const sampleOf = (perSecond: number, report: LoadReport, cpuMicros: number): OfferedSample => {
  const { window, latency, lateness, capped } = report
  const sum = (counts: Readonly<Record<string, number>>, of: (answer: string) => boolean): number =>
    Object.entries(counts).reduce((total, [answer, count]) => (of(answer) ? total + count : total), 0)
  const slowest = (
    of: (answer: string) => boolean,
    by: (summary: LatencySummary) => number,
    otherwise: number,
  ): number => {
    const found = Object.entries(latency).flatMap(([answer, summary]) => (of(answer) ? [by(summary)] : []))
    return found.length === 0 ? otherwise : Math.max(...found)
  }
  return {
    offeredPerSecond: perSecond,
    goodput: sum(window.inTime, isAccepted) / window.seconds,
    accepted: sum(window.answers, isAccepted),
    refused: sum(window.answers, isRefusal),
    answers: window.answers,
    p50Ms: slowest(isAccepted, ({ p50Ms }) => p50Ms, timeoutMs),
    p99Ms: slowest(isAccepted, ({ p99Ms }) => p99Ms, timeoutMs),
    refusalP99Ms: slowest(isRefusal, ({ p99Ms }) => p99Ms, 0),
    cpuMicros,
    generatorP99Ms: lateness.p99Ms,
    capped,
    report,
  }
}

const isRefusal = (answer: string): boolean => answer.startsWith('503 ') || answer.startsWith('429 ')

/** What a sample shows of itself. */
export const shownOffer = (sample: Omit<OfferedSample, 'report'>): string =>
  `${Math.round(sample.offeredPerSecond)}/s offered: ${Math.round(sample.goodput)}/s good, p99 ${sample.p99Ms.toFixed(0)} ms, ` +
  `${sample.refused} refused (p99 ${sample.refusalP99Ms.toFixed(0)} ms)`

/** Without the generator's own report: what is kept in the results. */
export const kept = ({ report: _, ...sample }: OfferedSample) => sample
