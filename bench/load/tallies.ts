// What a load process counts while it runs: answers by class, in all and in the window, and latencies.
import { type AnswerClass, isAccepted } from './answer-class.ts'
import { type LatencyRecord, latencyRecord } from './latency.ts'
import type { LoadPlan, LoadReport } from './plan.ts'

export interface LoadTallies {
  sent(intendedMs: number, atMs: number): void
  answered(answer: AnswerClass, intendedMs: number, atMs: number, number: number): void
  capped(): void
  /** Requests sent and not yet answered. */
  inFlight(): number
  report(windowEndMs: number): LoadReport
}

/** Empty tallies. Times are milliseconds after the start; the window opens after the warm-up. */
export const loadTallies = ({
  warmUpSeconds,
  seconds,
  patienceMs = Number.POSITIVE_INFINITY,
  namesAccepted = false,
}: Pick<LoadPlan, 'warmUpSeconds' | 'seconds' | 'patienceMs' | 'namesAccepted'>): LoadTallies => {
  const opensMs = warmUpSeconds * 1000
  const closesMs = opensMs + seconds * 1000
  const isOpen = (atMs: number): boolean => atMs >= opensMs && atMs < closesMs
  const all = new Map<AnswerClass, number>()
  const inWindow = new Map<AnswerClass, number>()
  const inTime = new Map<AnswerClass, number>()
  const accepted: number[] = []
  const latency = new Map<AnswerClass, LatencyRecord>()
  const lateness = latencyRecord()
  let sent = 0
  let answered = 0
  let capped = 0
  let mostInFlight = 0

  return {
    sent: (intendedMs, atMs) => {
      sent += 1
      mostInFlight = Math.max(mostInFlight, sent - answered)
      if (isOpen(intendedMs)) lateness.add(atMs - intendedMs)
    },
    answered: (answer, intendedMs, atMs, number) => {
      answered += 1
      addOne(all, answer)
      if (isOpen(atMs)) addOne(inWindow, answer)
      if (isOpen(atMs) && atMs - intendedMs <= patienceMs) addOne(inTime, answer)
      if (namesAccepted && isAccepted(answer)) accepted.push(number)
      // By intended time: leaving out those that came late would leave out the slow ones.
      if (isOpen(intendedMs)) recordFor(latency, answer).add(atMs - intendedMs)
    },
    capped: () => {
      capped += 1
    },
    inFlight: () => sent - answered,
    report: (windowEndMs) => ({
      sent,
      answers: Object.fromEntries(all),
      window: {
        seconds: Math.max(0, Math.min(windowEndMs, closesMs) - opensMs) / 1000,
        answers: Object.fromEntries(inWindow),
        inTime: Object.fromEntries(inTime),
      },
      accepted,
      latency: Object.fromEntries([...latency].map(([answer, record]) => [answer, record.summary()])),
      capped,
      mostInFlight,
      lateness: lateness.summary(),
    }),
  }
}

const addOne = (counts: Map<AnswerClass, number>, answer: AnswerClass): void => {
  counts.set(answer, (counts.get(answer) ?? 0) + 1)
}

const recordFor = (records: Map<AnswerClass, LatencyRecord>, answer: AnswerClass): LatencyRecord => {
  const record = records.get(answer) ?? latencyRecord()
  records.set(answer, record)
  return record
}
