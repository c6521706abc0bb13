// What retries may cost: a share of the calls. When everything fails, nearly nothing is asked twice, and a dependency in
// trouble gets a tenth more work instead of three times as much.

export class RetryBudget {
  readonly #share: number
  readonly #most: number
  #saved = 0

  /** `share`: retries a call earns; `most`: how many can be saved up. */
  constructor(share = 0.1, most = 10) {
    if (!(share > 0 && share <= 1)) throw new RangeError(`a share is between 0 and 1, not ${share}`)
    this.#share = share
    this.#most = most
  }

  /** A call was made that was no retry. */
  earn(): void {
    this.#saved = Math.min(this.#most, this.#saved + this.#share)
  }

  /** Whether one more retry is paid for; if so, it is spent. */
  spend(): boolean {
    // Ten tenths are a whole, whatever floating point makes of them.
    if (this.#saved < 1 - 1e-9) return false
    this.#saved -= 1
    return true
  }
}
