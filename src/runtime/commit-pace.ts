// A box of a capacity that is known, for benchmarks: its commits are kept apart, as on a disk that slow.
import type { Clock } from '../kernel/clock.ts'

type After = (delayMs: number, run: () => void) => void

/** Timers that run what is due at once, as a box's commits are, at least `gapMs` apart; what is due later is left alone.
 *  A late timer makes none of those after it later. */
export const keptApart = (gapMs: number, { after, clock }: { after: After; clock: Clock }): After => {
  let turn = Number.NEGATIVE_INFINITY
  return (delayMs, run) => {
    if (delayMs > 0) {
      after(delayMs, run)
      return
    }
    const now = clock.now()
    turn = Math.max(turn + gapMs, now)
    after(turn - now, run)
  }
}
