// Lists of polls: keyset pages over the index (workspace, newest first).
import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import type { PollReader } from '../application/ports.ts'
import type { Poll, PollStatus } from '../domain/poll/poll.ts'
import type { Database, Statement } from './database.ts'
import { recalledDefinition } from './recorded-definition.ts'
import { polls } from './schema.ts'

export const pollReader = (database: Database): PollReader => ({
  list: async (order, signal) => {
    const rows = await database.run(
      (postgres) => (order.status === 'closed' ? closedPolls(postgres, order) : somePolls(postgres, order)),
      signal,
    )
    return rows.map(pollOf)
  },
})

type Order = Parameters<PollReader['list']>[0]
type Postgres = Parameters<Statement<unknown>>[0]

/** Those of a page's place on that also fit `which`, in the order of the page. */
const pollsThat = (
  postgres: Postgres,
  { workspaceId, limit, after }: Order,
  which: SQL | undefined,
  createdAt: SQL | typeof polls.createdAt = polls.createdAt,
) =>
  postgres
    .select()
    .from(polls)
    .where(
      and(
        eq(polls.workspaceId, workspaceId),
        eq(polls.archived, false),
        after === null
          ? undefined
          : sql`(${createdAt}, ${polls.id}) < (to_timestamp(${after.createdAt}::bigint / 1000.0), ${after.id})`,
        which,
      ),
    )
    .orderBy(desc(createdAt), desc(polls.id))
    .limit(limit)

/** For what hardly any poll is. Postgres has no statistics of it, takes it for a third of all, and by the index of the page's order
 *  would read many thousands until it has a page. It does not know this to be that order: so it asks the index that has them,
 *  and sorts. */
const createdAtOfFew = sql`${polls.createdAt} + interval '0'`

const somePolls = (postgres: Postgres, order: Order) => {
  const { status, now } = order
  if (status === null || status === 'closed') return pollsThat(postgres, order, undefined)
  const which = hasStatus[status](now)
  return pollsThat(postgres, order, which, status === 'scheduled' ? createdAtOfFew : undefined)
}

/** Three kinds, each by its own index: asked for in one, newest polls would be read until enough of them are closed. */
const closedPolls = (postgres: Postgres, order: Order) => {
  const closed = pollsThat(postgres, order, sql`${polls.phase} = 'closed'`)
  const closing = pollsThat(postgres, order, sql`${polls.phase} = 'closing'`)
  const over = pollsThat(
    postgres,
    order,
    sql`${polls.phase} = 'open' and ${closesAt} <= ${order.now}::bigint`,
    createdAtOfFew,
  )
  return unionAll(closed, closing, over).orderBy(desc(polls.createdAt), desc(polls.id)).limit(order.limit)
}

const opensAt = sql`(${polls.definition} ->> 'opensAt')::bigint`
const closesAt = sql`(${polls.definition} ->> 'closesAt')::bigint`

/** What `statusOf` says, in SQL; a comparison with what is not there is no. */
const hasStatus: Readonly<Record<Exclude<PollStatus, 'closed'>, (now: number) => SQL>> = {
  draft: () => sql`${polls.phase} = 'draft'`,
  scheduled: (now) => sql`${isRunning(now)} and ${opensAt} > ${now}::bigint`,
  open: (now) => sql`${isRunning(now)} and coalesce(${opensAt} <= ${now}::bigint, true)`,
}

const isRunning = (now: number): SQL =>
  sql`${polls.phase} = 'open' and coalesce(${closesAt} > ${now}::bigint, true)`

const pollOf = ({ definition, ...row }: typeof polls.$inferSelect): Poll => ({
  ...recalledDefinition(definition),
  id: row.id,
  workspaceId: row.workspaceId,
  phase: row.phase,
  archived: row.archived,
  version: row.version,
  createdAt: row.createdAt.getTime(),
})
