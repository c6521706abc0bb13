// How many calls may be under way: a bound that follows what the dependency can do, and keeps a part for what matters most.
import { describe, expect, test } from 'vitest'
import { Aimd } from '../../src/kernel/aimd.ts'
import { ConcurrencyLimit, type LimitTerms, type Permit } from '../../src/resilience/concurrency-limit.ts'
import { aTimeline } from '../support/timeline.ts'

describe('a bound on what is under way', () => {
  test('lets in as many as it says, and one more for each that comes back', () => {
    const { limit } = aLimit({ initial: 4 })
    const permits = Array.from({ length: 6 }, () => limit.enter())
    expect(permits.map((permit) => permit !== null)).toEqual([true, true, true, true, false, false])
    permits[0]?.done('neutral')
    expect(limit.enter()).not.toBeNull()
    expect(limit.enter()).toBeNull()
  })

  test('grows by less than one a round while it is in use and all comes back well', async () => {
    const stand = aLimit({ initial: 10 })
    for (let round = 0; round < 10; round++) await stand.round('well')
    expect(stand.limit.bound).toBeGreaterThan(14)
    expect(stand.limit.bound).toBeLessThan(20)
  })

  test('does not grow while hardly anybody comes', async () => {
    const stand = aLimit({ initial: 10 })
    for (let call = 0; call < 1_000; call++) stand.limit.enter()?.done('well')
    expect(stand.limit.bound).toBe(10)
  })

  test('shrinks once a round, while no more of it comes back badly than may be under way', async () => {
    const stand = aLimit({ initial: 100 })
    const permits = stand.fill()
    await stand.time.advance(10)
    for (const permit of permits.slice(0, 90)) permit.done('badly')
    for (const permit of permits.slice(90)) permit.done('well')
    expect(stand.limit.bound).toBe(90)
  })

  test('finds a bound that is far below in one round, when nearly all of it comes back badly', async () => {
    const stand = aLimit({ initial: 256, least: 8, factor: 0.5 })
    const permits = stand.fill()
    await stand.time.advance(1_000)
    for (const [at, permit] of permits.entries()) permit.done(at % 20 === 0 ? 'well' : 'badly')
    expect(stand.limit.bound).toBeLessThan(20)
  })

  test('shrinks for what comes back well and too late', async () => {
    const stand = aLimit({ initial: 100, slowMs: 1_000 })
    await stand.round('well', 1_001)
    expect(stand.limit.bound).toBe(81)
  })

  test('stays within its ends', async () => {
    const stand = aLimit({ initial: 10, least: 5, most: 12 })
    for (let round = 0; round < 20; round++) await stand.round('badly')
    expect(stand.limit.bound).toBe(5)
    for (let round = 0; round < 50; round++) await stand.round('well')
    expect(stand.limit.bound).toBe(12)
  })

  test('forgets what never came back: its request was cancelled, and nobody will say so', async () => {
    const { limit, time } = aLimit({ initial: 2, leaseMs: 30_000 })
    const lost = [limit.enter(), limit.enter()]
    await time.advance(29_999)
    expect(limit.enter()).toBeNull()
    await time.advance(1)
    expect(limit.enter()).not.toBeNull()
    lost[0]?.done('badly') // it came after all: it counts no more
    expect(limit.bound).toBe(2)
    expect(limit.underWay).toBe(1)
  })

  test('finds what a dependency can do at once, and goes on finding it when that changes', async () => {
    const stand = aLimit({ initial: 256, least: 1 })
    for (const capacity of [40, 100, 10]) {
      for (let round = 0; round < 400; round++) {
        const permits = stand.fill()
        await stand.time.advance(10)
        for (const permit of permits) permit.done(permits.length > capacity ? 'badly' : 'well')
      }
      expect(stand.limit.bound).toBeGreaterThan(capacity * 0.75)
      expect(stand.limit.bound).toBeLessThan(capacity + 2)
    }
  })

  test('gives each kind of work its part', () => {
    const { limit } = aLimit({ initial: 10 })
    const entered = (share: number) => {
      let count = 0
      while (limit.enter(share) !== null) count++
      return count
    }
    expect([entered(0.4), entered(0.8), entered(1)]).toEqual([4, 4, 2])
  })

  test('always leaves room for one, so that it can find out that all is well again', () => {
    const { limit } = aLimit({ initial: 2, least: 2 })
    expect(limit.enter(0.4)).not.toBeNull()
  })
})

describe('a bound that grows by sums and shrinks by a factor', () => {
  test.each([
    [{ least: 0, most: 10, initial: 5, factor: 0.5 }],
    [{ least: 6, most: 10, initial: 5, factor: 0.5 }],
    [{ least: 1, most: 4, initial: 5, factor: 0.5 }],
    [{ least: 1, most: 10, initial: 5, factor: 1 }],
    [{ least: 1, most: 10, initial: Number.NaN, factor: 0.5 }],
  ])('refuses %j', (terms) => {
    expect(() => new Aimd(terms)).toThrow(RangeError)
  })

  test('makes the parts of those who share something equal', () => {
    const bounds = [5, 90].map((initial) => new Aimd({ least: 1, most: 100, initial, factor: 0.5 }))
    for (let round = 0; round < 200; round++) {
      const over = bounds.reduce((sum, { value }) => sum + value, 0) > 100
      for (const bound of bounds) over ? bound.shrink() : bound.grow(1)
    }
    const [one = 0, other = 0] = bounds.map(({ value }) => value)
    expect(Math.abs(one - other)).toBeLessThan(1)
  })
})

const aLimit = (changes: Partial<LimitTerms> = {}) => {
  const time = aTimeline()
  const limit = new ConcurrencyLimit({
    clock: time.clock,
    least: 2,
    most: 1_000,
    initial: 10,
    factor: 0.9,
    slowMs: 5_000,
    leaseMs: 30_000,
    ...changes,
  })
  const stand = {
    time,
    limit,
    fill(): Permit[] {
      const permits: Permit[] = []
      for (let permit = limit.enter(); permit !== null; permit = limit.enter()) permits.push(permit)
      return permits
    },
    /** As many calls as there may be, which all take a while and end alike. */
    async round(how: 'well' | 'badly', takesMs = 10) {
      const permits = stand.fill()
      await time.advance(takesMs)
      for (const permit of permits) permit.done(how)
      await time.advance(1)
    },
  }
  return stand
}
