// What a method of the archive may read, and how that is said of the usual ones.
import type { Database } from '../../../src/archive/database.ts'

export interface Law {
  readonly ask: (database: Database, signal: AbortSignal) => Promise<unknown>
  /** Rows it may read for each row that it is asked for, whether it finds so many or not. */
  readonly multiple: number
  /** How many it is asked for. */
  readonly rows: number
  /** Where it reads more than it answers, or a big table whole. */
  readonly why?: string
  /** Tables, and `sort` for one on disk. */
  readonly mayScan?: readonly string[]
  /** Of one transaction and round trip; 1 unless it says so. */
  readonly statements?: number
  /** What it is asked for is as much more as the archive is larger. */
  readonly grows?: true
}

export const one = (ask: Law['ask'], multiple = 2): Law => ({ ask, multiple, rows: 1 })
export const page = (ask: Law['ask'], rows: number, multiple = 1.1): Law => ({ ask, multiple, rows })
