// The one way to Postgres: drizzle over Neon's HTTP driver, each statement stoppable and its errors opaque.
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'

export interface Database {
  /** Runs one statement, a round trip. Rejects with `ArchiveUnavailable`, `ArchiveRejected`, or the signal's reason
   *  once it is aborted; an aborted statement may still have been carried out. */
  run<Answer>(statement: Statement<Answer>, signal: AbortSignal): Promise<Answer>
}

export type Statement<Answer> = (postgres: NeonHttpDatabase) => PromiseLike<Answer>

export interface DatabaseConfig {
  /** `postgresql://user:password@host/database` */
  readonly url: string
  /** Where the driver posts its SQL; empty: Neon's own endpoint, derived from `url`. */
  readonly endpoint: string
  /** After how long Postgres itself ends a statement, ms; absent: never, for tests and benchmarks. */
  readonly statementMs?: number | undefined
}

/** What is true of one statement, and is said in its own round trip. */
export interface Condition {
  /** Only where this much of the log (LSN) has been replayed here; else Postgres refuses with 22023. */
  readonly replayed?: string | undefined
}

export interface ConditionalDatabase extends Database {
  run<Answer>(statement: Statement<Answer>, signal: AbortSignal, condition?: Condition): Promise<Answer>
}

export const openDatabase = (config: DatabaseConfig): ConditionalDatabase => ({
  run: async (statement, signal, condition = {}) => {
    // Loaded at the first statement: many an isolate never has one, and a start should not wait for it.
    const { archiveError, postgresOf } = await import('./driver.ts')
    signal.throwIfAborted()
    try {
      return await statement(postgresOf({ ...config, ...condition }, signal))
    } catch (error) {
      signal.throwIfAborted()
      throw archiveError(error)
    }
  },
})
