// Polls as Postgres keeps them: a copy of what their scoreboards say, for lists and exports.
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { PollDeath, PollRecord, PollRecords } from '../application/ports.ts'
import type { Remind } from '../application/webhook-ports.ts'
import type { PollPhase } from '../domain/poll/poll.ts'
import type { Database } from './database.ts'
import { type DueColumn, dueColumn, pollDeliveries, remindNobody } from './delivery-statements.ts'
import { recordedDefinition } from './recorded-definition.ts'
import { deadLetters, pollOfLetter, polls } from './schema.ts'

export const pollRecords = (database: Database, remind: Remind = remindNobody): PollRecords => ({
  record: async (poll, signal) => {
    const { rows } = await database.run(
      (postgres) => postgres.execute<Record<string, unknown> & DueColumn>(recordStatement(poll)),
      signal,
    )
    const due = rows[0]?.due ?? []
    if (due.length > 0) await remind(due)
  },
  remove: async (death, signal) => {
    while (!(await removeOnce(database, death, signal)));
  },
})

/** A poll never changes hands, nor when it was made. One that was deleted stays so: see migrations/0002. Webhooks hear that it
 *  has opened or closed from the statement by which it does. */
const recordStatement = (poll: PollRecord): SQL => sql`
  with kept as (
  insert into polls (id, workspace_id, title, phase, archived, version, definition, created_at, opened)
  select
    ${poll.id}::text, ${poll.workspaceId}::text, ${poll.title}::text, ${poll.phase}::text,
    ${poll.archived}::boolean, ${poll.version}::integer, ${JSON.stringify(recordedDefinition(poll))}::jsonb,
    ${new Date(poll.createdAt).toISOString()}::timestamptz, ${poll.opened === true}::boolean
  where not poll_is_deleted(${poll.id}::text)
  on conflict (id) do update set
    title = excluded.title,
    phase = excluded.phase,
    archived = excluded.archived,
    version = excluded.version,
    definition = excluded.definition,
    recorded_at = now(),
    opened = excluded.opened or ${wasOpened(sql`polls`)}
  where ${isLater}
  returning
    new.id, new.workspace_id, new.opened and not coalesce(${wasOpened(sql`old`)}, false) as opened,
    new.phase = 'closed' and old.phase is distinct from 'closed' as closed,
    to_timestamp((new.definition ->> 'closedAt')::bigint / 1000.0) as closed_at,
    to_timestamp((new.definition ->> 'opensAt')::bigint / 1000.0) as opens_at
  ),
  moved as (select * from kept where opened or closed),
  ${pollDeliveries}
  select ${dueColumn}`

/** A poll that was recorded before webhooks were told: by what it was when it was recorded. */
const wasOpened = (row: SQL): SQL =>
  sql`coalesce(${row}.opened, ${row}.phase <> 'draft' and coalesce(
    to_timestamp((${row}.definition ->> 'opensAt')::bigint / 1000.0) <= ${row}.recorded_at, true))`

/** The version counts definitions; within one a poll only moves on through its phases, and into the archive. So a
 *  record written late, by a scoreboard's alarm or an abandoned request, never takes a poll back. That a poll has opened by the
 *  clock changes neither. */
const phases = ['draft', 'open', 'closing', 'closed'] as const satisfies readonly PollPhase[]
const step = (phase: SQLWrapper) =>
  sql`array_position(array[${sql.raw(phases.map((name) => `'${name}'`).join(', '))}], ${phase})`
const isLater = sql`
  (${polls.version}, ${step(polls.phase)}, ${polls.archived}, ${polls.opened} is true) <
  (excluded.version, ${step(sql`excluded.phase`)}, excluded.archived, excluded.opened)`

/** Answers whether there was nothing left to do. */
const removeOnce = async (database: Database, death: PollDeath, signal: AbortSignal): Promise<boolean> => {
  const { rows } = await database.run(
    (postgres) => postgres.execute<{ done: boolean }>(removeStatement(death)),
    signal,
  )
  return rows[0]?.done === true
}

/** Repeated until it finds a tombstone and nothing to take out. It waits until it is alone with the poll
 *  (migrations/0002), but what was written meanwhile is not in its snapshot; the next statement sees that, and nothing
 *  can come after the tombstone. `exists` makes sure of the lock before any row is touched: the other way round it
 *  would deadlock with a writer. Slow for huge polls: 770,000 ballots took 1.0 s on two cores. Parts of 10,000 took 28 s
 *  for a million, because each passes by the dead rows of those before. */
const removeStatement = ({ pollId, workspaceId, deletedAt }: PollDeath): SQL => sql`
  with alone as materialized (select pg_advisory_xact_lock(hashtextextended(${pollId}::text, 0))),
  tombstone as (
    insert into deleted_polls (poll_id, workspace_id, deleted_at)
    select ${pollId}::text, ${workspaceId}::text, to_timestamp(${deletedAt}::bigint / 1000.0) from alone
    on conflict (poll_id) do nothing
  ),
  poll as (
    delete from polls where id = ${pollId}::text and exists (select from alone) returning 1
  ),
  ballot as (
    delete from ballots where poll_id = ${pollId}::text and exists (select from alone) returning 1
  ),
  rollup as (
    delete from rollups where poll_id = ${pollId}::text and exists (select from alone) returning 1
  ),
  invite as (
    delete from invites where poll_id = ${pollId}::text and exists (select from alone) returning 1
  ),
  letter as (
    delete from dead_letters
    where ${pollOfLetter(deadLetters.body)} = ${pollId}::text and exists (select from alone) returning 1
  )
  select
    exists (select from deleted_polls where poll_id = ${pollId}::text)
    and not exists (select from poll)
    and not exists (select from ballot)
    and not exists (select from rollup)
    and not exists (select from invite)
    and not exists (select from letter) as done`
