// The lines of an export, written by Postgres: a page is one row with one text, which nobody on its way takes apart.
import { type SQL, sql } from 'drizzle-orm'
import type { OwnedPoll } from '../application/own-poll.ts'

/** As `exportLine` of representation/export-line.ts writes them; test/contracts holds the two to be equal. Answers are as
 *  jsonb has them: its text has no line breaks. Rows are cut off where `bytes` is passed, so that ballots of 64 KiB make
 *  no page that a Worker or Neon could not hold. */
export const exportStatement = (
  { id: pollId }: OwnedPoll,
  { after, rows, bytes }: { readonly after: string | null; readonly rows: number; readonly bytes: number },
): SQL => sql`
  with looked as materialized (
    select id, ${line} as line from ballots
    where poll_id = ${pollId} ${after === null ? sql`` : sql`and id > ${after}`}
    order by id limit ${rows}::integer
  ),
  measured as (
    select id, line, sum(octet_length(line)) over (order by id rows unbounded preceding) - octet_length(line) as before
    from looked
  ),
  kept as (select id, line from measured where before < ${bytes}::bigint)
  select
    coalesce(string_agg(line, '' order by id), '') as lines, count(*) as ballots, max(id) as last,
    count(*) < (select count(*) from looked) or (select count(*) from looked) = ${rows}::integer as more
  from kept`

/** Ids, salts and numbers are ours and need no escaping. */
const line = sql`
  '{"id":"' || id || '","revision":' || revision || ',"answers":' || coalesce(answers::text, 'null')
  || ',"country":' || coalesce(to_json(country)::text, 'null') || ',"shard":' || shard || ',"seq":' || seq
  || ',"salt":' || coalesce('"' || salt || '"', 'null')
  || ',"castAt":"' || to_char(cast_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  || '","erased":' || case when answers is null then 'true' else 'false' end || E'}\\n'`
