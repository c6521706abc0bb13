// The limit that holds everywhere: Upstash's limiter on Redis, one command a decision. Windows go by the edges' clocks.
import { Ratelimit } from '@upstash/ratelimit'
import type { Redis } from '@upstash/redis/cloudflare'
import { type Plan, plans } from '../application/ports.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import type { Limiter } from './limiter.ts'

/** A sliding window lets `quota` through in any `windowSeconds`. A token bucket holds `quota`, gets `perSecond` back and
 *  lets all that it holds go at once: a burst by somebody who was quiet before is fair. */
export type Algorithm =
  | { readonly kind: 'sliding-window'; readonly quota: number; readonly windowSeconds: number }
  | { readonly kind: 'token-bucket'; readonly quota: number; readonly perSecond: number }

interface Parts {
  readonly redis: Redis
  /** Names the limit in Redis; changing it forgets all counts. */
  readonly name: string
  readonly algorithms: Readonly<Record<Plan, Algorithm>>
  /** How long Redis may take. */
  readonly timeoutMs: number
  readonly waitUntil: (work: Promise<unknown>) => void
}

export const redisLimiter = ({ redis, name, algorithms, timeoutMs, waitUntil }: Parts): Limiter => {
  const limiters = new Map(
    plans.map((plan) => [
      plan,
      new Ratelimit({
        redis,
        limiter: limiterOf(algorithms[plan]),
        prefix: `edgepoll:${name}:${plan}`,
        timeout: timeoutMs,
        // Its own list of the blocked keeps them out until the window ends, and so makes a sliding window a fixed one:
        // `blocked.ts` stands before it instead.
        ephemeralCache: false,
        analytics: false,
      }),
    ]),
  )
  return {
    take: async ({ subject, plan, cost }) => {
      const limiter = limiters.get(plan)
      if (limiter === undefined) throw new Error(`there is no limiter for the plan ${plan}`)
      const answer = await limiter.limit(subject, { rate: cost }).catch((cause: unknown) => {
        throw new Unavailable('redis', cause)
      })
      waitUntil(answer.pending)
      // It lets everybody in once its time is up: that is no decision.
      if (answer.reason === 'timeout') throw new Unavailable('redis', tookTooLong(timeoutMs))
      const { success: allowed, remaining, reset: resetAt } = answer
      return { allowed, quota: algorithms[plan].quota, remaining, resetAt }
    },
  }
}

const limiterOf = (algorithm: Algorithm) =>
  algorithm.kind === 'sliding-window'
    ? Ratelimit.slidingWindow(algorithm.quota, `${algorithm.windowSeconds} s`)
    : Ratelimit.tokenBucket(algorithm.perSecond, '1 s', algorithm.quota)

const tookTooLong = (timeoutMs: number) =>
  new DOMException(`Redis did not answer within ${timeoutMs} ms`, 'TimeoutError')
