// What is remembered, as drizzle knows it. The tables' names are a promise to operators (docs/design/api.md).
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
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

export const workspaces = pgTable('workspaces', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  plan: text('plan').$type<Plan>().notNull(),
  createdAt: instant('created_at').notNull(),
})

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
  ],
)

/** Tombstones: late messages and records of these polls write nothing. */
export const deletedPolls = pgTable('deleted_polls', {
  pollId: text('poll_id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  deletedAt: instant('deleted_at').notNull(),
})

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
  (ballot) => [primaryKey({ name: 'ballots_pkey', columns: [ballot.pollId, ballot.id] })],
)

/** Messages that could not be archived. `body` is JSON as text: jsonb refuses just what may have killed them. */
export const deadLetters = pgTable('dead_letters', {
  /** Escaped as inside a JSON string. */
  id: text('id').primaryKey(),
  body: text('body').notNull(),
  diedAt: instant('died_at').notNull(),
})
