// Events for webhooks: the part of a statement that writes down what is to be delivered, together with what it tells of. So
// an event is there exactly when its cause is, and once: the statement knows what is new.
import { type SQL, sql } from 'drizzle-orm'
import type { DueDelivery, Remind } from '../application/webhook-ports.ts'

/** RFC 3339 with milliseconds, as everywhere on the wire. */
export const writtenTime = (instant: SQL): SQL =>
  sql`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The body of an event: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const bodyOf = (event: SQL, data: SQL): SQL =>
  sql`jsonb_build_object('type', ${event}, 'timestamp', ${writtenTime(sql`now()`)}, 'data', ${data})::text`

/** Equal for what is the same news to the same webhook. */
const messageId = (source: SQL): SQL =>
  sql`'msg_' || substr(encode(sha256(convert_to(${source}, 'UTF8')), 'hex'), 1, 32)`

/** Those of a workspace that hear of a poll, by their index: a planner that cannot know how few workspaces there are would read
 *  all webhooks there are instead. `offset 0` keeps it from seeing through. */
function webhooksOf(workspaceId: SQL, pollId: SQL): SQL {
  return sql`(
    select id, events, created_at from webhooks
    where webhooks.workspace_id = ${workspaceId} and disabled_at is null
      and (webhooks.poll_id is null or webhooks.poll_id = ${pollId})
    offset 0)`
}

/** To the millisecond, which is how reminders name what is due, and cursors what was made. */
const atOnce = sql`date_trunc('milliseconds', now())`

/** From the beginning of a minute until its progress is told: its end, and as long as a statement may take that began within it,
 *  so that what it counts is all of it. */
const progressAfter = sql`interval '91 seconds'`

/** At most 20 KB a body: an entry is about 90 bytes. */
const ballotsABody = 100

/** After `event` (poll_id, traceparent), `stored` (poll_id, id, revision, cast_at, answers, shard, seq) and `owner` (poll_id, workspace_id): ballots, by the
 *  hundred; and once a minute and poll that there are more, told after the minute by how many there are then. What is
 *  inserted is in one order everywhere, so that two writers cannot wait for each other. */
export const ballotDeliveries = sql`
  listener as materialized (
    select webhook.id, owner.workspace_id, webhook.events, owner.poll_id
    from owner cross join lateral ${webhooksOf(sql`owner.workspace_id`, sql`owner.poll_id`)} as webhook
  ),
  numbered as (
    select
      listener.id as webhook_id, listener.workspace_id, stored.poll_id, stored.id, stored.revision, stored.cast_at, stored.shard,
      stored.seq,
      (row_number() over (partition by listener.id, stored.poll_id order by stored.shard, stored.seq, stored.id) - 1)
        / ${ballotsABody}::integer as part
    from listener join stored using (poll_id)
    where stored.answers is not null and 'ballot.cast' = any (listener.events)
  ),
  trace as materialized (select poll_id, max(traceparent) as traceparent from event group by poll_id),
  news as (
    select
      ${messageId(sql`webhook_id || ' ballot.cast ' || poll_id || ' ' || string_agg(id || ':' || revision, ',' order by shard, seq, id)`)} as id,
      workspace_id, webhook_id, 'ballot.cast' as event, poll_id,
      ${bodyOf(
        sql`'ballot.cast'`,
        sql`jsonb_build_object('pollId', poll_id, 'ballots', jsonb_agg(
          jsonb_build_object('id', id, 'revision', revision, 'castAt', ${writtenTime(sql`cast_at`)})
          order by shard, seq, id))`,
      )} as payload,
      ${atOnce} as next_at, max(traceparent) as traceparent
    from numbered join trace using (poll_id) group by webhook_id, workspace_id, poll_id, part
    union all
    select
      ${messageId(sql`listener.id || ' poll.progress ' || poll_id || ' ' || extract(epoch from date_trunc('minute', now()))::bigint`)},
      workspace_id, listener.id, 'poll.progress', poll_id, null, date_trunc('minute', now()) + ${progressAfter}, null
    from listener
    where 'poll.progress' = any (events) and exists (select from stored where stored.poll_id = listener.poll_id)
  ),
  ${written()}`

/** After `moved` (id, workspace_id, opened, closed, closed_at, opens_at): what has become of a poll. */
export const pollDeliveries = sql`
  news as (
    select
      ${messageId(sql`webhook.id || ' ' || name || ' ' || moved.id`)} as id, moved.workspace_id, webhook.id as webhook_id,
      name as event, moved.id as poll_id,
      ${bodyOf(
        sql`name`,
        sql`jsonb_strip_nulls(jsonb_build_object('pollId', moved.id, 'closedAt', ${writtenTime(sql`event.at`)}))`,
      )} as payload,
      ${atOnce} as next_at, null as traceparent
    from moved
    cross join lateral (
      values
        -- It may be told late; who came after it did not ask for it.
        ('poll.opened', moved.opened, null::timestamptz, moved.opens_at),
        ('poll.closed', moved.closed, moved.closed_at, null)
    ) as event (name, is_so, at, since)
    cross join lateral ${webhooksOf(sql`moved.workspace_id`, sql`moved.id`)} as webhook
    where event.is_so and (event.since is null or webhook.created_at <= event.since) and name = any (webhook.events)
  ),
  ${written()}`

function written(): SQL {
  return sql`told as (
    insert into deliveries (id, workspace_id, webhook_id, event, poll_id, payload, state, attempts, created_at, next_at, traceparent)
    select id, workspace_id, webhook_id, event, poll_id, payload, 'pending', 0, ${atOnce}, next_at, traceparent
    from news order by id
    on conflict (id) do nothing
    returning id, workspace_id, next_at
  )`
}

/** What the statement tells whoever delivers, as a column of its answer: `dueOf` reads it. */
export const dueColumn = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', id, 'workspaceId', workspace_id, 'dueAt', (extract(epoch from next_at) * 1000)::bigint)), '[]')
  from told) as due`

export interface DueColumn {
  readonly due: readonly DueDelivery[]
}

/** Where nobody delivers, the sweep of whoever does finds what is due. */
export const remindNobody: Remind = async () => {}
