// One after the other: what must see what the one before it left.

export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` after everything that asked earlier has finished, well or badly. */
  take<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
