// How long workspaces keep their polls, for databases that have the polls and not the workspaces.
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

export interface RetentionTerms {
  readonly workspaceId: string
  readonly days: number
}

export const retentionTerms = (database: Database) => ({
  /** Workspaces that do not keep polls for ever, in the order of their ids, from one on. */
  list: async (from: string, limit: number, signal: AbortSignal): Promise<readonly RetentionTerms[]> => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ id: string; retention_days: number }>(sql`
          select id, retention_days from workspaces
          where retention_days is not null and id >= ${from}::text
          order by id limit ${limit}::integer`),
      signal,
    )
    return rows.map(({ id, retention_days }) => ({ workspaceId: id, days: retention_days }))
  },
})
