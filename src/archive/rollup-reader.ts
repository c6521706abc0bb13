// Timelines and breakdowns: read from what is counted, never from the ballots. One statement each.
import { type SQL, sql } from 'drizzle-orm'
import type { CrossTabCell, RollupReader } from '../application/rollups.ts'
import type { Database } from './database.ts'
import { instantOf, msOf } from './instant.ts'
import { beyond, countries, noTime, total } from './rollup-dimensions.ts'

export const rollupReader = (database: Database): RollupReader => ({
  /** `date_trunc` by UTC, whatever the session's time zone. */
  timeline: async ({ id: pollId }, { interval, from, to, limit }, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ at: string; ballots: string }>(
          interval === 'minute'
            ? minutes(pollId, from, to, limit)
            : sql`
          select (extract(epoch from date_trunc(${interval}::text, minute, 'UTC')) * 1000)::bigint as at,
            sum(ballots) as ballots
          from rollups
          where poll_id = ${pollId} and dimension = ${total}
            and minute >= ${instantOf(from)} and minute < ${instantOf(to)}
          group by 1 having sum(ballots) > 0
          order by 1 limit ${limit}::integer`,
        ),
      signal,
    )
    return rows.map(({ at, ballots }) => ({ at: Number(at), ballots: Number(ballots) }))
  },

  crossTab: async ({ id: pollId }, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ dimension: string; ballots: string }>(sql`
          select dimension, ballots from rollups
          where poll_id = ${pollId} and dimension >= ${countries} and dimension < ${beyond(countries)}
            and minute = ${noTime} and ballots > 0`),
      signal,
    )
    return rows.map(({ dimension, ballots }) => ({ ...cellOf(dimension), ballots: Number(ballots) }))
  },
})

/** A row is a minute: they come in the order of the index, and no more of them are read than asked for. */
const minutes = (pollId: string, from: number, to: number, limit: number): SQL => sql`
  select ${msOf('minute')} as at, ballots
  from rollups
  where poll_id = ${pollId} and dimension = ${total} and ballots > 0
    and minute >= ${instantOf(from)} and minute < ${instantOf(to)}
  order by minute limit ${limit}::integer`

const cellOf = (dimension: string): Omit<CrossTabCell, 'ballots'> => {
  const [, country = '', questionId, optionId] = dimension.split('/')
  return {
    country: country === '' ? null : country,
    choice: questionId === undefined || optionId === undefined ? null : { questionId, optionId },
  }
}
