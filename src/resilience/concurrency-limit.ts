// How many calls of one kind may be under way. The bound grows while they come back well and shrinks when they do not, so
// that what waits, waits at the door, where saying no is cheap. Nobody waits here: no promise is shared between requests.
import { Aimd, type AimdTerms } from '../kernel/aimd.ts'
import type { Clock } from '../kernel/clock.ts'

export interface LimitTerms extends AimdTerms {
  readonly clock: Clock
  /** A call that takes longer says that too much is under way, ms. */
  readonly slowMs: number
  /** After which a call counts no more: its request may have been cancelled, and then nobody says that it ended. */
  readonly leaseMs: number
}

export interface Permit {
  /** What became of the call: `neutral` says nothing about how much is under way. */
  done(how: 'well' | 'badly' | 'neutral'): void
}

export class ConcurrencyLimit {
  readonly #terms: LimitTerms
  readonly #bound: Aimd
  /** When each call under way began, in that order. */
  readonly #underWay = new Map<number, number>()
  #next = 0
  #shrunkAt = Number.NEGATIVE_INFINITY
  /** Calls of that round that came back badly too. */
  #alsoBad = 0

  constructor(terms: LimitTerms) {
    this.#terms = terms
    this.#bound = new Aimd(terms)
  }

  get bound(): number {
    return this.#bound.value
  }

  get underWay(): number {
    this.#forgetLost()
    return this.#underWay.size
  }

  /** How many more may be under way now. */
  get room(): number {
    return Math.max(0, Math.floor(Math.max(1, this.#bound.value)) - this.underWay)
  }

  /** Whether one more would be too many. `share`: the part of the bound this kind of work may fill, 0 … 1. */
  full(share = 1): boolean {
    return this.underWay + 1 > Math.max(1, this.#bound.value * share)
  }

  /** null: too many are under way. */
  enter(share = 1): Permit | null {
    if (this.full(share)) return null
    const call = this.#next++
    const began = this.#terms.clock.now()
    this.#underWay.set(call, began)
    return {
      done: (how) => {
        const busy = this.#underWay.size * 2 >= this.#bound.value
        if (!this.#underWay.delete(call)) return
        const now = this.#terms.clock.now()
        if (how === 'badly' || now - began > this.#terms.slowMs) this.#shrink(began, now)
        // A bound that nobody came near has not been tried.
        else if (how === 'well' && busy) this.#bound.grow(1 / this.#bound.value)
      },
    }
  }

  /** Once a round: what was under way when it shrank says nothing new, unless it is as many as may be under way now. So
   *  the first wave of a surge is enough to find a bound that is a hundredth of it. */
  #shrink(began: number, now: number): void {
    if (began < this.#shrunkAt && ++this.#alsoBad < this.#bound.value) return
    this.#alsoBad = 0
    this.#shrunkAt = now
    this.#bound.shrink()
  }

  #forgetLost(): void {
    const longAgo = this.#terms.clock.now() - this.#terms.leaseMs
    for (const [call, began] of this.#underWay) {
      if (began > longAgo) return
      this.#underWay.delete(call)
    }
  }
}
