// Timelines and breakdowns: read from what is counted, never from the ballots. One statement each.
import { type SQL, sql } from 'drizzle-orm'
import type { CrossTabCell, Interval, RollupReader } from '../application/rollups.ts'
import type { Database } from './database.ts'
import { instantOf, msOf } from './instant.ts'
import { beyond, countries, noTime, total } from './rollup-dimensions.ts'

export const rollupReader = (database: Database): RollupReader => ({
  timeline: async ({ id: pollId }, { interval, from, to, limit }, signal) => {
    const found = minutes(pollId, from, to, limit * minutesOf[interval])
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ at: string; ballots: string }>(
          interval === 'minute' ? found : together(found, interval, limit),
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

const minutesOf: Readonly<Record<Interval, number>> = { minute: 1, hour: 60, day: 1_440 }

/** A row is a minute: they come in the order of the index, and no more of them are read than asked for. */
const minutes = (pollId: string, from: number, to: number, limit: number): SQL => sql`
  select ${msOf('minute')} as at, ballots
  from rollups
  where poll_id = ${pollId} and dimension = ${total} and ballots > 0
    and minute >= ${instantOf(from)} and minute < ${instantOf(to)}
  order by minute limit ${limit}::integer`

/** As many whole hours or days as the first minutes are sure to fill, whatever gaps are between them. By UTC. */
const together = (found: SQL, interval: 'hour' | 'day', limit: number): SQL => {
  const ms = minutesOf[interval] * 60_000
  return sql`
    select at - at % ${ms}::bigint as at, sum(ballots) as ballots
    from (${found}) as found
    group by 1 order by 1 limit ${limit}::integer`
}

const cellOf = (dimension: string): Omit<CrossTabCell, 'ballots'> => {
  const [, country = '', questionId, optionId] = dimension.split('/')
  return {
    country: country === '' ? null : country,
    choice: questionId === undefined || optionId === undefined ? null : { questionId, optionId },
  }
}
