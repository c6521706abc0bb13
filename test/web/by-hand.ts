// A clock that is moved by hand.
import type { After } from '../../web/live/timer.ts'

export interface HandClock {
  readonly after: After
  /** Time goes by; awaited, whatever was under way meanwhile has come to rest. */
  pass(ms: number): Promise<void>
  /** How many timers wait. */
  waiting(): number
}

export const handClock = (): HandClock => {
  const timers = new Set<{ readonly at: number; readonly task: () => void }>()
  let now = 0
  return {
    after: (ms, task) => {
      const timer = { at: now + ms, task }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass: (ms) => {
      const until = now + ms
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = next.at
        next.task()
      }
      now = until
      return new Promise((settled) => setImmediate(settled))
    },
    waiting: () => timers.size,
  }
}
