// One call with an end: the shorter of its own patience and what is left of its caller's.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/kernel/clock.ts'
import { endsAt, hopMs, leftMs, patienceOf } from '../../src/kernel/deadline.ts'
import { OutOfTime, within } from '../../src/resilience/patience.ts'

const clock = systemClock
const never = () => new Promise<never>(() => {})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a call', () => {
  test('that answers in time gives its answer, and leaves no timer behind', async () => {
    expect(await within(terms(1_000), aSignal(), async () => 'here')).toBe('here')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that takes longer than its own patience is ended', async () => {
    const { failure, ended } = asked(within(terms(1_000), aSignal(), never))
    await vi.advanceTimersByTimeAsync(999)
    expect(ended()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await failure).toMatchObject({ name: 'TimeoutError' })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is ended before its caller’s time is over, while the caller can still say so', async () => {
    const { failure, ended } = asked(within(terms(5_000), aSignal(1_000), never))
    await vi.advanceTimersByTimeAsync(799)
    expect(ended()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await failure).toMatchObject({ name: 'TimeoutError' })
  })

  test('is not begun when its caller has no time left', async () => {
    let begun = false
    const call = within(terms(5_000), aSignal(200), async () => {
      begun = true
    })
    await expect(call).rejects.toBeInstanceOf(OutOfTime)
    expect(begun).toBe(false)
  })

  test('is not begun for a caller who has gone', async () => {
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(within(terms(5_000), gone, async () => 'here')).rejects.toThrow('gone')
  })

  test('is told when its caller goes, and when its own time is over', async () => {
    const caller = new AbortController()
    const told: unknown[] = []
    const listening = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => told.push(signal.reason))
      return never()
    }
    const left = asked(within(terms(5_000), caller.signal, listening))
    caller.abort('left')
    expect(await left.failure).toBe('left')
    const late = asked(within(terms(1_000), aSignal(), listening))
    await vi.advanceTimersByTimeAsync(1_000)
    await late.failure
    expect(told).toEqual(['left', expect.objectContaining({ name: 'TimeoutError' })])
  })

  test('knows how long it has, so that what it asks in turn has less', async () => {
    await within(terms(5_000), aSignal(1_000), async (signal) => {
      expect(leftMs(signal, clock)).toBe(800)
      await within(terms(5_000), signal, async (inner) => {
        expect(leftMs(inner, clock)).toBe(600)
      })
    })
  })
})

describe('what is left', () => {
  test('shrinks as time passes and ends at nothing', async () => {
    const signal = aSignal(1_000)
    await vi.advanceTimersByTimeAsync(400)
    expect([leftMs(signal, clock), hopMs(signal, clock, 5_000, 100), patienceOf(signal, clock)]).toEqual([
      600, 500, 500,
    ])
    await vi.advanceTimersByTimeAsync(5_000)
    expect([leftMs(signal, clock), hopMs(signal, clock, 5_000, 100), patienceOf(signal, clock)]).toEqual([
      0, 0, 0,
    ])
  })

  test('is without an end where nobody has set one, and nothing once it is over', () => {
    expect(leftMs(aSignal(), clock)).toBe(Number.POSITIVE_INFINITY)
    expect(patienceOf(aSignal(), clock)).toBeUndefined()
    expect(leftMs(AbortSignal.abort(), clock)).toBe(0)
  })
})

const terms = (ownMs: number) => ({ clock, ownMs, marginMs: 200 })

const aSignal = (leftMs?: number): AbortSignal => {
  const { signal } = new AbortController()
  if (leftMs !== undefined) endsAt(signal, clock.now() + leftMs)
  return signal
}

/** What a call fails with, listened to from the start. */
const asked = (call: Promise<unknown>) => {
  let ended = false
  const failure = call.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => {
      ended = true
      return error
    },
  )
  return { failure, ended: () => ended }
}
