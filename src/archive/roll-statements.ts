// What is counted of ballots: the part of a statement that moves rollups and usage by what `side` says. It wants three
// tables: `side` (poll_id, cast_at, answers, country, weight), a row for each state of a ballot that begins (1) or ends (−1) to
// hold; `ranking` (poll_id, question); `stored` (poll_id, is_new, cast_at) and `event` (poll_id, workspace_id) for usage.
// The weight says its type, which nobody could tell any more from a text whose constants pg_stat_statements has taken out.
import { sql } from 'drizzle-orm'
import { countries, noTime, options, total } from './rollup-dimensions.ts'

/** A choice counts for each of its options, a ranking for its first, a number for itself, a text for nothing. */
const choices = sql`
  choice as (
    select side.poll_id, side.cast_at, side.country, side.weight, question.key || '/' || chosen.option as name
    from side
    cross join lateral jsonb_each(side.answers) as question
    cross join lateral (
      select element.value #>> '{}' as option
      from jsonb_array_elements(case jsonb_typeof(question.value) when 'array' then question.value else '[]' end)
        with ordinality as element (value, place)
      where element.place = 1
        or not exists (
          select from ranking where ranking.poll_id = side.poll_id and ranking.question = question.key
        )
      union all
      select question.value #>> '{}' where jsonb_typeof(question.value) = 'number'
    ) as chosen
  )`

/** `date_trunc` of an instant goes by the session's time zone; of minutes all that is in use agree. */
const moves = sql`
  move as (
    select poll_id, ${total}::text as dimension, date_trunc('minute', cast_at) as minute, weight from side
    union all
    select poll_id, ${countries}::text || coalesce(country, ''), ${noTime}, weight from side
    union all
    select poll_id, ${options}::text || name, date_trunc('minute', cast_at), weight from choice
    union all
    select poll_id, ${countries}::text || coalesce(country, '') || '/' || name, ${noTime}, weight from choice
  )`

/** For whoever counts anew: after `side` and `ranking`. */
export const moveStatements = sql`${choices}, ${moves}`

export const rollStatements = sql`
  ${moveStatements},
  rolled as (
    insert into rollups (poll_id, dimension, minute, ballots)
    select poll_id, dimension, minute, sum(weight)
    from move
    group by poll_id, dimension, minute
    having sum(weight) <> 0
    order by poll_id, dimension collate "C", minute
    on conflict (poll_id, dimension, minute) do update set ballots = rollups.ballots + excluded.ballots
  ),
  owner as (
    select poll_id, coalesce(max(workspace_id), (select polls.workspace_id from polls where polls.id = event.poll_id))
      as workspace_id
    from event group by poll_id
  ),
  used as (
    insert into usage (workspace_id, day, ballots)
    select workspace_id, (cast_at at time zone 'UTC')::date, count(*)
    from stored join owner using (poll_id)
    where is_new and workspace_id is not null
    group by 1, 2 order by 1, 2
    on conflict (workspace_id, day) do update set ballots = usage.ballots + excluded.ballots
  )`
