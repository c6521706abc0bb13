// How much of a batch one statement takes: more while Postgres is quick, half as much when it is slow or away. So a consumer
// that is given a hundred messages asks of a Postgres in trouble only what it can do.
import type { Report } from '../application/events.ts'
import { Aimd } from '../kernel/aimd.ts'

export interface ArchivePace {
  /** Messages the next statement may take; at least one. */
  readonly messagesAtOnce: number
  /** How long a statement took, ms; null: Postgres did not answer. */
  note(durationMs: number | null): void
}

/** A statement this long holds its rows longer than the next batch takes to gather. */
const slowMs = 1_000

/** What the queue gives at once. */
const mostMessages = 100

export const archivePace = (report: Report): ArchivePace => {
  const bound = new Aimd({ least: 1, most: mostMessages, initial: mostMessages, factor: 0.5 })
  return {
    get messagesAtOnce() {
      return Math.floor(bound.value)
    },
    note(durationMs) {
      if (durationMs !== null && durationMs <= slowMs) return bound.grow(5)
      bound.shrink()
      report({ type: 'archive-paced', messagesAtOnce: Math.floor(bound.value), durationMs })
    },
  }
}
