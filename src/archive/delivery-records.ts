// Deliveries as whoever makes them claims and settles them: each attempt is one row changed before it and one after it. Where
// both are touched a webhook's row is locked before its deliveries, so that no two statements wait for each other.
import { type SQL, sql } from 'drizzle-orm'
import type {
  DeliveryRecords,
  DueDelivery,
  OverdueDeliveries,
  TakenDelivery,
  WebhookEvent,
} from '../application/webhook-ports.ts'
import type { Database } from './database.ts'
import { bodyOf, writtenTime } from './delivery-statements.ts'
import { instantOf, msOf, msOrNull } from './instant.ts'
import { total } from './rollup-dimensions.ts'

export const deliveryRecords = (database: Database): DeliveryRecords & OverdueDeliveries => {
  const rowsOf = async <Found extends Record<string, unknown>>(statement: SQL, signal: AbortSignal) =>
    (await database.run((postgres) => postgres.execute<Found>(statement), signal)).rows
  return {
    take: async ({ id, workspaceId, dueAt }, { now, delaysMs, fraction }, signal) => {
      const waits = sql.raw(delaysMs.map(Math.trunc).join(', '))
      const [row] = await rowsOf<Row>(
        sql`with due as materialized (
              select
                deliveries.id, webhook.id as webhook_id, url, generation,
                coalesce(oldest_generation, generation) as oldest_generation, previous_until,
                failing_since is not null as failing,
                coalesce(failing_since is not null and tried_at > ${instantOf(now - apartMs)}, false) as crowded
              from deliveries join webhooks as webhook on webhook.id = deliveries.webhook_id
              where deliveries.id = ${id} and deliveries.workspace_id = ${workspaceId} and state = 'pending'
                and next_at = ${instantOf(dueAt)} and webhook.disabled_at is null),
            tried as (
              update webhooks set
                tried_at = ${instantOf(now)},
                failing_since = case
                  when coalesce(tried_at, failing_since) > ${instantOf(now - pausedMs)} then failing_since end
              from due
              where webhooks.id = due.webhook_id and due.failing and not due.crowded returning 1),
            done as (
              update deliveries set
                attempts = attempts + case when crowded then 0::integer else 1 end,
                next_at = ${instantOf(now)} + interval '1 millisecond' *
                  case when crowded then ${putOffMs(fraction)}::integer
                    else (array[${waits}]::bigint[])[least(attempts + 1, ${delaysMs.length}::integer)] end,
                payload = case when crowded then payload else coalesce(payload, ${progress}) end
              from due
              where deliveries.id = due.id and state = 'pending' and next_at = ${instantOf(dueAt)}
                and (select count(*) from tried) >= 0
              returning
                deliveries.id, deliveries.workspace_id, event, payload, attempts, ${msOf('next_at')} as next_ms, due.webhook_id,
                url, generation, oldest_generation, ${msOf('previous_until')} as previous_ms, traceparent, crowded)
            select * from done where not crowded`,
        signal,
      )
      return row === undefined ? null : takenOf(row)
    },

    settle: async ({ id, attempt, webhook }, settlement, { now, failingBefore }, signal) => {
      // An attempt that somebody else has taken up since changes nothing any more.
      const here = sql`deliveries.id = ${id} and state = 'pending' and attempts = ${attempt}::integer`
      if (settlement.kind === 'delivered') {
        await rowsOf(
          sql`with hook as (
                update webhooks set failing_since = null, tried_at = null where id = ${webhook.id} and failing_since is not null returning 1)
              update deliveries set
                state = 'delivered', delivered_at = ${instantOf(now)}, next_at = null,
                last_status = ${settlement.status}::integer, last_error = null
              where ${here} and (select count(*) from hook) >= 0`,
          signal,
        )
        return
      }
      const gone = settlement.kind === 'gone'
      const { status, error, last, sent } = gone
        ? { status: 410, error: 'The answer was 410: the webhook is disabled.', last: true, sent: true }
        : settlement
      const dead = gone ? sql`true` : sql`coalesce(failing_since < ${instantOf(failingBefore)}, false)`
      await rowsOf(
        sql`with hook as (
              update webhooks set
                failing_since = coalesce(failing_since, ${instantOf(now)}),
                disabled_at = case when ${dead} then ${instantOf(now)} end,
                disabled_reason = case when ${dead} then ${gone ? 'gone' : 'failing'} end
              where id = ${webhook.id} and disabled_at is null and ${sent}::boolean
              returning id, workspace_id, disabled_at),
            done as (
              update deliveries set
                last_status = ${status}::integer, last_error = ${error},
                state = case when ${last}::boolean then 'failed' else state end,
                next_at = case when ${last}::boolean then null else next_at end
              where ${here} and (select count(*) from hook) >= 0 returning 1)
            update deliveries set state = 'failed', next_at = null, last_error = 'The webhook was disabled.'
            from hook
            where hook.disabled_at is not null and deliveries.workspace_id = hook.workspace_id
              and deliveries.webhook_id = hook.id and state = 'pending' and deliveries.id <> ${id}
              and (select count(*) from done) >= 0`,
        signal,
      )
    },

    overdue: async ({ before, now, limit }, signal) => {
      const rows = await rowsOf<{ id: string; workspace_id: string; due_ms: string }>(
        sql`with late as materialized (
              select deliveries.id, webhook.id is not null as heard
              from (
                select id, webhook_id from deliveries
                where state = 'pending' and next_at < ${instantOf(before)} order by next_at limit ${limit}::integer
              ) as deliveries
              left join lateral (
                select id from webhooks where webhooks.id = deliveries.webhook_id and disabled_at is null offset 0
              ) as webhook on true),
            dropped as (
              update deliveries set state = 'failed', next_at = null, last_error = 'The webhook was disabled.'
              where id = any (array(select id from late where not heard)) and state = 'pending' returning 1),
            moved as (
              update deliveries set next_at = ${instantOf(now)}
              where id = any (array(select id from late where heard)) and state = 'pending'
              returning id, workspace_id, ${msOf('next_at')} as due_ms)
            select id, workspace_id, due_ms from moved where (select count(*) from dropped) >= 0`,
        signal,
      )
      return rows.map(
        ({ id, workspace_id, due_ms }): DueDelivery => ({
          id,
          workspaceId: workspace_id,
          dueAt: Number(due_ms),
        }),
      )
    },
  }
}

/** While a webhook fails one attempt is made there in so long, the others wait: its endpoint may hang, and places are few. */
const apartMs = 15_000
/** Whoever waits, waits from one minute to fifteen. */
const putOffMs = (fraction: number): number => Math.round((1 + 14 * fraction) * 60_000)
/** What failed before so long a pause says nothing of now. */
const pausedMs = 2 * 24 * 60 * 60 * 1_000

/** How the poll stands when its progress is told for the first time; null where it is no more. */
const progress = sql`(
  select ${bodyOf(
    sql`'poll.progress'`,
    sql`jsonb_build_object(
      'pollId', deliveries.poll_id,
      'ballots', (select coalesce(sum(ballots), 0) from rollups where poll_id = deliveries.poll_id and dimension = ${total}),
      'asOf', ${writtenTime(sql`now()`)})`,
  )}
  where event = 'poll.progress' and not exists (select from deleted_polls where poll_id = deliveries.poll_id))`

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly workspace_id: string
  readonly event: WebhookEvent
  readonly payload: string | null
  readonly attempts: number
  readonly next_ms: string
  readonly webhook_id: string
  readonly url: string
  readonly generation: number
  readonly oldest_generation: number
  readonly previous_ms: string | null
  readonly traceparent: string | null
}

const takenOf = (row: Row): TakenDelivery => ({
  id: row.id,
  workspaceId: row.workspace_id,
  event: row.event,
  payload: row.payload,
  attempt: row.attempts,
  nextAt: Number(row.next_ms),
  traceparent: row.traceparent,
  webhook: {
    id: row.webhook_id,
    url: row.url,
    generation: row.generation,
    oldestGeneration: row.oldest_generation,
    previousUntil: msOrNull(row.previous_ms),
  },
})
