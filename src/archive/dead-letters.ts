// Messages that could not be archived, kept as they were until somebody has looked at them.
import { asc, sql } from 'drizzle-orm'
import type { DeadLetter, DeadLetters } from '../application/dead-letter-ports.ts'
import { answeredIn, clearLetters, type Overtaken } from './clear-letters.ts'
import type { Database } from './database.ts'
import { deadLetters as letters, pollOfLetter } from './schema.ts'

/** Whatever killed a message, it can be kept: it is written as JSON, which escapes what Postgres refuses (U+0000, half
 *  a surrogate pair), in columns of text, which do not look inside. */
export const deadLetters = (database: Database): DeadLetters => ({
  keep: async (dead, signal) => {
    if (dead.length === 0) return
    await database.run((postgres) => postgres.execute(keepStatement(dead)), signal)
    // What was erased while it was dying.
    await clearLetters(database, await overtaken(database, dead, signal), signal)
  },
  oldest: async (limit, signal) => {
    const rows = await database.run(
      (postgres) =>
        postgres.select().from(letters).orderBy(asc(letters.diedAt), asc(letters.id)).limit(limit),
      signal,
    )
    return rows.map(letterOf)
  },
  remove: async (ids, signal) => {
    if (ids.length === 0) return
    const all = sql.param(ids.map(escaped)) // as it stands in `sql`, a list becomes a parameter an item
    await database.run(
      (postgres) => postgres.delete(letters).where(sql`${letters.id} = any(${all}::text[])`),
      signal,
    )
  },
})

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)
const unescaped = (text: string): string => JSON.parse(`"${text}"`)

const rowOf = ({ id, body, diedAt }: DeadLetter) => ({
  id: escaped(id),
  body: JSON.stringify(body ?? null), // undefined is no JSON
  died_at: diedAt,
})

const letterOf = ({ id, body, diedAt }: typeof letters.$inferSelect): DeadLetter => ({
  id: unescaped(id),
  body: JSON.parse(body),
  diedAt: diedAt.getTime(),
})

/** A letter is its newest death, also where it died twice in one batch. None is kept of a deleted poll; its lock is taken
 *  first, as in `ballot-records.ts`, so that a removal finds what came before it. */
const keepStatement = (dead: readonly DeadLetter[]) => sql`
  with letter as materialized (
    select distinct on (id) id, body, to_timestamp(died_at / 1000.0) as died_at, ${pollOfLetter(sql`body`)} as poll_id
    from jsonb_to_recordset(${JSON.stringify(dead.map(rowOf))}::jsonb) as letter (id text, body text, died_at bigint)
    order by id, died_at desc
  ),
  poll as materialized (select distinct poll_id from letter where poll_id is not null order by poll_id),
  deleted as materialized (select poll_id from poll where poll_is_deleted(poll_id))
  insert into dead_letters (id, body, died_at)
  select id, body, died_at from letter
  where not exists (select from deleted where deleted.poll_id = letter.poll_id)
  order by id
  on conflict (id) do update set body = excluded.body, died_at = excluded.died_at
  where dead_letters.died_at <= excluded.died_at`

/** Ballots of these letters that Postgres has in a later revision, each found by its key: `limit` keeps the planner from joining whole
 *  tables. */
const overtaken = async (
  database: Database,
  dead: readonly DeadLetter[],
  signal: AbortSignal,
): Promise<readonly Overtaken[]> => {
  const named = dead.flatMap(({ body }) => answeredIn(body))
  if (named.length === 0) return []
  const statement = sql`
    select named.poll_id, named.id, row.revision
    from jsonb_to_recordset(${JSON.stringify(named)}::jsonb) as named (poll_id text, id text, revision numeric)
    cross join lateral (
      select revision from ballots where poll_id = named.poll_id and id = named.id limit 1
    ) as row
    where row.revision > named.revision`
  const { rows } = await database.run(
    (postgres) => postgres.execute<Record<string, unknown> & Overtaken>(statement),
    signal,
  )
  return rows
}
