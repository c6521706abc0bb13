// What is remembered, as drizzle knows it. The tables' names are a promise to operators (docs/design/api.md).
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import type { KeyMode, Plan, Scope } from '../application/ports.ts'
import type { PollPhase } from '../domain/poll/poll.ts'
import type { Answers } from '../domain/tally/rule.ts'
import { toHex } from '../kernel/bytes.ts'
import type { RecordedDefinition } from './recorded-definition.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Bytes in Postgres, hex here. */
const hexBytes = customType<{ data: string; driverData: string | Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (hex) => `\\x${hex}`,
  fromDriver: (bytes) => (typeof bytes === 'string' ? bytes.replace(/^\\x/, '') : toHex(bytes)),
})

export const workspaces = pgTable(
  'workspaces',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    plan: text('plan').$type<Plan>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** Days that a poll is kept after it closed; null: until its owner deletes it. */
    retentionDays: integer('retention_days'),
  },
  (workspace) => [
    index('workspaces_with_retention').on(workspace.id).where(sql`${workspace.retentionDays} is not null`),
  ],
)

/** `id` is the key's public half; of the secret half only the SHA-256 is here. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    mode: text('mode').$type<KeyMode>().notNull(),
    scopes: text('scopes').array().$type<readonly Scope[]>().notNull(),
    secretHash: hexBytes('secret_hash').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    name: text('name').notNull().default(''),
    /** To about ten minutes. */
    lastUsedAt: instant('last_used_at'),
    /** The key that a rotation put in its place. */
    replacedBy: text('replaced_by'),
  },
  (key) => [
    foreignKey({
      name: 'api_keys_workspace_fkey',
      columns: [key.workspaceId],
      foreignColumns: [workspaces.id],
    }),
    index('api_keys_by_workspace').on(
      key.workspaceId,
      key.createdAt.desc().nullsFirst(),
      key.id.desc().nullsFirst(),
    ),
  ],
)

/** No foreign key to workspaces: a scoreboard repeats its record until it is here, and must not repeat for ever. */
export const polls = pgTable(
  'polls',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    title: text('title').notNull(),
    phase: text('phase').$type<PollPhase>().notNull(),
    archived: boolean('archived').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<RecordedDefinition>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** When this version came here. */
    recordedAt: instant('recorded_at').notNull().defaultNow(),
    /** Whether webhooks were told that it opened; null: it was recorded before there were any. */
    opened: boolean('opened'),
  },
  (poll) => [
    index('polls_newest_first').on(
      poll.workspaceId,
      poll.createdAt.desc().nullsFirst(),
      poll.id.desc().nullsFirst(),
    ),
    // For lists of one status: where hardly anything has it, the other index would be read to its end.
    index('polls_newest_of_phase')
      .on(poll.workspaceId, poll.phase, poll.createdAt.desc().nullsFirst(), poll.id.desc().nullsFirst())
      .where(sql`not ${poll.archived}`),
    // For those that are open in Postgres, and by the clock not yet or no more.
    index('polls_by_opening')
      .on(poll.workspaceId, sql`((${poll.definition} ->> 'opensAt')::bigint)`)
      .where(
        sql`not ${poll.archived} and ${poll.phase} = 'open' and (${poll.definition} ->> 'opensAt') is not null`,
      ),
    index('polls_by_closing')
      .on(poll.workspaceId, sql`((${poll.definition} ->> 'closesAt')::bigint)`)
      .where(
        sql`not ${poll.archived} and ${poll.phase} = 'open' and (${poll.definition} ->> 'closesAt') is not null`,
      ),
  ],
)

/** Tombstones: late messages and records of these polls write nothing. */
export const deletedPolls = pgTable(
  'deleted_polls',
  {
    pollId: text('poll_id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    deletedAt: instant('deleted_at').notNull(),
  },
  (poll) => [index('deleted_polls_by_time').on(poll.deletedAt)],
)

/** One row a ballot: its highest revision. Partitioned by hash of `poll_id`, which drizzle cannot say: see
 *  migrations/0001. No foreign key to polls: while Postgres was away a ballot may come before its poll. */
export const ballots = pgTable(
  'ballots',
  {
    pollId: text('poll_id').notNull(),
    id: text('id').notNull(),
    revision: integer('revision').notNull(),
    castAt: instant('cast_at').notNull(),
    /** null when erased. */
    answers: jsonb('answers').$type<Answers>(),
    country: text('country'),
    shard: integer('shard').notNull(),
    /** Of this revision, in the shard's log. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Hex; null when erased. */
    salt: text('salt'),
  },
  (ballot) => [
    primaryKey({ name: 'ballots_pkey', columns: [ballot.pollId, ballot.id] }),
    index('ballots_by_time').using('brin', ballot.castAt),
  ],
)

/** A letter is text that nobody has read: what looks like its poll's id is taken for it. Of bounded length, since an index
 *  has it, and must not refuse a letter. */
export const pollOfLetter = (body: SQLWrapper): SQL =>
  sql`substring(${body} from '"pollId":"(poll_[0-9a-z]{1,64})"')`

/** Messages that could not be archived. `body` is JSON as text: jsonb refuses just what may have killed them. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    /** Escaped as inside a JSON string. */
    id: text('id').primaryKey(),
    body: text('body').notNull(),
    diedAt: instant('died_at').notNull(),
  },
  (letter) => [
    index('dead_letters_oldest_first').on(letter.diedAt, letter.id),
    index('dead_letters_by_poll').on(pollOfLetter(letter.body)),
  ],
)

/** How many ballots, by poll and minute, along one dimension; kept by the statement that archives them. Partitioned by hash
 *  of `poll_id` like `ballots`, with room in each page so that a row that counts on stays where it is (migrations/0005). */
export const rollups = pgTable(
  'rollups',
  {
    pollId: text('poll_id').notNull(),
    /** What is counted, as `total` or `option/<question>/<option>`. */
    dimension: text('dimension').notNull(),
    /** The minute of casting it begins with; the epoch, where time is not told apart. */
    minute: instant('minute').notNull(),
    ballots: bigint('ballots', { mode: 'number' }).notNull(),
  },
  (rollup) => [
    primaryKey({ name: 'rollups_pkey', columns: [rollup.pollId, rollup.dimension, rollup.minute] }),
  ],
)

/** What a workspace used on a day (UTC). */
export const usage = pgTable(
  'usage',
  {
    workspaceId: text('workspace_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    ballots: bigint('ballots', { mode: 'number' }).notNull(),
  },
  (day) => [primaryKey({ name: 'usage_pkey', columns: [day.workspaceId, day.day] })],
)

/** Invites that were issued. A code is judged by its own MAC and never looked up here. */
export const invites = pgTable(
  'invites',
  {
    pollId: text('poll_id').notNull(),
    serial: integer('serial').notNull(),
    workspaceId: text('workspace_id').notNull(),
    /** SHA-256 of the code. */
    hash: hexBytes('hash').notNull(),
    issuedAt: instant('issued_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (invite) => [primaryKey({ name: 'invites_pkey', columns: [invite.pollId, invite.serial] })],
)

/** Where events are sent. The secret that signs them is derived from `generation` and never stored. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    url: text('url').notNull(),
    description: text('description').notNull(),
    events: text('events').array().$type<readonly string[]>().notNull(),
    /** Only of this poll; null: of all of the workspace's. */
    pollId: text('poll_id'),
    /** Rises with each rotation of the secret. */
    generation: integer('generation').notNull(),
    /** Until then the secret before signs too. */
    previousUntil: instant('previous_until'),
    createdAt: instant('created_at').notNull(),
    /** When and why nothing is sent any more. */
    disabledAt: instant('disabled_at'),
    disabledReason: text('disabled_reason'),
    /** The oldest secret that still signs, until `previousUntil`; null: it is the newest. */
    oldestGeneration: integer('oldest_generation'),
    /** Since when every attempt has failed; null: the last one did not. */
    failingSince: instant('failing_since'),
    /** When one was tried last, while all fail. */
    triedAt: instant('tried_at'),
  },
  (webhook) => [
    index('webhooks_newest_first').on(
      webhook.workspaceId,
      webhook.createdAt.desc().nullsFirst(),
      webhook.id.desc().nullsFirst(),
    ),
  ],
)

/** One event on its way to one webhook. */
export const deliveries = pgTable(
  'deliveries',
  {
    /** `msg_…`, the `webhook-id` header: equal for every attempt. */
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    webhookId: text('webhook_id').notNull(),
    event: text('event').notNull(),
    pollId: text('poll_id').notNull(),
    /** The body as it is signed and sent; null once it is no longer kept. */
    payload: text('payload'),
    state: text('state').$type<'pending' | 'delivered' | 'failed'>().notNull(),
    attempts: integer('attempts').notNull(),
    /** What the last attempt was answered with, or why it was not. */
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    createdAt: instant('created_at').notNull(),
    nextAt: instant('next_at'),
    deliveredAt: instant('delivered_at'),
    /** W3C, of a request that it tells of, where one is traced. */
    traceparent: text('traceparent'),
  },
  (delivery) => [
    index('deliveries_newest_first').on(
      delivery.workspaceId,
      delivery.webhookId,
      delivery.createdAt.desc().nullsFirst(),
      delivery.id.desc().nullsFirst(),
    ),
    // For what was given up, which is rare: the other index would be read to its end for it.
    index('deliveries_failed')
      .on(
        delivery.workspaceId,
        delivery.webhookId,
        delivery.createdAt.desc().nullsFirst(),
        delivery.id.desc().nullsFirst(),
      )
      .where(sql`${delivery.state} = 'failed'`),
    index('deliveries_by_time').using('brin', delivery.createdAt),
    // What is on its way, by when it is due for the sweep, and by its webhook for when that is disabled.
    index('deliveries_due').on(delivery.nextAt).where(sql`${delivery.state} = 'pending'`),
    index('deliveries_pending').on(delivery.webhookId).where(sql`${delivery.state} = 'pending'`),
  ],
)

/** What owners and the operator did. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    at: instant('at').notNull(),
    /** A key's id, or `operator`. */
    actor: text('actor').notNull(),
    /** As `poll.close`. */
    action: text('action').notNull(),
    /** The id of what it was done to. */
    target: text('target').notNull(),
    requestId: text('request_id').notNull(),
  },
  (entry) => [
    index('audit_log_newest_first').on(
      entry.workspaceId,
      entry.at.desc().nullsFirst(),
      entry.id.desc().nullsFirst(),
    ),
    index('audit_log_by_time').using('brin', entry.at),
  ],
)

/** First answers, where Redis cannot keep them. The answer is sealed under the caller's own key. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Hash of the caller's key id, the route and the Idempotency-Key. */
    id: hexBytes('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    /** Hash of what was asked. */
    fingerprint: hexBytes('fingerprint').notNull(),
    /** null: under way. */
    answer: text('answer'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (key) => [index('idempotency_keys_by_time').using('brin', key.createdAt)],
)
