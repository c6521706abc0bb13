// What has just been logged, as the archive receives it: kept in memory, so that nothing is read back and derived again
// a second after it was written. Whatever is missing here is in the log.
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'

/** A log event: its place, and the ballot it is about. */
export interface LoggedBallot {
  readonly seq: number
  readonly ballot: ArchivedBallot
}

/** Enough for a second of one object at its fastest; a full body each would be 64 MB, so their size counts too. */
const mostEvents = 8_000
const mostCodeUnits = 8_000_000

export class RecentEvents {
  #events: LoggedBallot[] = []
  #codeUnits = 0

  /** In order and without gaps. `codeUnits`: the length of their answers. */
  add(events: readonly LoggedBallot[], codeUnits: number): void {
    this.#events.push(...events)
    this.#codeUnits += codeUnits
    if (this.#events.length > mostEvents || this.#codeUnits > mostCodeUnits) this.forget()
  }

  /** Something was revised or erased: what is here may no longer be how a ballot stands. */
  forget(): void {
    this.#events = []
    this.#codeUnits = 0
  }

  /** The events after `seq`, at most `limit`; null where they are not all here. */
  after(seq: number, limit: number): readonly LoggedBallot[] | null {
    const first = this.#events[0]
    if (first === undefined || first.seq > seq + 1) return null
    const from = seq + 1 - first.seq
    return from < this.#events.length ? this.#events.slice(from, from + limit) : null
  }

  /** Those up to `seq` are archived. */
  drop(seq: number): void {
    const first = this.#events[0]
    if (first === undefined || first.seq > seq) return
    this.#events = this.#events.slice(seq + 1 - first.seq)
    if (this.#events.length === 0) this.#codeUnits = 0
  }
}
