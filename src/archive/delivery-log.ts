// Deliveries as a webhook's owner sees them.
import { type SQL, sql } from 'drizzle-orm'
import type { Delivery, DeliveryLog, DeliveryState, WebhookEvent } from '../application/webhook-ports.ts'
import type { Database } from './database.ts'
import { instantOf, msOf, msOrNull } from './instant.ts'
import { deliveries as table } from './schema.ts'

export const deliveryLog = (database: Database): DeliveryLog => {
  const rowsOf = async (statement: SQL, signal: AbortSignal) =>
    (await database.run((postgres) => postgres.execute<Row>(statement), signal)).rows
  return {
    list: async ({ workspaceId, webhookId, state, limit, after }, signal) => {
      const rows = await rowsOf(
        // Of a webhook without any a row that is none, of no such webhook nothing.
        sql`select page.* from webhooks left join lateral (
              select created_at, ${shown}, true as kept from ${table}
              where workspace_id = ${workspaceId} and webhook_id = ${webhookId}
              ${state === null ? sql`` : sql`and state = ${state}`}
              ${after === null ? sql`` : sql`and (created_at, id) < (${instantOf(after.createdAt)}, ${after.id})`}
              order by created_at desc, id desc limit ${limit}::integer) as page on true
            where webhooks.id = ${webhookId} and webhooks.workspace_id = ${workspaceId}
            order by page.created_at desc, page.id desc`,
        signal,
      )
      return rows.length === 0 ? null : rows.filter(({ id }) => id !== null).map(deliveryOf)
    },

    redeliver: async ({ workspaceId, webhookId, deliveryId, now }, signal) => {
      const [row] = await rowsOf(
        sql`with own as (
              select *, payload is not null or state = 'pending' as kept from ${table}
              where id = ${deliveryId} and workspace_id = ${workspaceId} and webhook_id = ${webhookId}),
            done as (
              update ${table} set
                state = 'pending', attempts = 0, delivered_at = null,
                -- One that is yet to be told for the first time is not told sooner.
                next_at = case when state = 'pending' and attempts = 0 then greatest(next_at, ${instantOf(now)})
                  else ${instantOf(now)} end
              where id in (select id from own where kept) and workspace_id = ${workspaceId}
                and exists (select from webhooks
                  where webhooks.id = ${webhookId} and webhooks.workspace_id = ${workspaceId} and disabled_at is null)
              returning *, true::boolean as kept)
            select ${shown}, kept from done
            union all select ${shown}, kept from own where not kept`,
        signal,
      )
      if (row === undefined) return null
      return row.kept ? deliveryOf(row) : 'forgotten'
    },
  }
}

const shown = sql`id, event, poll_id, state, attempts, last_status, last_error, ${msOf('created_at')} as created_ms,
  ${msOf('next_at')} as next_ms, ${msOf('delivered_at')} as delivered_ms`

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly event: WebhookEvent
  readonly poll_id: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly last_status: number | null
  readonly last_error: string | null
  readonly created_ms: string
  readonly next_ms: string | null
  readonly delivered_ms: string | null
  readonly kept: boolean
}

const deliveryOf = (row: Row): Delivery => ({
  id: row.id,
  event: row.event,
  pollId: row.poll_id,
  state: row.state,
  attempts: row.attempts,
  lastStatus: row.last_status,
  lastError: row.last_error,
  createdAt: Number(row.created_ms),
  nextAt: msOrNull(row.next_ms),
  deliveredAt: msOrNull(row.delivered_ms),
})
