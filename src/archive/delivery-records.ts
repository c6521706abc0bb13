// Deliveries as whoever makes them claims and settles them: each attempt is one row changed before it and one after it.
import { type SQL, sql } from 'drizzle-orm'
import type {
  DeliveryRecords,
  DueDelivery,
  TakenDelivery,
  WebhookEvent,
} from '../application/webhook-ports.ts'
import type { Database } from './database.ts'
import { bodyOf, writtenTime } from './delivery-statements.ts'
import { instantOf, msOf } from './instant.ts'
import { total } from './rollup-dimensions.ts'

export const deliveryRecords = (database: Database): DeliveryRecords => {
  const rowsOf = async <Found extends Record<string, unknown>>(statement: SQL, signal: AbortSignal) =>
    (await database.run((postgres) => postgres.execute<Found>(statement), signal)).rows
  return {
    take: async ({ id, workspaceId, dueAt }, { now, delaysMs }, signal) => {
      const [row] = await rowsOf<Row>(
        sql`update deliveries set
              attempts = attempts + 1,
              next_at = ${instantOf(now)} + (array[${sql.raw(delaysMs.map(Math.trunc).join(', '))}])[
                least(attempts + 1, ${delaysMs.length}::integer)] * interval '1 millisecond',
              payload = coalesce(payload, ${progress})
            from webhooks as webhook
            where deliveries.id = ${id} and deliveries.workspace_id = ${workspaceId} and state = 'pending' and next_at = ${instantOf(dueAt)}
              and webhook.id = deliveries.webhook_id and webhook.disabled_at is null
            returning
              deliveries.id, deliveries.workspace_id, event, payload, attempts, ${msOf('next_at')} as next_ms, webhook.id as webhook_id, url, generation,
              ${msOf('previous_until')} as previous_ms, traceparent`,
        signal,
      )
      return row === undefined ? null : takenOf(row)
    },

    settle: async ({ id, attempt }, settlement, { now, failingBefore }, signal) => {
      // An attempt that somebody else has taken up since changes nothing any more.
      const here = sql`deliveries.id = ${id} and state = 'pending' and attempts = ${attempt}::integer`
      if (settlement.kind === 'delivered') {
        await rowsOf(
          sql`with done as (
                update deliveries set state = 'delivered', delivered_at = ${instantOf(now)}, next_at = null,
                  last_status = ${settlement.status}::integer, last_error = null
                where ${here} returning webhook_id)
              update webhooks set failing_since = null from done
              where webhooks.id = done.webhook_id and failing_since is not null`,
          signal,
        )
        return
      }
      const gone = settlement.kind === 'gone'
      const { status, error, last } = gone
        ? { status: 410, error: 'The answer was 410: the webhook is disabled.', last: true }
        : settlement
      await rowsOf(
        sql`with done as (
              update deliveries set
                last_status = ${status}::integer, last_error = ${error},
                state = case when ${last}::boolean then 'failed' else state end,
                next_at = case when ${last}::boolean then null else next_at end
              where ${here} returning webhook_id),
            counted as (
              update webhooks set
                failing_since = coalesce(failing_since, ${instantOf(now)}),
                disabled_at = case when ${dead(gone, failingBefore)} then ${instantOf(now)} end,
                disabled_reason = case when ${dead(gone, failingBefore)} then ${gone ? 'gone' : 'failing'} end
              from done where webhooks.id = done.webhook_id and disabled_at is null
                and (failing_since is null or ${dead(gone, failingBefore)})
              returning webhooks.id, workspace_id, disabled_at)
            update deliveries set state = 'failed', next_at = null, last_error = 'The webhook was disabled.'
            from counted
            where counted.disabled_at is not null and deliveries.workspace_id = counted.workspace_id
              and deliveries.webhook_id = counted.id and state = 'pending' and deliveries.id <> ${id}`,
        signal,
      )
    },

    overdue: async (before, limit, signal) => {
      const rows = await rowsOf<{ id: string; workspace_id: string; due_ms: string }>(
        sql`select id, workspace_id, ${msOf('next_at')} as due_ms from deliveries
            where state = 'pending' and next_at < ${instantOf(before)} order by next_at limit ${limit}::integer`,
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

const dead = (gone: boolean, failingBefore: number): SQL =>
  gone ? sql`true` : sql`coalesce(failing_since < ${instantOf(failingBefore)}, false)`

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
    previousUntil: row.previous_ms === null ? null : Number(row.previous_ms),
  },
})
