// Stops asking what does not answer: after half of the last twenty calls have failed nobody asks for a while, then one
// does, and if that goes well all do. Without a timer, since a Worker has none between requests: time is looked at when
// somebody asks.
import type { Clock } from '../kernel/clock.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerTerms {
  readonly clock: Clock
  /** 0 … 1, so that isolates do not all probe at once. */
  readonly fraction: () => number
  /** Of the last `calls`, this many failures open it. */
  readonly failures: number
  readonly calls: number
  /** How long nobody asks, the first time; it doubles with each failed probe. */
  readonly openMs: number
  readonly mostOpenMs: number
  /** After which a probe that never came back is given up: its request may have been cancelled. */
  readonly probeMs: number
  readonly moved: (to: BreakerState) => void
}

/** A call that was let in. */
export interface Attempt {
  settle(well: boolean): void
  /** It ended and says nothing, as where its caller has gone: if it was the probe, the next call is. */
  abandon(): void
}

export class Breaker {
  readonly #terms: BreakerTerms
  /** The newest last; true: it failed. */
  #recent: boolean[] = []
  #state: BreakerState = 'closed'
  /** When somebody may ask again; while half-open, when the probe is given up. */
  #until = 0
  #restsMs = 0
  #trips = 0
  /** Counts probes. */
  #probe = 0

  constructor(terms: BreakerTerms) {
    if (!(terms.failures > 0 && terms.failures <= terms.calls))
      throw new RangeError(`${terms.failures} of ${terms.calls} calls cannot fail`)
    this.#terms = terms
  }

  get state(): BreakerState {
    return this.#state
  }

  /** null: it may not be asked now. The one that is let in while the others wait is the probe. */
  enter(): Attempt | null {
    if (this.#state !== 'closed') {
      const now = this.#terms.clock.now()
      const restMs = this.#until - now
      // A clock that was set back must not keep it shut for as long as it was wrong.
      if (restMs > 0 && restMs <= this.#restsMs) return null
      this.#rest(this.#terms.probeMs, now)
      this.#probe++
      this.#move('half-open')
    }
    const { state } = this
    const probe = this.#probe
    return {
      settle: (well) => {
        // What began before it opened, and a probe that was given up, say nothing any more.
        if (state !== this.#state || probe !== this.#probe) return
        if (state === 'closed') this.#note(!well)
        else if (well) this.#close()
        else this.#open()
      },
      abandon: () => {
        if (state === 'half-open' && state === this.#state && probe === this.#probe)
          this.#rest(0, this.#terms.clock.now())
      },
    }
  }

  #note(failed: boolean): void {
    const { calls, failures } = this.#terms
    this.#recent.push(failed)
    if (this.#recent.length > calls) this.#recent.shift()
    if (failed && this.#recent.filter(Boolean).length >= failures) this.#open()
  }

  #open(): void {
    const { clock, fraction, openMs, mostOpenMs } = this.#terms
    const longest = Math.min(mostOpenMs, openMs * 2 ** this.#trips)
    this.#trips++
    this.#rest(longest * (0.5 + 0.5 * fraction()), clock.now())
    this.#move('open')
  }

  #rest(forMs: number, now: number): void {
    this.#restsMs = forMs
    this.#until = now + forMs
  }

  #close(): void {
    this.#recent = []
    this.#trips = 0
    this.#move('closed')
  }

  #move(to: BreakerState): void {
    if (this.#state === to) return
    this.#state = to
    this.#terms.moved(to)
  }
}
