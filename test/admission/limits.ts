// Limits that count in memory, for tests of what stands around them.
import type { Limiter, Take, Verdict } from '../../src/admission/limiter.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'

export interface Counting extends Limiter {
  /** What was asked of it, in order. */
  readonly asked: Take[]
  /** How it is away: a rejection in place of an answer. */
  away: Error | null
}

/** Lets `quota` through in all, for each subject; never more of it comes. A take that is more than is left is refused and
 *  takes nothing. */
export const quotaOf = (quota: number, resetAt = 60_000): Counting => {
  const used = new Map<string, number>()
  const limiter: Counting = {
    asked: [],
    away: null,
    take: async (order) => {
      limiter.asked.push(order)
      if (limiter.away !== null) throw limiter.away
      const before = used.get(order.subject) ?? 0
      const allowed = before + order.cost <= quota
      const after = allowed ? before + order.cost : before
      used.set(order.subject, after)
      return { allowed, quota, remaining: quota - after, resetAt }
    },
  }
  return limiter
}

export const redisAway = (cause: unknown = new Error('connect ECONNREFUSED')) =>
  new Unavailable('redis', cause)

export const aTake = (cost = 1, subject = 'ws_a'): Take => ({ subject, plan: 'free', cost })

export const signal = (): AbortSignal => new AbortController().signal

/** How many of so many calls, one after the other, are let in. */
export const letIn = async (limiter: Limiter, calls: number, order = aTake()): Promise<number> => {
  let allowed = 0
  for (let call = 0; call < calls; call++) if ((await limiter.take(order, signal())).allowed) allowed++
  return allowed
}

export const refusal: Verdict = { allowed: false, quota: 600, remaining: 0, resetAt: 60_000 }
