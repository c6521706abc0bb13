// Asking again: only where it helps, only as often as the budget pays for, never an object that is overloaded.
import { describe, expect, test } from 'vitest'
import { endsAt } from '../../src/kernel/deadline.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { retrying } from '../../src/resilience/retry.ts'
import { RetryBudget } from '../../src/resilience/retry-budget.ts'
import { noon } from '../support/timeline.ts'

describe('a call that fails', () => {
  test('is made again after a random wait, and its second answer is the answer', async () => {
    const stand = aStand({ earned: 1 })
    expect(await stand.call([new Unavailable('x'), 'here'])).toBe('here')
    expect(stand.waits).toEqual([50])
  })

  test('is made again as often as it may, and then fails as it did last', async () => {
    const stand = aStand({ earned: 5 })
    const last = new Unavailable('last')
    await expect(stand.call([new Unavailable('first'), last, 'too late'])).rejects.toBe(last)
    expect(stand.calls).toBe(2)
  })

  test('is not made again where it is no use', async () => {
    const stand = aStand({ earned: 5 })
    await expect(stand.call([new TypeError('a bug'), 'here'])).rejects.toThrow('a bug')
    expect(stand.calls).toBe(1)
  })

  test.each([
    ['that is overloaded', () => overloaded()],
    ['that is overloaded, behind what a client makes of it', () => new Unavailable('x', overloaded())],
  ])('is not made again to an object %s', async (_what, error) => {
    const stand = aStand({ earned: 5 })
    await expect(stand.call([error(), 'here'])).rejects.toThrow()
    expect(stand.calls).toBe(1)
  })

  test('is not made again when its caller has no time for the wait', async () => {
    const stand = aStand({ earned: 5 })
    endsAt(stand.signal, noon + 50)
    await expect(stand.call([new Unavailable('x'), 'here'])).rejects.toThrow(Unavailable)
    expect(stand.calls).toBe(1)
  })
})

describe('the budget', () => {
  test('pays for a tenth more calls, when everything fails', async () => {
    const stand = aStand()
    for (let call = 0; call < 1_000; call++)
      await stand.call([new Unavailable('x'), new Unavailable('x')]).catch(() => undefined)
    expect(stand.calls).toBeGreaterThan(1_050)
    expect(stand.calls / 1_000).toBeLessThanOrEqual(1.1)
  })

  test('does not save up for a storm: after any calm, ten retries and no more', async () => {
    const stand = aStand()
    for (let call = 0; call < 100_000; call++) stand.budget.earn()
    let paid = 0
    while (stand.budget.spend()) paid++
    expect(paid).toBe(10)
  })

  test('pays for every tenth call exactly', () => {
    const budget = new RetryBudget()
    const paid = Array.from({ length: 40 }, () => {
      budget.earn()
      return budget.spend()
    })
    expect(paid.flatMap((yes, at) => (yes ? [at + 1] : []))).toEqual([10, 20, 30, 40])
  })

  test('refuses a share that is none', () => {
    expect(() => new RetryBudget(0)).toThrow(RangeError)
    expect(() => new RetryBudget(1.5)).toThrow(RangeError)
  })
})

/** As the platform throws it. */
const overloaded = () => Object.assign(new Error('Durable Object is overloaded.'), { overloaded: true })

const aStand = ({ earned = 0 } = {}) => {
  const budget = new RetryBudget()
  for (let call = 0; call < earned * 10; call++) budget.earn()
  const stand = {
    budget,
    signal: new AbortController().signal,
    calls: 0,
    waits: [] as number[],
    /** A call whose tries end one after the other as said. */
    call: (ends: readonly (Error | string)[]): Promise<string | Error | undefined> => {
      const rest = [...ends]
      return retrying(
        {
          budget,
          clock: { now: () => noon },
          fraction: () => 0.5,
          pause: async (delayMs) => void stand.waits.push(delayMs),
          baseMs: 100,
          retries: 1,
        },
        stand.signal,
        (error) => error instanceof Unavailable,
        async () => {
          stand.calls++
          const end = rest.shift()
          if (end instanceof Error) throw end
          return end
        },
      )
    },
  }
  return stand
}
