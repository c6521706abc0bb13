// What stands around a limit: the list of the just refused, the location's count, an isolate's own count while Redis is away.
import { describe, expect, it } from 'vitest'
import { blocked } from '../../src/admission/blocked.ts'
import { localLimiter } from '../../src/admission/local-limiter.ts'
import { orLocal } from '../../src/admission/or-local.ts'
import { perLocation } from '../../src/admission/per-location.ts'
import type { Event } from '../../src/application/events.ts'
import { aTake, letIn, quotaOf, redisAway, signal } from './limits.ts'

const aClock = () => {
  const clock = { time: 0, now: () => clock.time }
  return clock
}

describe('who has just been refused', () => {
  it('is refused from memory for a second, and then asked for again', async () => {
    const clock = aClock()
    const limiter = quotaOf(1)
    const limit = blocked(limiter, clock)
    expect(await letIn(limit, 100)).toBe(1)
    expect(limiter.asked).toHaveLength(2)
    clock.time = 1_000
    await letIn(limit, 100)
    expect(limiter.asked).toHaveLength(3)
  })

  it('keeps nobody else out', async () => {
    const limit = blocked(quotaOf(1), aClock())
    await letIn(limit, 5, aTake(1, 'ws_a'))
    expect((await limit.take(aTake(1, 'ws_b'), signal())).allowed).toBe(true)
  })

  it('may still make a cheaper call while something is left', async () => {
    const limit = blocked(quotaOf(5), aClock())
    expect((await limit.take(aTake(10), signal())).allowed).toBe(false)
    expect((await limit.take(aTake(5), signal())).allowed).toBe(true)
  })
})

describe('the count of a location', () => {
  const limiterOf = (most: number) => {
    let count = 0
    return { limit: async () => ({ success: ++count <= most }) }
  }
  const locations = (free: { limit: () => Promise<{ success: boolean }> }) => ({
    free,
    pro: limiterOf(0),
    enterprise: limiterOf(0),
  })

  it('refuses before Redis hears of it, until the platform’s next period', async () => {
    const clock = aClock()
    clock.time = 61_000
    const limiter = quotaOf(1_000)
    const limit = perLocation(limiter, { locations: locations(limiterOf(3)), quotaOf: () => 600, clock })
    expect(await letIn(limit, 10)).toBe(3)
    expect(limiter.asked).toHaveLength(3)
    expect(await limit.take(aTake(), signal())).toEqual({
      allowed: false,
      quota: 600,
      remaining: 0,
      resetAt: 120_000,
    })
  })

  it('that cannot be had refuses nobody: the limit itself stands', async () => {
    const broken = { limit: () => Promise.reject(new Error('no limiter')) }
    const limit = perLocation(quotaOf(2), {
      locations: locations(broken),
      quotaOf: () => 600,
      clock: aClock(),
    })
    expect(await letIn(limit, 5)).toBe(2)
  })
})

describe('while Redis is away', () => {
  const anIsolate = (clock = aClock()) => {
    const events: Event[] = []
    const limiter = quotaOf(600)
    const local = localLimiter({ share: 1 / 4, quotaOf: () => 600 }, clock)
    const report = (event: Event) => void events.push(event)
    return { clock, events, limiter, limit: orLocal(limiter, { name: 'plan', local, clock, report }) }
  }

  it('an isolate lets a quarter of the quota in a minute, and no more', async () => {
    const { clock, limiter, limit } = anIsolate()
    limiter.away = redisAway()
    expect(await letIn(limit, 1_000)).toBe(150)
    clock.time = 60_000
    expect(await letIn(limit, 1_000)).toBe(150)
  })

  it('it says so once, with the reason, and leaves Redis alone, longer each time', async () => {
    const { clock, events, limiter, limit } = anIsolate()
    limiter.away = redisAway(new DOMException('slow', 'TimeoutError'))
    await letIn(limit, 50)
    expect(limiter.asked).toHaveLength(1)
    expect(events).toMatchObject([
      { type: 'limiter-away', limiter: 'plan', reason: 'timeout', restMs: 1_000 },
    ])
    limiter.away = redisAway()
    for (const time of [1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000]) {
      clock.time = time
      await letIn(limit, 5)
    }
    expect(events.map((event) => event.type === 'limiter-away' && [event.reason, event.restMs])).toEqual([
      ['timeout', 1_000],
      ...[2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000].map((restMs) => ['failed', restMs]),
    ])
  })

  it('it goes back to Redis as soon as Redis answers', async () => {
    const { clock, events, limiter, limit } = anIsolate()
    limiter.away = redisAway()
    await letIn(limit, 10)
    limiter.away = null
    clock.time = 1_000
    expect(await letIn(limit, 700)).toBe(600)
    limiter.away = redisAway()
    await letIn(limit, 1)
    expect(events.map((event) => 'restMs' in event && event.restMs)).toEqual([1_000, 1_000])
  })

  it('a bug is no absence', async () => {
    const { limiter, limit } = anIsolate()
    limiter.away = new TypeError('a bug')
    await expect(limit.take(aTake(), signal())).rejects.toThrow('a bug')
  })
})
