// The platform's own limiter: counts calls per location, permissively and without waiting for a network. It takes the edge
// off a flood before Redis hears of it, and bounds each location while Redis is away.
import type { Plan } from '../application/ports.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Limiter } from './limiter.ts'

/** A Rate Limiting binding of the platform. */
export interface LocationLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

interface Needs {
  /** Their limits are those of the plans: a test holds wrangler.toml to that. */
  readonly locations: Readonly<Record<Plan, LocationLimiter>>
  readonly quotaOf: (plan: Plan) => number
  readonly clock: Clock
}

/** The period of the bindings. */
const periodMs = 60_000

export const perLocation = (limiter: Limiter, { locations, quotaOf, clock }: Needs): Limiter => ({
  take: async (order, signal) => {
    const { subject, plan } = order
    // It is an aid: without it the limit itself still stands.
    const { success } = await locations[plan].limit({ key: subject }).catch(() => ({ success: true }))
    if (success) return limiter.take(order, signal)
    const resetAt = (Math.floor(clock.now() / periodMs) + 1) * periodMs
    return { allowed: false, quota: quotaOf(plan), remaining: 0, resetAt }
  },
})
