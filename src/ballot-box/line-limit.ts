// How many callers may wait in a box: as many as it can commit soon. What one commit takes is no queue: it costs the same
// for one as for all of them. Beyond that a burst may wait, a queue that stands may not. The measure is the wait of the
// youngest in each commit that had to leave others behind, because a queue that stands is one in which even they have waited
// (CoDel). While it stands, the bound shrinks to what was committed in the time that one should wait, or by a factor where
// it is that already; it grows with every commit whose queue did not stand (AIMD).
import { Aimd } from '../kernel/aimd.ts'
import type { BoxSettings } from './settings.ts'

type Terms = Pick<
  BoxSettings,
  'shedding' | 'bufferLimit' | 'groupLimit' | 'busyAbove' | 'waitTargetMs' | 'waitIntervalMs'
>

export class LineLimit {
  readonly #terms: Terms
  readonly #bound: Aimd
  /** Since when the queue stands; null: it does not. */
  #standsSince: number | null = null
  /** What has been committed since. */
  #taken = 0

  constructor(terms: Terms) {
    this.#terms = terms
    const { bufferLimit: most, groupLimit, busyAbove } = terms
    const least = Math.min(most, Math.max(4, busyAbove, groupLimit))
    this.#bound = new Aimd({ least, most, initial: most, factor: 0.7 })
  }

  get value(): number {
    return Math.floor(this.#bound.value)
  }

  /** A commit took some of those who waited. */
  note(commit: {
    readonly taken: number
    /** How many waited before it, those it took among them. */
    readonly waiting: number
    readonly youngestWaitMs: number
    readonly now: number
  }): void {
    const { shedding, waitTargetMs, waitIntervalMs } = this.#terms
    if (!shedding) return
    if (commit.waiting <= commit.taken || commit.youngestWaitMs <= waitTargetMs) {
      this.#standsSince = null
      this.#taken = 0
      // Far from the target by doubling, near it by one a queue: what a larger bound does is seen a queue later.
      const near = commit.youngestWaitMs * 2 > waitTargetMs
      if (commit.waiting * 2 >= this.#bound.value)
        this.#bound.grow(near ? commit.taken / this.#bound.value : commit.taken)
      return
    }
    this.#taken += commit.taken
    this.#standsSince ??= commit.now
    const forMs = commit.now - this.#standsSince
    if (forMs < waitIntervalMs) return
    const enough = (this.#taken * waitTargetMs) / forMs
    this.#bound.shrink(enough < this.#bound.value ? enough : undefined)
    this.#standsSince = commit.now
    this.#taken = 0
  }
}
