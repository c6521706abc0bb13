// What stands before a dependency: who is let through to it, for how long, how often, and what the caller hears.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Priority, priorities, shareOf, shedOrder } from '../../src/admission/priority.ts'
import type { Event } from '../../src/application/events.ts'
import type { Plan } from '../../src/application/ports.ts'
import { ArchiveRejected } from '../../src/archive/archive-error.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { endsAt } from '../../src/kernel/deadline.ts'
import { carryReadAfter, readAfterOf } from '../../src/kernel/read-after.ts'
import { Overloaded, Unavailable } from '../../src/kernel/unavailable.ts'
import { guard, type Order } from '../../src/runtime/guard.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const away = () => Promise.reject(new Unavailable('it'))
const never = () => new Promise<never>(() => {})

describe('a dependency that is away', () => {
  test('is asked no more after ten calls, and again when it has rested', async () => {
    const stand = aGuard()
    for (let call = 0; call < 50; call++) await stand.ask(away).catch(() => undefined)
    expect(stand.asked).toBe(10)
    expect(stand.events).toContainEqual({ type: 'breaker-moved', dependency: 'it', object: '', to: 'open' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await stand.ask(async () => 'here')).toBe('here')
    expect(stand.events.at(-1)).toMatchObject({ type: 'breaker-moved', to: 'closed' })
    expect(stand.outcomes).toEqual([...Array(10).fill('failed'), ...Array(40).fill('resting'), 'answered'])
  })

  test('is asked by whoever must have seen something with what that is', async () => {
    const stand = aGuard()
    const signal = new AbortController().signal
    carryReadAfter(signal, 'main=0/1')
    expect(await stand.ask(async (hop) => readAfterOf(hop), {}, signal)).toBe('main=0/1')
    expect(await stand.ask(async (hop) => readAfterOf(hop))).toBeNull()
  })

  test('is one of its objects, and the others are asked on', async () => {
    const stand = aGuard()
    for (let call = 0; call < 50; call++) await stand.ask(away, { object: 'poll_a' }).catch(() => undefined)
    expect(await stand.ask(async () => 'here', { object: 'poll_b' })).toBe('here')
    await expect(stand.ask(async () => 'here', { object: 'poll_a' })).rejects.toBeInstanceOf(Unavailable)
  })

  test('is waited for no longer than its own patience, and then said to be away', async () => {
    const stand = aGuard()
    const answer = stand.ask(never, { ownMs: 1_000 }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await answer).toBeInstanceOf(Unavailable)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that stalls is asked no more after ten calls either', async () => {
    const stand = aGuard()
    for (let call = 0; call < 50; call++) {
      const answer = stand.ask(never, { ownMs: 10 }).catch(() => undefined)
      await vi.advanceTimersByTimeAsync(10)
      await answer
    }
    expect(stand.asked).toBeLessThanOrEqual(20)
  })

  test('gets a tenth more calls than are made of it, whatever is repeatable', async () => {
    const stand = aGuard()
    let calls = 0
    // Seven of ten answer: too well for the breaker.
    for (; calls < 2_000; calls++) {
      const answer = stand.ask(() => (stand.asked % 10 < 3 ? away() : Promise.resolve('here')), {
        repeatable: true,
      })
      const settled = answer.catch(() => undefined)
      await vi.advanceTimersByTimeAsync(100)
      await settled
    }
    expect(stand.asked).toBeGreaterThan(2_000)
    expect(stand.asked / calls).toBeLessThanOrEqual(1.1)
  })

  test('is not asked twice where that is not the same as once', async () => {
    const stand = aGuard()
    for (let call = 0; call < 40; call++) await stand.ask(async () => 'here')
    await stand.ask(away).catch(() => undefined)
    expect(stand.asked).toBe(41)
  })
})

describe('a dependency that says no', () => {
  test('is well: what it will never take says nothing of it', async () => {
    const stand = aGuard()
    const no = () => Promise.reject(new ArchiveRejected('22P05'))
    for (let call = 0; call < 50; call++)
      await expect(stand.ask(no, { repeatable: true })).rejects.toBeInstanceOf(ArchiveRejected)
    expect(stand.asked).toBe(50)
    expect(stand.events).toEqual([])
  })
})

describe('a caller', () => {
  test('without time left is told that nothing was done', async () => {
    const stand = aGuard()
    const { signal } = new AbortController()
    endsAt(signal, systemClock.now() + 100)
    await expect(stand.ask(async () => 'here', {}, signal)).rejects.toBeInstanceOf(Overloaded)
    expect(stand.asked).toBe(0)
  })

  test('who leaves takes the call along, and the dependency is not blamed', async () => {
    const stand = aGuard()
    for (let call = 0; call < 50; call++) {
      const caller = new AbortController()
      const told = stand.ask(never, {}, caller.signal).catch((error: unknown) => error)
      caller.abort('left')
      expect(await told).toBe('left')
    }
    expect(stand.asked).toBe(50)
    expect(stand.events).toEqual([])
  })
})

describe('a dependency that is back', () => {
  test('is found to be so by the next, where whoever looked first has left or had no time', async () => {
    const stand = aGuard()
    for (let call = 0; call < 10; call++) await stand.ask(away).catch(() => undefined)
    await vi.advanceTimersByTimeAsync(1_000)
    const caller = new AbortController()
    const left = stand.ask(never, {}, caller.signal).catch((error: unknown) => error)
    caller.abort('left')
    expect(await left).toBe('left')
    const { signal } = new AbortController()
    endsAt(signal, systemClock.now() + 100)
    await expect(stand.ask(async () => 'here', {}, signal)).rejects.toBeInstanceOf(Overloaded)
    expect(await stand.ask(async () => 'here')).toBe('here')
  })
})

describe('work that is too much', () => {
  test('is turned away before it begins, and told once a second with how much it was', async () => {
    const stand = aGuard({ initial: 10 })
    for (let call = 0; call < 10; call++) stand.hold('ballots')
    for (let call = 0; call < 5; call++)
      await expect(stand.ask(async () => 'here')).rejects.toBeInstanceOf(Overloaded)
    await vi.advanceTimersByTimeAsync(1_000)
    await stand.ask(async () => 'here').catch(() => undefined)
    expect(stand.asked).toBe(10)
    expect(stand.events).toEqual([
      { type: 'work-shed', dependency: 'it', priority: 'ballots', count: 1 },
      { type: 'work-shed', dependency: 'it', priority: 'ballots', count: 5 },
    ])
  })

  test('is turned away in the order that is published, as more and more is under way', async () => {
    const stand = aGuard({ initial: 100 })
    const order: string[] = []
    for (let held = 0; held < 100; held++) {
      for (const { priority, premium } of shedOrder) {
        const name = nameOf(priority, premium)
        if (!order.includes(name) && stand.guard.full(priority, premium ? 'pro' : 'free')) order.push(name)
      }
      stand.hold('ballots')
    }
    for (const { priority, premium } of shedOrder)
      if (!order.includes(nameOf(priority, premium)) && stand.guard.full(priority, premium ? 'pro' : 'free'))
        order.push(nameOf(priority, premium))
    expect(order).toEqual(shedOrder.map(({ priority, premium }) => nameOf(priority, premium)))
    expect(order).toEqual([
      'exports',
      'premium exports',
      'lists',
      'premium lists',
      'owner-writes',
      'premium owner-writes',
      'live-reads',
      'premium live-reads',
      'close',
      'premium close',
      'ballots',
    ])
  })

  test('other than ballots never takes the fifth that is kept for them, whoever asks', () => {
    for (const plan of [null, 'free', 'pro', 'enterprise'] satisfies (Plan | null)[]) {
      const stand = aGuard({ initial: 100 })
      for (const priority of priorities.filter((each) => each !== 'ballots'))
        while (stand.hold(priority, plan));
      let ballots = 0
      while (stand.hold('ballots')) ballots++
      expect(ballots).toBeGreaterThanOrEqual(20)
    }
  })

  test('that has passed the door is not turned away by less than it', async () => {
    const stand = aGuard({ initial: 100 })
    while (stand.hold('owner-writes', 'free'));
    expect(stand.hold('owner-writes', 'pro')).toBe(true)
    expect(await stand.ask(async () => 'here', { priority: 'owner-writes' })).toBe('here')
  })

  test('is let in where shedding is off', async () => {
    const stand = aGuard({ initial: 2, shedding: false })
    for (let call = 0; call < 100; call++) stand.hold('exports')
    expect(await stand.ask(async () => 'here', { priority: 'exports' })).toBe('here')
  })

  test('is worth more to who pays, within its class and never beyond it', () => {
    const [ballots, ...others] = priorities
    expect(shareOf(ballots, 'free')).toBe(shareOf(ballots, 'enterprise'))
    for (const [at, priority] of others.entries()) {
      expect(shareOf(priority, 'pro')).toBeGreaterThan(shareOf(priority, 'free'))
      expect(shareOf(priority, null)).toBe(shareOf(priority, 'free'))
      const next = others[at + 1]
      if (next !== undefined) expect(shareOf(priority, 'free')).toBeGreaterThan(shareOf(next, 'enterprise'))
    }
  })
})

const nameOf = (priority: Priority, premium: boolean) =>
  premium && priority !== 'ballots' ? `premium ${priority}` : priority

const aGuard = ({ initial = 50, shedding = true } = {}) => {
  const events: Event[] = []
  const outcomes: string[] = []
  const made = guard(
    'it',
    { least: 1, initial, most: 1_000, slowMs: 5_000 },
    {
      clock: systemClock,
      random: { fraction: () => 1 },
      report: (event) => {
        if (event.type === 'dependency-asked') outcomes.push(event.outcome)
        else events.push(event)
      },
      shedding,
    },
  )
  const stand = {
    guard: made,
    events,
    outcomes,
    asked: 0,
    ask<Answer>(
      call: (hop: AbortSignal) => Promise<Answer>,
      order: Partial<Order> = {},
      signal = new AbortController().signal,
    ): Promise<Answer> {
      return made.ask({ priority: 'ballots', ownMs: 5_000, repeatable: false, ...order }, signal, (hop) => {
        stand.asked++
        return call(hop)
      })
    },
    /** A call that does not come back; false: it was turned away. */
    hold(priority: Priority, plan: Plan | null = null): boolean {
      if (made.full(priority, plan)) return false
      void stand.ask(never, { priority, ownMs: 20_000 }).catch(() => undefined)
      return true
    },
  }
  return stand
}
