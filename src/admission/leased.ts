// Takes quota in advance, a lease at a time, so that most calls are decided in memory: one command of Redis for up to fifty
// calls. Near the end of a quota every call is asked for, so that it ends where it should.
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Limiter, Take, Verdict } from './limiter.ts'

interface Needs {
  readonly clock: Clock
  /** Resolves after a while; rejects when the signal is aborted. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
}

/** A lease takes this part of what remains, and at most so much. */
const part = 16
const most = 50
/** Below this share of the quota there are no leases. */
const callByCall = 0.2
/** How long a lease may be spent and what was heard with it is believed: a window. */
const leaseMs = 60_000
const subjectsKnown = 10_000
/** How long one call may ask for all before another does: whoever asked may have gone. */
const flightMs = 250
const lookAgainMs = 2

interface Holding {
  /** Quota that is paid for and not spent. */
  tokens: number
  /** What Redis said remained beside it. */
  remaining: number
  quota: number
  resetAt: number
  /** Until when all of this may be gone by. */
  until: number
}

/** With n isolates, a quota q and l = min(50, q/16), in any window
 *  - at most n·l too much is let in: what was leased before the window began and is spent in it;
 *  - at most n·l too little: what other isolates have leased and not spent when the quota ends, and one lease that asked
 *    for more than was there. */
export const leased = (limiter: Limiter, { clock, pause }: Needs): Limiter => {
  const holdings = new BoundedMap<string, Holding>(subjectsKnown)
  /** Plain data: a promise of another request may never settle once that request is gone. */
  const flights = new BoundedMap<string, number>(subjectsKnown)
  /** How often asking has failed: whoever waited for it fails with it, instead of asking in turn. */
  const failures = new BoundedMap<string, { readonly times: number; readonly error: unknown }>(subjectsKnown)

  const held = (subject: string): Holding | undefined => {
    const holding = holdings.get(subject)
    return holding !== undefined && clock.now() < holding.until ? holding : undefined
  }

  const spend = ({ subject, cost }: Take): Verdict | null => {
    const holding = held(subject)
    if (holding === undefined || holding.tokens < cost) return null
    holding.tokens -= cost
    const { quota, remaining, tokens, resetAt } = holding
    return { allowed: true, quota, remaining: remaining + tokens, resetAt }
  }

  const ask = async (order: Take, amount: number, signal: AbortSignal): Promise<Verdict> => {
    const asked = clock.now()
    const verdict = await limiter.take({ ...order, cost: amount }, signal)
    const { quota, remaining, resetAt } = verdict
    // What others spent from while we asked is kept: a lease adds to what is there.
    const tokens = (held(order.subject)?.tokens ?? 0) + (verdict.allowed ? amount - order.cost : 0)
    holdings.set(order.subject, { tokens, remaining, quota, resetAt, until: asked + leaseMs })
    return { ...verdict, remaining: remaining + tokens }
  }

  return {
    async take(order, signal) {
      const { subject, cost } = order
      const failed = failures.get(subject)?.times ?? 0
      for (;;) {
        const spent = spend(order)
        if (spent !== null) return spent
        const known = held(subject)
        if (known !== undefined && known.remaining < callByCall * known.quota) return ask(order, cost, signal)
        if ((flights.get(subject) ?? 0) > clock.now()) {
          await pause(lookAgainMs, signal)
          const failure = failures.get(subject)
          if (failure !== undefined && failure.times > failed) throw failure.error
          continue
        }
        // Whoever knows nothing of a quota takes no more than the call needs, and learns.
        const lease =
          known === undefined ? 0 : Math.min(most, Math.floor(known.remaining / part)) - known.tokens
        const amount = Math.max(cost, lease)
        const flight = clock.now() + flightMs
        flights.set(subject, flight)
        try {
          const verdict = await ask(order, amount, signal)
          if (verdict.allowed || amount === cost) return verdict
          // The lease was too large for what is left by now; the call itself may not be.
          return await ask(order, cost, signal)
        } catch (error) {
          failures.set(subject, { times: (failures.get(subject)?.times ?? 0) + 1, error })
          throw error
        } finally {
          if (flights.get(subject) === flight) flights.delete(subject)
        }
      }
    },
  }
}
