// The cheapest no: who has just been refused is refused from memory for a second, without asking anybody.
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Limiter, Verdict } from './limiter.ts'

/** So short because a sliding window gives a little back all the time. It bounds what a flood of refused calls costs to a
 *  question a second for each isolate. */
const blockedMs = 1_000
const subjectsKnown = 10_000

export const blocked = (limiter: Limiter, clock: Clock): Limiter => {
  const refused = new BoundedMap<string, { readonly verdict: Verdict; readonly until: number }>(subjectsKnown)
  return {
    take: async (order, signal) => {
      const known = refused.get(order.subject)
      if (known !== undefined && clock.now() < known.until) return known.verdict
      const verdict = await limiter.take(order, signal)
      if (!verdict.allowed) {
        const until = Math.min(verdict.resetAt, clock.now() + blockedMs)
        // What is left may still do for a cheaper call: only who has nothing is blocked.
        if (verdict.remaining < 1) refused.set(order.subject, { verdict, until })
      }
      return verdict
    },
  }
}
