// Sends what a plan says, open or closed loop, and reports what came back. Runs inside the load process.
import type { AnswerClass } from './answer-class.ts'
import { poissonArrivals } from './arrivals.ts'
import { type Exchanges, openExchanges } from './exchange.ts'
import type { LoadPlan, LoadReport, Pace } from './plan.ts'
import { requestsOf } from './requests.ts'
import { seededRandom } from './seeded-random.ts'
import { type LoadTallies, loadTallies } from './tallies.ts'

export interface WindowEvents {
  /** The warm-up is over: whoever measures CPU starts now … */
  windowOpened(): void
  /** … and stops now. Requests in flight are still waited for. */
  windowClosed(): void
}

/** Runs a plan to its end: until its time or its requests are used up, and all sent requests are answered. */
export const generate = async (plan: LoadPlan, events: WindowEvents): Promise<LoadReport> => {
  const exchanges = openExchanges(plan)
  const tallies = loadTallies(plan)
  const run: Run = { plan, exchanges, tallies, requestOf: requestsOf(plan.request), elapsedMs: stopwatch() }
  const opening = setTimeout(events.windowOpened, plan.warmUpSeconds * 1000)
  try {
    await sendAll(run, plan.pace)
    const endMs = run.elapsedMs()
    events.windowClosed()
    await drained(tallies)
    return tallies.report(endMs)
  } finally {
    clearTimeout(opening)
    await exchanges.close()
  }
}

interface Run {
  readonly plan: LoadPlan
  readonly exchanges: Exchanges
  readonly tallies: LoadTallies
  readonly requestOf: ReturnType<typeof requestsOf>
  readonly elapsedMs: () => number
}

const sendAll = (run: Run, pace: Pace): Promise<void> =>
  pace.kind === 'open' ? sendOpen(run, pace) : sendClosed(run, pace.concurrency)

const sendOpen = (run: Run, pace: Extract<Pace, { readonly kind: 'open' }>): Promise<void> =>
  new Promise((resolve) => {
    const { plan, tallies, elapsedMs } = run
    const lastMs = (plan.warmUpSeconds + plan.seconds) * 1000
    const arrivals = poissonArrivals(pace.perSecond, seededRandom(pace.seed))
    let number = 0
    let nextMs = arrivals.next().value
    const sendDue = (): void => {
      const nowMs = elapsedMs()
      while (nextMs <= nowMs && nextMs < lastMs && number < plan.maxRequests) {
        if (tallies.inFlight() >= pace.maxInFlight) tallies.capped()
        else sendOne(run, number++, nextMs, ignore)
        nextMs = arrivals.next().value
      }
      if (number >= plan.maxRequests) resolve()
      else if (nextMs >= lastMs) setTimeout(resolve, Math.max(0, lastMs - elapsedMs()))
      else setTimeout(sendDue, Math.max(1, nextMs - elapsedMs()))
    }
    sendDue()
  })

const sendClosed = (run: Run, concurrency: number): Promise<void> =>
  new Promise((resolve) => {
    const { plan, elapsedMs } = run
    const lastMs = (plan.warmUpSeconds + plan.seconds) * 1000
    let number = 0
    const sendNext = (): void => {
      const nowMs = elapsedMs()
      if (nowMs >= lastMs || number >= plan.maxRequests) resolve()
      else sendOne(run, number++, nowMs, afterAnswer)
    }
    // A refused connection fails at once: without a pause the senders would spin on a server that is down.
    const afterAnswer = (answer: AnswerClass): void => {
      if (answer === 'network-error') setTimeout(sendNext, 10)
      else sendNext()
    }
    for (let sender = 0; sender < concurrency; sender++) sendNext()
  })

const sendOne = (run: Run, number: number, intendedMs: number, then: (answer: AnswerClass) => void): void => {
  const { tallies, elapsedMs } = run
  tallies.sent(intendedMs, elapsedMs())
  run.exchanges.send(run.requestOf(run.plan.firstNumber + number), (answer) => {
    tallies.answered(answer, intendedMs, elapsedMs(), run.plan.firstNumber + number)
    then(answer)
  })
}

/** Ends by itself: every exchange has a timeout. */
const drained = async (tallies: LoadTallies): Promise<void> => {
  while (tallies.inFlight() > 0) await new Promise((resolve) => setTimeout(resolve, 10))
}

const stopwatch = (): (() => number) => {
  const start = performance.now()
  return () => performance.now() - start
}

const ignore = (): void => undefined
