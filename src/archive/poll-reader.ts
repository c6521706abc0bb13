// Lists of polls: keyset pages over the index (workspace, newest first).
import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { PollReader } from '../application/ports.ts'
import type { Poll, PollStatus } from '../domain/poll/poll.ts'
import type { Database } from './database.ts'
import { polls } from './schema.ts'

export const pollReader = (database: Database): PollReader => ({
  list: async ({ workspaceId, status, limit, after, now }, signal) => {
    const rows = await database.run(
      (postgres) =>
        postgres
          .select()
          .from(polls)
          .where(
            and(
              eq(polls.workspaceId, workspaceId),
              eq(polls.archived, false),
              after === null
                ? undefined
                : sql`(${polls.createdAt}, ${polls.id}) < (to_timestamp(${after.createdAt}::bigint / 1000.0), ${after.id})`,
              status === null ? undefined : hasStatus(status, now),
            ),
          )
          .orderBy(desc(polls.createdAt), desc(polls.id))
          .limit(limit),
      signal,
    )
    return rows.map(pollOf)
  },
})

/** What `statusOf` says, in SQL. */
const hasStatus = (status: PollStatus, now: number): SQL => {
  const opensAt = sql`(${polls.definition} ->> 'opensAt')::bigint`
  const closesAt = sql`(${polls.definition} ->> 'closesAt')::bigint`
  const running = sql`${polls.phase} = 'open' and coalesce(${closesAt} > ${now}::bigint, true)`
  switch (status) {
    case 'draft':
      return sql`${polls.phase} = 'draft'`
    case 'scheduled':
      return sql`(${running} and coalesce(${opensAt} > ${now}::bigint, false))`
    case 'open':
      return sql`(${running} and coalesce(${opensAt} <= ${now}::bigint, true))`
    case 'closed':
      return sql`(${polls.phase} in ('closing', 'closed') or (${polls.phase} = 'open' and coalesce(${closesAt} <= ${now}::bigint, false)))`
  }
}

const pollOf = ({ definition, ...row }: typeof polls.$inferSelect): Poll => {
  const { dedupe, ...rest } = definition
  return {
    ...rest,
    // Secrets of account keys are not in Postgres; nothing that lists polls shows them.
    dedupe:
      dedupe.by === 'account'
        ? {
            by: 'account',
            keys: dedupe.keys.map((key) => (key.alg === 'HS256' ? { ...key, secret: '' } : key)),
          }
        : dedupe,
    id: row.id,
    workspaceId: row.workspaceId,
    phase: row.phase,
    archived: row.archived,
    version: row.version,
    createdAt: row.createdAt.getTime(),
  }
}
