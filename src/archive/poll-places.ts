// Which polls a database has, or had: for messages that do not say whose poll they are of.
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

export const pollPlaces = (database: Database) => ({
  /** Those of `pollIds` that are here, with whose they are; deleted ones as long as their tombstone stands. */
  among: async (
    pollIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly { readonly pollId: string; readonly workspaceId: string }[]> => {
    const ids = sql.param([...pollIds])
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ poll_id: string; workspace_id: string }>(sql`
          select id as poll_id, workspace_id from polls where id = any(${ids}::text[])
          union all
          select poll_id, workspace_id from deleted_polls where poll_id = any(${ids}::text[])`),
      signal,
    )
    return rows.map((row) => ({ pollId: row.poll_id, workspaceId: row.workspace_id }))
  },
})
