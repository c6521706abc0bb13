// Ballots as their owner reads them: keyset pages over the primary key, one statement each.
import { type SQL, sql } from 'drizzle-orm'
import type { BallotPages, ListedBallot, PageOf } from '../application/ballot-pages.ts'
import type { OwnedPoll } from '../application/own-poll.ts'
import type { Answers } from '../domain/tally/rule.ts'
import type { Database } from './database.ts'
import { exportStatement } from './export-statement.ts'
import { msOf } from './instant.ts'

/** Ids are in the order of the primary key. */
export const ballotPages = (database: Database): BallotPages => ({
  list: async (poll, { after, limit, erased }, signal) => {
    const wanted = erased === null ? null : sql`(answers is null) = ${erased}::boolean`
    const statement = pageStatement(poll, { columns, wanted, after, limit })
    const { rows } = await database.run((postgres) => postgres.execute<Row>(statement), signal)
    return pageOf(rows, limit, ballotOf)
  },

  find: async ({ id: pollId }, ballotId, signal) => {
    const statement = sql`select ${columns} from ballots where poll_id = ${pollId} and id = ${ballotId}`
    const { rows } = await database.run((postgres) => postgres.execute<Row>(statement), signal)
    return rows[0] === undefined ? null : ballotOf(rows[0])
  },

  texts: async (poll, { questionId, after, limit }, signal) => {
    const text = sql`id, ${castAt}, answers ->> ${questionId}::text as text`
    const statement = pageStatement(poll, { columns: text, wanted: sql`text is not null`, after, limit })
    const { rows } = await database.run((postgres) => postgres.execute<TextRow>(statement), signal)
    return pageOf(rows, limit, ({ id, cast_at, text }) => ({ ballotId: id, castAt: Number(cast_at), text }))
  },

  lines: async (poll, order, signal) => {
    const statement = exportStatement(poll, order)
    const { rows } = await database.run((postgres) => postgres.execute<LinesRow>(statement), signal)
    const { lines = '', ballots = 0, last = null, more = false } = rows[0] ?? {}
    return { lines, ballots: Number(ballots), next: more ? last : null }
  },
})

/** How many rows a page may look through for what is rare. A text may lie 64 KiB deep in its row. */
const rowsLookedThrough = 5_000

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly revision: number
  /** Milliseconds since the epoch. */
  readonly cast_at: string
  readonly answers: Answers | null
  readonly country: string | null
}

interface TextRow extends Record<string, unknown> {
  readonly id: string
  readonly cast_at: string
  readonly text: string
}

interface LinesRow extends Record<string, unknown> {
  readonly lines: string
  readonly ballots: string
  readonly last: string | null
  readonly more: boolean
}

const castAt = sql`${msOf('cast_at')} as cast_at`
const columns = sql`id, revision, ${castAt}, answers, country`

const ballotOf = ({ id, revision, cast_at, answers, country }: Row): ListedBallot => ({
  ...{ id, revision, castAt: Number(cast_at), answers, country },
})

/** One row more than the page has, which says that there is a next one. Where rows are passed over, the page also says how
 *  far it looked, if it came to the bound before it was full: from there the next one goes on. */
const pageStatement = (
  { id: pollId }: OwnedPoll,
  order: {
    readonly columns: SQL
    readonly wanted: SQL | null
    readonly after: string | null
    readonly limit: number
  },
): SQL => {
  const { columns, wanted, after, limit } = order
  const beyond = after === null ? sql`` : sql`and id > ${after}`
  const rows = sql`select ${columns} from ballots where poll_id = ${pollId} ${beyond} order by id`
  if (wanted === null) return sql`${rows} limit ${limit + 1}::integer`
  return sql`
    with found as materialized (
      select * from (${rows} limit ${rowsLookedThrough}::integer) as looked_through
      where ${wanted} order by id limit ${limit + 1}::integer
    )
    select found.*, case when (select count(*) from found) <= ${limit}::integer then (
      select id from ballots where poll_id = ${pollId} ${beyond}
      order by id offset ${rowsLookedThrough - 1}::integer limit 1
    ) end as looked_to
    from (select) as always left join found on true
    order by found.id`
}

type Found<Item> = { readonly id: string | null; readonly looked_to?: string | null } & Item

const pageOf = <Item extends { readonly id: string }, Shown>(
  rows: readonly Found<Item>[],
  limit: number,
  shown: (row: Item) => Shown,
): PageOf<Shown> => {
  const found = rows.filter(({ id }) => id !== null) // a page that found nothing has one row, with how far it looked
  const page = found.slice(0, limit)
  const next = found.length > limit ? (page.at(-1)?.id ?? null) : (rows[0]?.looked_to ?? null)
  return { items: page.map(shown), next }
}
