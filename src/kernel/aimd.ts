// A bound that finds its own size: it grows by sums while all is well and shrinks by a factor when it is not. Several
// that share one thing this way end up with equal parts of it, without talking to each other.

export interface AimdTerms {
  readonly least: number
  readonly most: number
  readonly initial: number
  /** Below 1: what is left of the bound after trouble. */
  readonly factor: number
}

export class Aimd {
  readonly #terms: AimdTerms
  #value: number

  constructor(terms: AimdTerms) {
    const { least, most, initial, factor } = terms
    if (!(least > 0 && least <= initial && initial <= most))
      throw new RangeError(`a bound must begin between its ends, not at ${initial} of ${least} to ${most}`)
    if (!(factor > 0 && factor < 1)) throw new RangeError(`a factor that shrinks is below 1, not ${factor}`)
    this.#terms = terms
    this.#value = initial
  }

  get value(): number {
    return this.#value
  }

  grow(by: number): void {
    this.#value = Math.min(this.#terms.most, this.#value + by)
  }

  /** By the factor, or to what is known to be enough. */
  shrink(to = this.#value * this.#terms.factor): void {
    this.#value = Math.max(this.#terms.least, Math.min(this.#value, to))
  }
}
