// Time for tests: it passes only when a test says so, and what was to be run later runs then, in order.
import type { Clock } from '../../src/kernel/clock.ts'

export interface Timeline {
  /** The wall clock: what has passed since the start, plus whatever `skewBy` made of it. */
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  /** `after` for one object of the platform's: when the next one is asked for, what this one still waited for is gone. */
  forOneObject(): (delayMs: number, run: () => void) => void
  /** Lets time pass, running what falls due at its moment; what that starts is carried on before time goes on. */
  advance(ms: number): Promise<void>
  /** Moves the wall clock alone, forth or back: timers do not notice. */
  skewBy(ms: number): void
  /** Delays of what is still to be run, as they were asked for. */
  readonly pending: readonly number[]
}

export const noon = Date.UTC(2026, 10, 24, 12)

export const aTimeline = (startsAt = noon): Timeline => {
  let passed = 0
  let wall = startsAt
  let order = 0
  let objects = 0
  const timers: { readonly at: number; readonly order: number; readonly delayMs: number; run(): void }[] = []
  const nextDue = (until: number) => {
    timers.sort((one, other) => one.at - other.at || one.order - other.order)
    return (timers[0]?.at ?? Number.POSITIVE_INFINITY) <= until ? timers.shift() : undefined
  }
  const after = (delayMs: number, run: () => void) =>
    void timers.push({ at: passed + delayMs, order: order++, delayMs, run })
  return {
    clock: { now: () => wall + passed },
    after,
    forOneObject() {
      const mine = ++objects
      return (delayMs, run) =>
        after(delayMs, () => {
          if (objects === mine) run()
        })
    },
    async advance(ms) {
      const until = passed + ms
      await settled()
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        passed = due.at
        due.run()
        await settled()
      }
      passed = until
    },
    skewBy(ms) {
      wall += ms
    },
    get pending() {
      return timers.map(({ delayMs }) => delayMs)
    },
  }
}

/** After everything that promises had waiting: a turn of the event loop comes when no microtask is left. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
