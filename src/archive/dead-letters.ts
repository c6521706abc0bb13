// Messages that could not be archived, kept as they were until somebody has looked at them.
import { asc, sql } from 'drizzle-orm'
import type { DeadLetter, DeadLetters } from '../application/dead-letter-ports.ts'
import type { Database } from './database.ts'
import { deadLetters as letters } from './schema.ts'

/** Whatever killed a message, it can be kept: it is written as JSON, which escapes what Postgres refuses (U+0000, half
 *  a surrogate pair), in columns of text, which do not look inside. */
export const deadLetters = (database: Database): DeadLetters => ({
  keep: async (dead, signal) => {
    if (dead.length === 0) return
    await database.run((postgres) => postgres.execute(keepStatement(dead)), signal)
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

/** A letter is its newest death, also where it died twice in one batch. */
const keepStatement = (dead: readonly DeadLetter[]) => sql`
  insert into dead_letters (id, body, died_at)
  select distinct on (id) id, body, to_timestamp(died_at / 1000.0)
  from jsonb_to_recordset(${JSON.stringify(dead.map(rowOf))}::jsonb) as letter (id text, body text, died_at bigint)
  order by id, died_at desc
  on conflict (id) do update set body = excluded.body, died_at = excluded.died_at
  where dead_letters.died_at <= excluded.died_at`
