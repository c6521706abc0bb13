// Answers in dead letters, taken out once a later revision of their ballot is in Postgres: so erasing one reaches those too.
// Letters are text, which Postgres must not look into: what may have killed one kills `jsonb` as well.
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { pollOfLetter } from './schema.ts'

/** A ballot whose revisions before this one mean nothing any more. */
export interface Overtaken {
  readonly poll_id: string
  readonly id: string
  readonly revision: number
}

/** A letter may be 128 KB, and an answer of Postgres 64 MB. */
const lettersAtOnce = 100

/** Repeating it is safe. No ballots ask nothing; otherwise it is one statement more for each hundred letters that name one. */
export const clearLetters = async (
  database: Database,
  overtaken: readonly Overtaken[],
  signal: AbortSignal,
): Promise<void> => {
  if (overtaken.length === 0) return
  let after = ''
  while (true) {
    const found = await database.run(
      (postgres) => postgres.execute<Letter>(findStatement(overtaken, after)),
      signal,
    )
    const cleared = found.rows.flatMap(({ id, body, hash }): readonly Cleared[] => {
      const held: unknown = JSON.parse(body)
      const left = withoutOvertaken(held, overtaken)
      return left === held ? [] : [{ id, hash, body: left === null ? null : JSON.stringify(left) }]
    })
    if (cleared.length > 0) {
      const done = await database.run((postgres) => postgres.execute(writeStatement(cleared)), signal)
      if (Number(done.rows[0]?.['done']) < cleared.length) continue // somebody else changed one of them meanwhile
    }
    if (found.rows.length < lettersAtOnce) return
    after = found.rows.at(-1)?.id ?? ''
  }
}

interface Letter extends Record<string, unknown> {
  readonly id: string
  readonly body: string
  readonly hash: string
}

interface Cleared {
  readonly id: string
  /** Of what it was made from. */
  readonly hash: string
  /** null: there is nothing left in it. */
  readonly body: string | null
}

/** By the index of their polls, as a list, since a join would tempt the planner to read all letters, and so would an order by
 *  id: so pages are made of what was found. */
const findStatement = (overtaken: readonly Overtaken[], after: string) => sql`
  with overtaken as materialized (
    select distinct poll_id, id
    from jsonb_to_recordset(${JSON.stringify(overtaken.map(nameOf))}::jsonb) as overtaken (poll_id text, id text)
  ),
  found as materialized (
    select id from dead_letters as letter
    where ${pollOfLetter(sql`letter.body`)} = any (array(select poll_id from overtaken))
      and exists (
        select from overtaken
        where overtaken.poll_id = ${pollOfLetter(sql`letter.body`)}
          and strpos(letter.body, '"' || overtaken.id || '"') > 0
      )
  )
  select id, body, md5(body) as hash from dead_letters
  where id = any (array(select id from found where id > ${after}::text order by id limit ${lettersAtOnce}::integer))
  order by id`

const nameOf = ({ poll_id, id }: Overtaken) => ({ poll_id, id })

/** Only what is as it was read: of two ballots that are taken out of one letter at once, neither may come back. */
const writeStatement = (cleared: readonly Cleared[]) => sql`
  with cleared as materialized (
    select * from jsonb_to_recordset(${JSON.stringify(cleared)}::jsonb) as cleared (id text, hash text, body text)
  ),
  emptied as (
    delete from dead_letters using cleared
    where dead_letters.id = cleared.id and md5(dead_letters.body) = cleared.hash and cleared.body is null
    returning 1
  ),
  rewritten as (
    update dead_letters set body = cleared.body from cleared
    where dead_letters.id = cleared.id and md5(dead_letters.body) = cleared.hash and cleared.body is not null
    returning 1
  )
  select (select count(*) from emptied) + (select count(*) from rewritten) as done`

/** The body itself where nothing is overtaken; null where nothing else is in it. What stays can be sent again: a ballot
 *  without answers is an erased one, and of a lower revision than the one that is there. */
export const withoutOvertaken = (body: unknown, overtaken: readonly Overtaken[]): unknown => {
  const { pollId, ballots } = fieldsOf(body)
  if (!Array.isArray(ballots)) return body
  const newest = new Map<unknown, number>()
  for (const { poll_id, id, revision } of overtaken)
    if (poll_id === pollId) newest.set(id, Math.max(revision, newest.get(id) ?? 0))
  const beyond = (ballot: unknown) => {
    const { id, revision } = fieldsOf(ballot)
    return (newest.get(id) ?? 0) - (typeof revision === 'number' ? revision : 0)
  }
  const late = (ballot: unknown) => beyond(ballot) > 0 && fieldsOf(ballot)['answers'] !== null
  if (!ballots.some(late)) return body
  if (ballots.every((ballot) => newest.has(fieldsOf(ballot)['id']) && beyond(ballot) >= 0)) return null
  return {
    ...fieldsOf(body),
    ballots: ballots.map((ballot) =>
      late(ballot) ? { ...fieldsOf(ballot), answers: null, country: null, salt: null } : ballot,
    ),
  }
}

/** The ballots of a letter that have answers, as far as Postgres could know them: it refuses to be asked for anything else. */
export const answeredIn = (body: unknown): readonly Overtaken[] => {
  const { pollId: poll_id, ballots } = fieldsOf(body)
  if (!isName(poll_id) || !Array.isArray(ballots)) return []
  return ballots.flatMap((ballot) => {
    const { id, revision, answers } = fieldsOf(ballot)
    return isName(id) && typeof revision === 'number' && answers !== null ? [{ poll_id, id, revision }] : []
  })
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^\w{1,64}$/.test(value)

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
