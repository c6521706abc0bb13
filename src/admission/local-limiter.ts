// A limit that one isolate keeps by itself: what stands in while Redis cannot be asked.
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Limiter } from './limiter.ts'

interface Terms {
  /** What one isolate may let in, of the quota. */
  readonly share: number
  readonly quotaOf: (plan: Parameters<Limiter['take']>[0]['plan']) => number
}

const windowMs = 60_000
const subjectsKnown = 10_000

export const localLimiter = ({ share, quotaOf }: Terms, clock: Clock): Limiter => {
  const windows = new BoundedMap<string, { used: number; readonly resetAt: number }>(subjectsKnown)
  return {
    take: async ({ subject, plan, cost }) => {
      const now = clock.now()
      const quota = Math.max(1, Math.floor(quotaOf(plan) * share))
      let window = windows.get(subject)
      if (window === undefined || now >= window.resetAt) {
        window = { used: 0, resetAt: now + windowMs }
        windows.set(subject, window)
      }
      const allowed = window.used + cost <= quota
      if (allowed) window.used += cost
      return { allowed, quota: quotaOf(plan), remaining: quota - window.used, resetAt: window.resetAt }
    },
  }
}
