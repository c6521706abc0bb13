// A box of a capacity that is known, for benchmarks: its commits are kept apart, as on a disk that slow.
import type { Clock } from '../kernel/clock.ts'

type After = (delayMs: number, run: () => void) => void

/** What a late timer may make good: a busy machine's timers are late, and the capacity would be the machine's, not the one
 *  that was stated. */
const gapsMadeGood = 4

/** Timers that run what is due at once, as a box's commits are, at least `gapMs` apart; what is due later is left alone.
 *  Where one came late, those after it come sooner, until the pace is kept again. */
export const keptApart = (gapMs: number, { after, clock }: { after: After; clock: Clock }): After => {
  let turn = Number.NEGATIVE_INFINITY
  return (delayMs, run) => {
    if (delayMs > 0) {
      after(delayMs, run)
      return
    }
    const now = clock.now()
    turn = Math.max(turn + gapMs, now - gapsMadeGood * gapMs)
    after(Math.max(0, turn - now), run)
  }
}
