// Redis away: an isolate goes by its own count, says so once, and looks again after a while. Nobody gets a 500 for it, and
// the door is never open without a bound.
import type { Report } from '../application/events.ts'
import type { Clock } from '../kernel/clock.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import type { Limiter } from './limiter.ts'

interface Needs {
  /** Names the limit in events. */
  readonly name: 'plan' | 'key'
  readonly local: Limiter
  readonly clock: Clock
  readonly report: Report
}

/** How long Redis is left alone after a failure, longer after each in a row. */
const firstRestMs = 1_000
const longestRestMs = 30_000

export const orLocal = (limiter: Limiter, { name, local, clock, report }: Needs): Limiter => {
  let restMs = 0
  let restsUntil = 0
  return {
    take: async (order, signal) => {
      if (clock.now() < restsUntil) return local.take(order, signal)
      try {
        const verdict = await limiter.take(order, signal)
        restMs = 0
        return verdict
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Unavailable)) throw error
        // Calls that were under way together fail together: that is one failure.
        if (clock.now() >= restsUntil) {
          restMs = Math.min(longestRestMs, Math.max(firstRestMs, restMs * 2))
          restsUntil = clock.now() + restMs
          report({
            type: 'limiter-away',
            limiter: name,
            reason: reasonOf(error),
            restMs,
            error: String(error.cause),
          })
        }
        return local.take(order, signal)
      }
    },
  }
}

const reasonOf = ({ cause }: Unavailable): 'timeout' | 'failed' =>
  cause instanceof Error && cause.name === 'TimeoutError' ? 'timeout' : 'failed'
