// How far the log of a primary is written: behind everything that was committed before it was asked.
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

export const logPosition = (database: Database) => ({
  /** An LSN, as Postgres writes it. */
  now: async (signal: AbortSignal): Promise<string> => {
    const { rows } = await database.run(
      (postgres) => postgres.execute<{ lsn: string }>(sql`select pg_current_wal_lsn() as lsn`),
      signal,
    )
    return rows[0]?.lsn ?? ''
  },
})
