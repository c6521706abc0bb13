// Rollups counted anew from the ballots: for those archived before there were any, and where the two disagree.
import { type SQL, sql } from 'drizzle-orm'
import type { RollupRecords } from '../application/rollups.ts'
import type { Database } from './database.ts'
import { moveStatements } from './roll-statements.ts'
import { total } from './rollup-dimensions.ts'

export const rollupRecords = (database: Database): RollupRecords => ({
  agrees: async (pollId, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ agree: boolean }>(sql`
          select (select count(answers) from ballots where poll_id = ${pollId}) = coalesce(
            (select sum(ballots) from rollups where poll_id = ${pollId} and dimension = ${total}), 0
          ) as agree`),
      signal,
    )
    return rows[0]?.agree === true
  },

  recount: async ({ pollId, rankings }, signal) => {
    await database.run(
      (postgres) =>
        postgres.batch([
          // Alone with the poll, as its removal is (migrations/0002). What comes next sees all that was there before.
          postgres.execute(sql`select pg_advisory_xact_lock(hashtextextended(${pollId}::text, 0))`),
          postgres.execute(sql`delete from rollups where poll_id = ${pollId}`),
          postgres.execute(countStatement(pollId, JSON.stringify(rankings))),
        ]),
      signal,
    )
  },
})

const countStatement = (pollId: string, rankings: string): SQL => sql`
  with side as (
    select poll_id, cast_at, answers, country, 1::integer as weight from ballots
    where poll_id = ${pollId} and answers is not null
  ),
  ranking as materialized (
    select ${pollId}::text as poll_id, question from jsonb_array_elements_text(${rankings}::jsonb) as question
  ),
  ${moveStatements}
  insert into rollups (poll_id, dimension, minute, ballots)
  select poll_id, dimension, minute, sum(weight) from move group by poll_id, dimension, minute`
