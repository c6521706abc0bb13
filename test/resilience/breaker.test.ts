// When a dependency is asked no more, who asks first afterwards, and when all do again.
import { describe, expect, test } from 'vitest'
import { type Attempt, Breaker, type BreakerState } from '../../src/resilience/breaker.ts'
import { aTimeline } from '../support/timeline.ts'

describe('a breaker', () => {
  test('opens within twenty calls of a dependency that has gone away, however well it was before', () => {
    const stand = aBreaker()
    for (let call = 0; call < 100; call++) stand.call(true)
    let calls = 0
    while (stand.call(false)) calls++
    expect(calls).toBe(10)
    expect(stand.breaker.state).toBe('open')
  })

  test('opens within twenty calls where every other fails', () => {
    const stand = aBreaker()
    let calls = 0
    while (stand.call(calls % 2 === 0)) calls++
    expect(calls).toBeLessThanOrEqual(20)
  })

  test('stays closed where four of ten fail', () => {
    const stand = aBreaker()
    for (let call = 0; call < 1_000; call++) expect(stand.call(call % 10 >= 4)).toBe(true)
    expect(stand.moves).toEqual([])
  })

  test('lets one ask when it has rested, and all when that went well', async () => {
    const stand = aBreaker()
    stand.fail()
    await stand.time.advance(999)
    expect(stand.breaker.enter()).toBeNull()
    await stand.time.advance(1)
    const probe = stand.breaker.enter()
    expect(probe).not.toBeNull()
    expect(stand.breaker.enter()).toBeNull()
    probe?.settle(true)
    expect(stand.call(true)).toBe(true)
    expect(stand.moves).toEqual(['open', 'half-open', 'closed'])
  })

  test('rests twice as long after each probe that failed, up to a bound, and as before once one went well', async () => {
    const stand = aBreaker()
    stand.fail()
    const rests: number[] = []
    for (let time = 0; time < 6; time++) {
      const { ms, probe } = await stand.rested()
      rests.push(ms)
      probe.settle(false)
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
    const { probe } = await stand.rested()
    probe.settle(true)
    stand.fail()
    expect((await stand.rested()).ms).toBe(1_000)
  })

  test('rests half as long at least, so that isolates do not all probe at once', async () => {
    const stand = aBreaker({ fraction: 0 })
    stand.fail()
    expect((await stand.rested()).ms).toBe(500)
  })

  test('gives up a probe that never came back, and hears nothing of it later', async () => {
    const stand = aBreaker()
    stand.fail()
    const { probe: lost } = await stand.rested()
    await stand.time.advance(9_999)
    expect(stand.breaker.enter()).toBeNull()
    await stand.time.advance(1)
    const next = stand.breaker.enter()
    lost.settle(true)
    expect(stand.breaker.state).toBe('half-open')
    next?.settle(false)
    expect(stand.breaker.state).toBe('open')
  })

  test('lets the next one probe at once where the probe was abandoned', async () => {
    const stand = aBreaker()
    stand.fail()
    const { probe: left } = await stand.rested()
    left.abandon()
    const next = stand.breaker.enter()
    expect(next).not.toBeNull()
    left.abandon()
    expect(stand.breaker.enter()).toBeNull()
    next?.settle(true)
    expect(stand.breaker.state).toBe('closed')
  })

  test('does not hear calls that began before it opened', async () => {
    const stand = aBreaker()
    const before = stand.breaker.enter()
    stand.fail()
    await stand.rested()
    before?.settle(true)
    expect(stand.breaker.state).toBe('half-open')
  })

  test('does not rest longer because a clock is set back', async () => {
    const stand = aBreaker()
    stand.fail()
    stand.time.skewBy(-3_600_000)
    expect((await stand.rested()).ms).toBeLessThanOrEqual(1_000)
  })

  test('refuses terms that mean nothing', () => {
    expect(() => aBreaker({ failures: 21 })).toThrow(RangeError)
    expect(() => aBreaker({ failures: 0 })).toThrow(RangeError)
  })
})

const aBreaker = ({ fraction = 1, failures = 10 } = {}) => {
  const time = aTimeline()
  const moves: BreakerState[] = []
  const breaker = new Breaker({
    clock: time.clock,
    fraction: () => fraction,
    failures,
    calls: 20,
    openMs: 1_000,
    mostOpenMs: 15_000,
    probeMs: 10_000,
    moved: (to) => moves.push(to),
  })
  const stand = {
    time,
    breaker,
    moves,
    /** One call; false: it was not let in. */
    call(well: boolean): boolean {
      const attempt = breaker.enter()
      attempt?.settle(well)
      return attempt !== null
    },
    fail() {
      while (stand.call(false));
    },
    /** Waits until it lets somebody in: the probe, and how long that was. */
    async rested(): Promise<{ readonly ms: number; readonly probe: Attempt }> {
      for (let ms = 0; ; ms++) {
        const probe = breaker.enter()
        if (probe !== null) return { ms, probe }
        await time.advance(1)
      }
    },
  }
  return stand
}
