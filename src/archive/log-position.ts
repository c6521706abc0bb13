// How far the log of a primary is written: behind everything that was committed before it was asked.
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

export interface LogPosition {
  /** An LSN, as Postgres writes it. */
  now(signal: AbortSignal): Promise<string>
}

export const logPosition = (database: Database): LogPosition => ({
  now: async (signal) => {
    const { rows } = await database.run(
      (postgres) => postgres.execute<{ lsn: string }>(sql`select pg_current_wal_lsn() as lsn`),
      signal,
    )
    return rows[0]?.lsn ?? ''
  },
})
