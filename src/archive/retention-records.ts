// What has been kept long enough, as Postgres finds it: polls by their workspace's retention, rows by their age.
import { type SQL, sql } from 'drizzle-orm'
import type { AgingRows, OldPoll, RetentionPlace, RetentionRecords } from '../application/retention-ports.ts'
import { accountOf, tenantOf } from '../application/tenant.ts'
import type { Database } from './database.ts'
import { instantOf, msOf } from './instant.ts'
import type { RetentionTerms } from './retention-terms.ts'
import { deadLetters, pollOfLetter } from './schema.ts'

export interface DatabaseRetention extends RetentionRecords {
  /** As `oldPolls`, of these workspaces only: where the table of workspaces is in another database. */
  oldPollsAmong(
    terms: readonly RetentionTerms[],
    after: RetentionPlace | null,
    limit: number,
    now: number,
    signal: AbortSignal,
  ): Promise<readonly OldPoll[]>
}

export const retentionRecords = (database: Database): DatabaseRetention => ({
  oldPolls: async (after, limit, now, signal) => {
    const { rows } = await database.run(
      (postgres) => postgres.execute<OldPollRow>(oldPollsStatement(sql`workspaces`, after, limit, now)),
      signal,
    )
    return rows.map(oldPollOf)
  },
  oldPollsAmong: async (terms, after, limit, now, signal) => {
    const given = JSON.stringify(terms.map(({ workspaceId: id, days }) => ({ id, retention_days: days })))
    const among = sql`jsonb_to_recordset(${given}::jsonb)`
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<OldPollRow>(
          oldPollsStatement(among, after, limit, now, sql`(id text, retention_days integer)`),
        ),
      signal,
    )
    return rows.map(oldPollOf)
  },
  forget: async (rows, { before, limit, only }, signal) => {
    const found = aged[rows](instantOf(before), limit)
    const statement = only === 'count' ? sql`select 1 from (${found.old}) as old` : found.forget
    const { rowCount } = await database.run((postgres) => postgres.execute(statement), signal)
    return rowCount
  },
})

const oldPollOf = (row: OldPollRow): OldPoll => ({
  workspaceId: row.workspace_id,
  pollId: row.poll_id,
  retentionDays: row.retention_days,
  createdAt: Number(row.created_at),
  closedAt: row.closed_at === null ? null : Number(row.closed_at),
})

interface OldPollRow {
  readonly [column: string]: unknown
  readonly workspace_id: string
  readonly poll_id: string
  readonly retention_days: number
  /** Milliseconds since the epoch; bigint, which the driver gives as text. */
  readonly created_at: string
  readonly closed_at: string | null
}

/** Walks the index `polls_newest_first` from its old end, workspace by workspace as the index of those with a retention has
 *  them, and stops when the page is full: it is sorted within a workspace only. A poll is made before it closes, so that none
 *  made later than the retention can be due. One that closed before polls were told when has at least been so since it was
 *  recorded. */
const oldPollsStatement = (
  from: SQL,
  after: RetentionPlace | null,
  limit: number,
  now: number,
  columns: SQL = sql``,
): SQL => {
  const { workspaceId, createdAt, pollId } = after ?? { workspaceId: '', createdAt: 0, pollId: '' }
  const account = accountOf(workspaceId)
  const here = sql`tenant.id = ${workspaceId}::text`
  return sql`
    select
      tenant.id as workspace_id, workspace.retention_days, poll.id as poll_id,
      ${msOf('poll.created_at')} as created_at, poll.closed_at
    from ${from} as workspace ${columns}
    cross join lateral (values (workspace.id), (workspace.id || ${tenantOf('', 'test')}::text)) as tenant (id)
    cross join lateral (
      select id, created_at,
        case when phase = 'closed'
          then coalesce((definition ->> 'closedAt')::bigint, ${msOf('recorded_at')})
        end as closed_at
      from polls
      where polls.workspace_id = tenant.id
        and polls.created_at < ${instantOf(now)} - make_interval(days => workspace.retention_days)
        and (polls.created_at, polls.id) > (
          case when ${here} then ${instantOf(createdAt)} else '-infinity' end,
          case when ${here} then ${pollId}::text else '' end
        )
      order by polls.created_at, polls.id
      limit ${limit}::integer
    ) as poll
    where workspace.retention_days is not null and workspace.id >= ${account}::text
      and (workspace.id > ${account}::text or tenant.id >= ${workspaceId}::text)
    order by workspace.id, tenant.id, poll.created_at, poll.id
    limit ${limit}::integer`
}

interface Aged {
  /** Rows that are old enough, a batch. */
  readonly old: SQL
  /** Takes them out; its row count says how many. */
  readonly forget: SQL
}

/** Rows are taken by where they lie: what was written in the order of time goes page by page, from the oldest on, which
 *  a BRIN index finds. */
const byAge =
  (table: string, column: string) =>
  (before: SQL, limit: number): Aged => {
    const from = sql.identifier(table)
    const old = sql`select ctid from ${from} where ${sql.identifier(column)} < ${before} limit ${limit}::integer`
    return { old, forget: sql`delete from ${from} where ctid = any (array(${old}))` }
  }

const aged: Record<AgingRows, (before: SQL, limit: number) => Aged> = {
  tombstones: byAge('deleted_polls', 'deleted_at'),
  'dead-letters': byAge('dead_letters', 'died_at'),
  deliveries: byAge('deliveries', 'created_at'),
  'audit-log': byAge('audit_log', 'at'),
  payloads: (before, limit) => {
    const old = sql`
      select ctid from deliveries where created_at < ${before} and payload is not null limit ${limit}::integer`
    return { old, forget: sql`update deliveries set payload = null where ctid = any (array(${old}))` }
  },
  'letters-of-deleted-polls': (_before, limit) => {
    const old = sql`
      select ctid from dead_letters
      where exists (
        select from deleted_polls
        where poll_id = ${pollOfLetter(deadLetters.body)}
      )
      limit ${limit}::integer`
    return { old, forget: sql`delete from dead_letters where ctid = any (array(${old}))` }
  },
}
