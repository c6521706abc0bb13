// Webhooks as their owners manage them.
import { type SQL, sql } from 'drizzle-orm'
import type {
  DisabledReason,
  Webhook,
  WebhookBook,
  WebhookEvent,
  WebhookReach,
} from '../application/webhook-ports.ts'
import type { Database } from './database.ts'
import { instantOf, msOf, msOrNull } from './instant.ts'
import { webhooks as table } from './schema.ts'

export const webhookBook = (database: Database): WebhookBook => {
  const rowsOf = async <Found extends Row = Row>(statement: SQL, signal: AbortSignal) =>
    (await database.run((postgres) => postgres.execute<Found>(statement), signal)).rows
  const oneOf = async (statement: SQL, signal: AbortSignal) => {
    const [row] = await rowsOf(statement, signal)
    return row === undefined ? null : webhookOf(row)
  }
  const book: WebhookBook = {
    add: async (reach, webhook, most, signal) => {
      const { workspaceId } = reach
      const { id, url, description, events, pollId, generation, createdAt } = webhook
      const [row] = await rowsOf<Row & { made: boolean }>(
        // Those that are made at the same moment may each find the last place.
        sql`with done as (
              insert into ${table} (id, workspace_id, url, description, events, poll_id, generation, created_at)
              select ${id}, ${workspaceId}, ${url}, ${description}, ${listOf(events)}, ${pollId}, ${generation}::integer,
                     ${instantOf(createdAt)}
              where (select count(*) from ${table} where workspace_id = ${workspaceId}) < ${most}::integer
              on conflict (id) do nothing returning *)
            select true as made, ${shown} from done
            union all select false, ${shown} from ${table} where ${own(reach, id)}`,
        signal,
      )
      if (row?.made) return 'made'
      // One that was made since this statement began is not seen by it.
      return row === undefined ? ((await book.find(reach, id, signal)) ?? 'full') : webhookOf(row)
    },

    find: (reach, webhookId, signal) =>
      oneOf(sql`select ${shown} from ${table} where ${own(reach, webhookId)}`, signal),

    list: async ({ workspaceId, limit, after }, signal) => {
      const rows = await rowsOf(
        sql`select ${shown} from ${table} where workspace_id = ${workspaceId}
            ${after === null ? sql`` : sql`and (created_at, id) < (${instantOf(after.createdAt)}, ${after.id})`}
            order by created_at desc, id desc limit ${limit}::integer`,
        signal,
      )
      return rows.map(webhookOf)
    },

    change: (reach, webhookId, { url, description, events, enabled, now }, signal) =>
      oneOf(
        sql`with done as (
              update ${table} set
                url = coalesce(${url ?? null}::text, url),
                description = coalesce(${description ?? null}::text, description),
                events = ${events === undefined ? sql`events` : listOf(events)},
                -- Of another address nothing is known.
                failing_since = case when ${url ?? null}::text is null then failing_since end
                ${toggled(enabled, now)}
              where ${own(reach, webhookId)} returning *),
            stopped as (
              update deliveries set state = 'failed', next_at = null, last_error = 'The webhook was disabled.'
              where workspace_id = ${reach.workspaceId} and webhook_id = ${webhookId} and state = 'pending'
                and ${enabled === false}::boolean and exists (select from done))
            select ${shown} from done`,
        signal,
      ),

    rotate: (reach, webhookId, { now, until }, signal) =>
      oneOf(
        sql`with done as (
              update ${table} set
                generation = generation + 1,
                oldest_generation = case
                  when ${instantOf(until)} <= ${instantOf(now)} then generation + 1
                  when previous_until > ${instantOf(now)} then coalesce(oldest_generation, generation)
                  else generation end,
                previous_until = case
                  when ${instantOf(until)} <= ${instantOf(now)} then ${instantOf(until)}
                  else greatest(previous_until, ${instantOf(until)}) end
              where ${own(reach, webhookId)} returning *)
            select ${shown} from done`,
        signal,
      ),

    remove: async (reach, webhookId, signal) => {
      const rows = await rowsOf(
        sql`with done as (delete from ${table} where ${own(reach, webhookId)} returning *),
            gone as (
              delete from deliveries
              where workspace_id = ${reach.workspaceId} and webhook_id = ${webhookId} and state = 'pending'
                and exists (select from done))
            select ${shown} from done`,
        signal,
      )
      return rows.length > 0
    },
  }
  return book
}

/** Every statement goes by the workspace. */
const own = ({ workspaceId }: WebhookReach, webhookId: string): SQL =>
  sql`id = ${webhookId} and workspace_id = ${workspaceId}`

const listOf = (events: readonly WebhookEvent[]): SQL => sql`string_to_array(${events.join(' ')}, ' ')`

/** Enabling one that is enabled changes nothing, and so with disabling. */
const toggled = (enabled: boolean | undefined, now: number): SQL => {
  if (enabled === undefined) return sql``
  return enabled
    ? sql`, disabled_at = null, disabled_reason = null, tried_at = null`
    : sql`, disabled_at = coalesce(disabled_at, ${instantOf(now)}), disabled_reason = coalesce(disabled_reason, 'owner')`
}

const shown = sql`id, url, description, to_json(events) as events, poll_id, generation,
  coalesce(oldest_generation, generation) as oldest_generation, ${msOf('previous_until')} as previous_ms,
  ${msOf('created_at')} as created_ms, ${msOf('disabled_at')} as disabled_ms, disabled_reason`

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly url: string
  readonly description: string
  readonly events: readonly WebhookEvent[]
  readonly poll_id: string | null
  readonly generation: number
  readonly oldest_generation: number
  readonly previous_ms: string | null
  readonly created_ms: string
  readonly disabled_ms: string | null
  readonly disabled_reason: DisabledReason | null
}

const webhookOf = (row: Row): Webhook => ({
  id: row.id,
  url: row.url,
  description: row.description,
  events: row.events,
  pollId: row.poll_id,
  generation: row.generation,
  oldestGeneration: row.oldest_generation,
  previousUntil: msOrNull(row.previous_ms),
  createdAt: Number(row.created_ms),
  disabledAt: msOrNull(row.disabled_ms),
  disabledReason: row.disabled_reason,
})
