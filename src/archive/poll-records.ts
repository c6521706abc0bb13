// Polls as Postgres keeps them: a copy of what their scoreboards say, for lists and exports.
import { type SQLWrapper, sql } from 'drizzle-orm'
import type { PollRecords } from '../application/ports.ts'
import type { Poll, PollPhase } from '../domain/poll/poll.ts'
import type { Database } from './database.ts'
import { recordedDefinition } from './recorded-definition.ts'
import { polls } from './schema.ts'

export const pollRecords = (database: Database): PollRecords => ({
  record: async (poll, signal) => {
    await database.run(
      (postgres) =>
        postgres
          .insert(polls)
          .values(rowOf(poll))
          .onConflictDoUpdate({ target: polls.id, set: newest, setWhere: isLater }),
      signal,
    )
  },
})

const rowOf = (poll: Poll): typeof polls.$inferInsert => ({
  id: poll.id,
  workspaceId: poll.workspaceId,
  title: poll.title,
  phase: poll.phase,
  archived: poll.archived,
  version: poll.version,
  definition: recordedDefinition(poll),
  createdAt: new Date(poll.createdAt),
})

/** A poll never changes hands, nor when it was made. */
const newest = {
  title: sql`excluded.title`,
  phase: sql`excluded.phase`,
  archived: sql`excluded.archived`,
  version: sql`excluded.version`,
  definition: sql`excluded.definition`,
  recordedAt: sql`now()`,
}

/** The version counts definitions; within one a poll only moves on through its phases, and into the archive. So a
 *  record written late, by a scoreboard's alarm or an abandoned request, never takes a poll back. */
const phases = ['draft', 'open', 'closing', 'closed'] as const satisfies readonly PollPhase[]
const step = (phase: SQLWrapper) =>
  sql`array_position(array[${sql.raw(phases.map((name) => `'${name}'`).join(', '))}], ${phase})`
const isLater = sql`
  (${polls.version}, ${step(polls.phase)}, ${polls.archived}) <
  (excluded.version, ${step(sql`excluded.phase`)}, excluded.archived)`
