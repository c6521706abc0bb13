// Admission, put together: which limits stand in which order before a call, and what stands in for which.

import type { Redis } from '@upstash/redis/cloudflare'
import { type Admission, admission, planWindowSeconds } from '../admission/admission.ts'
import { ballotAttempts } from '../admission/ballot-attempts.ts'
import { blocked } from '../admission/blocked.ts'
import { leased } from '../admission/leased.ts'
import type { Limiter } from '../admission/limiter.ts'
import { localLimiter } from '../admission/local-limiter.ts'
import { orLocal } from '../admission/or-local.ts'
import { type LocationLimiter, perLocation } from '../admission/per-location.ts'
import { type Algorithm, redisLimiter } from '../admission/redis-limiter.ts'
import type { Report } from '../application/events.ts'
import { planTerms } from '../application/plan-terms.ts'
import type { Plan } from '../application/ports.ts'
import type { Clock } from '../kernel/clock.ts'
import { pause } from '../kernel/pause.ts'

interface Needs {
  readonly redis: Redis
  readonly locations: Readonly<Record<Plan, LocationLimiter>>
  readonly clock: Clock
  readonly report: Report
  readonly waitUntil: (work: Promise<unknown>) => void
  /** How long a call may wait for Redis. */
  readonly redisTimeoutMs: number
}

/** What one isolate lets in of a quota while Redis is away. With n isolates that is n/4 of it at most, and never more than
 *  the whole of it a location. */
const shareAlone = 1 / 4

export const admitCallers = (needs: Needs): Admission => {
  const { clock, locations } = needs
  const byKey = everywhere(needs, 'key', {
    free: bucketOf('free'),
    pro: bucketOf('pro'),
    enterprise: bucketOf('enterprise'),
  })
  const byWorkspace = everywhere(needs, 'plan', {
    free: windowOf('free'),
    pro: windowOf('pro'),
    enterprise: windowOf('enterprise'),
  })
  return admission({
    byKey: blocked(perLocation(byKey, { locations, quotaOf, clock }), clock),
    byWorkspace: blocked(byWorkspace, clock),
    ballots: ballotAttempts(clock),
  })
}

const everywhere = (
  { redis, clock, report, waitUntil, redisTimeoutMs: timeoutMs }: Needs,
  name: 'plan' | 'key',
  algorithms: Readonly<Record<Plan, Algorithm>>,
): Limiter => {
  const counted = redisLimiter({ redis, name, algorithms, timeoutMs, waitUntil })
  const local = localLimiter({ share: shareAlone, quotaOf }, clock)
  return orLocal(leased(counted, { clock, pause }), { name, local, clock, report })
}

const quotaOf = (plan: Plan): number => planTerms[plan].callsPerMinute

const windowOf = (plan: Plan): Algorithm => ({
  kind: 'sliding-window',
  quota: quotaOf(plan),
  windowSeconds: planWindowSeconds,
})

const bucketOf = (plan: Plan): Algorithm => {
  const { burst, perSecond } = planTerms[plan].key
  return { kind: 'token-bucket', quota: burst, perSecond }
}
