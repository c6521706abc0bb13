// First answers in Postgres: what Redis has too, unless one of both is away.
import { sql } from 'drizzle-orm'
import { type AnswerStore, claimMs, keptMs } from '../application/first-answer-ports.ts'
import type { Database } from './database.ts'
import { instantOf } from './instant.ts'
import { idempotencyKeys as table } from './schema.ts'

export interface ArchivedAnswers extends AnswerStore {
  /** Takes out what is no longer kept. Returns how many. */
  forget(now: number, signal: AbortSignal): Promise<number>
}

export const answerStore = (database: Database): ArchivedAnswers => ({
  claim: async ({ id, workspaceId, fingerprint, at }, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ mine: string; fingerprint: string | null; answer: string | null }>(
          sql`with mine as (
                insert into ${table} (id, workspace_id, fingerprint, answer, created_at, expires_at)
                values (${bytes(id)}, ${workspaceId}, ${bytes(fingerprint)}, null, ${instantOf(at)}, ${instantOf(at + claimMs)})
                on conflict (id) do update
                set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at,
                    expires_at = excluded.expires_at
                where ${table.expiresAt} <= ${instantOf(at)} returning id)
              select (select count(*) from mine) as mine, encode(there.fingerprint, 'hex') as fingerprint, there.answer
              from (select 1) as one left join ${table} as there on there.id = ${bytes(id)}`,
        ),
      signal,
    )
    const [row] = rows
    if (Number(row?.mine) === 1) return null
    // What was claimed at the same moment is not seen by this statement yet; it is under way all the same.
    const known = row?.fingerprint ?? fingerprint
    return row?.answer == null
      ? { kind: 'under-way', fingerprint: known }
      : { kind: 'answered', fingerprint: known, sealed: row.answer }
  },

  keep: async ({ id, workspaceId, fingerprint, at }, sealed, signal) => {
    await database.run(
      (postgres) =>
        postgres.execute(
          sql`insert into ${table} (id, workspace_id, fingerprint, answer, created_at, expires_at)
              values (${bytes(id)}, ${workspaceId}, ${bytes(fingerprint)}, ${sealed}, ${instantOf(at)}, ${instantOf(at + keptMs)})
              on conflict (id) do update set answer = excluded.answer, expires_at = excluded.expires_at
              where ${table.answer} is null and ${table.fingerprint} = excluded.fingerprint
                and ${table.createdAt} = excluded.created_at`,
        ),
      signal,
    )
  },

  release: async ({ id, fingerprint, at }, signal) => {
    await database.run(
      (postgres) =>
        postgres.execute(
          sql`delete from ${table} where id = ${bytes(id)} and answer is null
              and fingerprint = ${bytes(fingerprint)} and created_at = ${instantOf(at)}`,
        ),
      signal,
    )
  },

  forget: async (now, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ gone: string }>(
          // By the time they were claimed: that has the index.
          sql`with gone as (
                delete from ${table} where created_at < ${instantOf(now - keptMs - claimMs)} returning id)
              select count(*) as gone from gone`,
        ),
      signal,
    )
    return Number(rows[0]?.gone ?? 0)
  },
})

const bytes = (hex: string) => sql`decode(${hex}, 'hex')`
