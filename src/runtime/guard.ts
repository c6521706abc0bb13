// What stands before a dependency: a bound on what is under way, a breaker, an end, and asking again. One guard a
// dependency of an isolate; one breaker an object, since each poll's objects fail alone.
import { type Priority, retryAfterSeconds, shareOf, weighedAtDoor } from '../admission/priority.ts'
import type { Event, Report } from '../application/events.ts'
import type { Plan } from '../application/ports.ts'
import { ArchiveRejected } from '../archive/archive-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { pause } from '../kernel/pause.ts'
import type { Random } from '../kernel/random.ts'
import { carryReadAfter, readAfterOf } from '../kernel/read-after.ts'
import { carryTrace, Trace, traceOf } from '../kernel/trace.ts'
import { Overloaded, Unavailable } from '../kernel/unavailable.ts'
import { type Attempt, Breaker } from '../resilience/breaker.ts'
import { ByKey } from '../resilience/by-key.ts'
import { ConcurrencyLimit, type LimitTerms } from '../resilience/concurrency-limit.ts'
import { OutOfTime, within } from '../resilience/patience.ts'
import { retrying } from '../resilience/retry.ts'
import { RetryBudget } from '../resilience/retry-budget.ts'

/** What all guards of an isolate stand on. */
export interface Footing {
  readonly clock: Clock
  readonly random: Pick<Random, 'fraction'>
  readonly report: Report
  /** false: nothing is turned away for there being too much. The twin of benchmark SURGE; never in production. */
  readonly shedding: boolean
}

export interface Order {
  readonly priority: Priority
  /** Which object of the dependency is asked, where it has several. */
  readonly object?: string
  /** How long one call may take, ms; less where the caller has less. */
  readonly ownMs: number
  /** Whether asking twice is the same as asking once. */
  readonly repeatable: boolean
}

export interface Guard {
  /** Asks the dependency. Rejects with `Overloaded` where it was not asked because there is too much to do or no time
   *  left, with `Unavailable` where it does not answer; other errors as they come. */
  ask<Answer>(
    order: Order,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer>
  /** Whether work of this class would be turned away now. */
  full(priority: Priority, plan?: Plan | null): boolean
  readonly limit: Pick<ConcurrencyLimit, 'enter' | 'bound'>
  breakerOf(object: string): Pick<Breaker, 'enter'>
}

/** Time in which to say what happened. */
const marginMs = 200
const objectsKnown = 2_000

export const guard = (
  dependency: string,
  limits: Pick<LimitTerms, 'least' | 'initial' | 'most' | 'slowMs'>,
  { clock, random, report, shedding }: Footing,
): Guard => {
  const limit = new ConcurrencyLimit({ clock, factor: 0.9, leaseMs: 30_000, ...limits })
  const budget = new RetryBudget()
  const shed = shedReporter(dependency, clock, report)
  const breakers = new ByKey(
    objectsKnown,
    (object) =>
      new Breaker({
        clock,
        fraction: random.fraction,
        failures: 10,
        calls: 20,
        openMs: 1_000,
        mostOpenMs: 15_000,
        probeMs: 10_000,
        moved: (to) => report({ type: 'breaker-moved', dependency, object, to }),
      }),
  )
  const full = (priority: Priority, plan: Plan | null = null) =>
    shedding && limit.full(shareOf(priority, plan))
  const overloaded = (priority: Priority) => {
    shed(priority)
    return new Overloaded(dependency, retryAfterSeconds(priority, random.fraction()))
  }

  return {
    full,
    limit: {
      enter: (share) => limit.enter(shedding ? share : Number.POSITIVE_INFINITY),
      get bound() {
        return limit.bound
      },
    },
    breakerOf: (object) => breakers.of(object),

    async ask({ priority, object = '', ownMs, repeatable }, signal, call) {
      const began = clock.now()
      const whole = traceOf(signal)
      const step = whole && new Trace(whole.child())
      const told = (outcome: Extract<Event, { type: 'dependency-asked' }>['outcome']) => {
        const durationMs = clock.now() - began
        whole?.took({ name: dependency, durationMs })
        report({
          type: 'dependency-asked',
          dependency,
          outcome,
          durationMs,
          ...(step && { trace: step.place }),
        })
      }
      if (full(priority, weighedAtDoor.has(priority) ? 'pro' : null)) {
        told('overloaded')
        throw overloaded(priority)
      }
      const permit = limit.enter(Number.POSITIVE_INFINITY)
      const breaker = breakers.of(object)
      const once = async () => {
        const attempt = breaker.enter()
        if (attempt === null) throw new Resting(dependency)
        try {
          const answer = await within({ clock, ownMs, marginMs }, signal, (hop) => {
            carryTrace(hop, step)
            carryReadAfter(hop, readAfterOf(signal))
            return call(hop)
          })
          attempt.settle(true)
          return answer
        } catch (error) {
          throw judged(error, attempt)
        }
      }
      /** What a failure says of the dependency: nothing where the caller has gone, and where it answered with a no. */
      const judged = (error: unknown, attempt: Attempt): unknown => {
        if (signal.aborted || error instanceof OutOfTime) {
          attempt.abandon()
          return signal.aborted ? error : overloaded(priority)
        }
        attempt.settle(isAnswer(error))
        return isTimeout(error) ? new Unavailable(dependency, error) : error
      }
      try {
        const terms = { budget, clock, fraction: random.fraction, pause, baseMs: 100, retries: 1 }
        const answer = repeatable
          ? await retrying(terms, signal, (error) => mayPass(error) && !signal.aborted, once)
          : await once()
        permit?.done('well')
        told('answered')
        return answer
      } catch (error) {
        const asked = !signal.aborted && !isUnasked(error)
        permit?.done(!asked ? 'neutral' : isAnswer(error) ? 'well' : 'badly')
        told(outcomeOf(error, signal))
        throw error
      }
    },
  }
}

/** Postgres that refuses some content is well. */
const isAnswer = (error: unknown): boolean => error instanceof ArchiveRejected

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

/** Its breaker is open. */
class Resting extends Unavailable {}

const isUnasked = (error: unknown): boolean => error instanceof Resting || error instanceof Overloaded

const outcomeOf = (error: unknown, { aborted }: AbortSignal) => {
  if (aborted) return 'left'
  if (isAnswer(error)) return 'answered'
  if (error instanceof Resting) return 'resting'
  return error instanceof Overloaded ? 'overloaded' : 'failed'
}

const mayPass = (error: unknown): boolean => error instanceof Unavailable && !isUnasked(error)

/** Tells what was turned away: at once for the first, then at most once a second with how many. */
export const shedReporter = (dependency: string, clock: Clock, report: Report) => {
  const waiting = new Map<Priority, { count: number; toldAt: number }>()
  return (priority: Priority): void => {
    const known = waiting.get(priority) ?? { count: 0, toldAt: Number.NEGATIVE_INFINITY }
    waiting.set(priority, known)
    known.count++
    const now = clock.now()
    if (now - known.toldAt < 1_000) return
    report({ type: 'work-shed', dependency, priority, count: known.count })
    known.count = 0
    known.toldAt = now
  }
}
