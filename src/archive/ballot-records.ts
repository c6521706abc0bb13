// Ballots as Postgres keeps them: one row each, its highest revision, however often and in what order they come.
import { type SQL, sql } from 'drizzle-orm'
import type { BallotMessage } from '../application/ballot-message.ts'
import type { BallotRecords } from '../application/ports.ts'
import type { Remind } from '../application/webhook-ports.ts'
import { clearLetters } from './clear-letters.ts'
import type { Database } from './database.ts'
import { ballotDeliveries, type DueColumn, dueColumn, remindNobody } from './delivery-statements.ts'
import { rollStatements } from './roll-statements.ts'

/** Rejects with `ArchiveRejected` when any one ballot can never be stored; then none of the messages is. */
export const ballotRecords = (database: Database, remind: Remind = remindNobody): BallotRecords => ({
  store: async (messages, signal) => {
    const rows = messages.flatMap(rowsOf)
    if (rows.length === 0) return 0
    const statement = storeStatement(rows)
    const answer = await database.run((postgres) => postgres.execute<Stored>(statement), signal)
    const { written = 0, due = [] } = answer.rows[0] ?? {}
    if (due.length > 0) await remind(due)
    // After the commit: a letter that comes meanwhile is either found here, or its keeper finds what was written.
    await clearLetters(
      database,
      rows.filter(({ answers }) => answers === null),
      signal,
    )
    return Number(written)
  },
})

interface Stored extends Record<string, unknown>, DueColumn {
  readonly written: string
}

/** What `jsonb_to_recordset` reads: names and types of the column list below. */
interface BallotRow {
  readonly poll_id: string
  readonly workspace_id: string | null
  /** Questions that are rankings, whose first choice counts. */
  readonly rankings: readonly string[]
  readonly id: string
  readonly revision: number
  /** Milliseconds since the epoch. */
  readonly cast_at: number
  readonly answers: unknown
  readonly country: string | null
  readonly shard: number
  readonly seq: number
  readonly salt: string | null
  readonly traceparent: string | null
}

const rowsOf = ({
  pollId,
  workspaceId,
  rankings,
  traceparent,
  ballots,
}: BallotMessage): readonly BallotRow[] =>
  ballots.map((ballot) => ({
    poll_id: pollId,
    workspace_id: workspaceId ?? null,
    rankings: rankings ?? [],
    id: ballot.id,
    revision: ballot.revision,
    cast_at: ballot.castAt,
    answers: ballot.answers,
    country: ballot.answers === null ? null : ballot.country,
    shard: ballot.shard,
    seq: ballot.seq,
    salt: ballot.answers === null ? null : ballot.salt,
    traceparent: traceparent ?? null,
  }))

/** One statement and one parameter for any number of ballots. `distinct on` because a statement may not touch a row
 *  twice; its order also takes row locks in one order everywhere, so that two consumers cannot deadlock, as the order of
 *  `poll` does for the locks of `poll_is_deleted` (migrations/0002), all of them taken before the first row.
 *  Erasing is a higher revision without answers, so that a late older message cannot bring them back. It does not change
 *  when the ballot was cast: that is what its row or, where it has none yet, its batch says.
 *  What is counted of ballots moves by what each row said before and says now, so that a message that comes again moves
 *  nothing; locks of rollups come after those of all ballots, in one order too. Webhooks hear of what was written, and of
 *  nothing else. */
const storeStatement = (rows: readonly BallotRow[]): SQL => sql`
  with event as materialized (
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as event (
      poll_id text, workspace_id text, rankings jsonb, id text, revision integer, cast_at bigint, answers jsonb, country text,
      shard integer, seq bigint, salt text, traceparent text
    )
  ),
  poll as materialized (select distinct poll_id from event order by poll_id),
  living as materialized (select poll_id from poll where not poll_is_deleted(poll_id)),
  stored as (
  insert into ballots (poll_id, id, revision, cast_at, answers, country, shard, seq, salt)
  select distinct on (poll_id, id)
    poll_id, id, revision,
    to_timestamp(
      case when answers is null then min(cast_at) over (partition by poll_id, id) else cast_at end / 1000.0
    ),
    answers, country, shard, seq, salt
  from event join living using (poll_id)
  order by poll_id, id, revision desc
  on conflict (poll_id, id) do update set
    revision = excluded.revision,
    cast_at = case when excluded.answers is null then ballots.cast_at else excluded.cast_at end,
    answers = excluded.answers,
    country = excluded.country,
    shard = excluded.shard,
    seq = excluded.seq,
    salt = excluded.salt
  where ballots.revision < excluded.revision
  returning
    new.poll_id, new.id, new.revision, new.shard, new.seq, old.id is null as is_new, new.cast_at, new.answers, new.country,
    old.cast_at as old_cast_at, old.answers as old_answers, old.country as old_country
  ),
  side as (
    select poll_id, cast_at, answers, country, 1::integer as weight from stored where answers is not null
    union all
    select poll_id, old_cast_at, old_answers, old_country, -1 from stored where old_answers is not null
  ),
  ranking as materialized (
    select poll_id, question from event cross join lateral jsonb_array_elements_text(rankings) as question
    union
    -- A message of version 1 names none, nor whose it is.
    select polls.id, question ->> 'id'
    from polls cross join lateral jsonb_array_elements(polls.definition -> 'questions') as question
    where polls.id in (select poll_id from event where workspace_id is null) and question ->> 'type' = 'ranking'
  ),
  ${rollStatements},
  ${ballotDeliveries}
  select count(*) as written, ${dueColumn} from stored`
