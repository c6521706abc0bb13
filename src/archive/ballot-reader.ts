// Ballots summed up a shard, and polls, of all workspaces: for the reconciler.
import { asc, eq, gt, sql } from 'drizzle-orm'
import type { BallotReader } from '../application/ports.ts'
import type { Database } from './database.ts'
import { ballots, polls } from './schema.ts'

/** Ids of polls are in the order of the primary key, which is the database's collation; only a digest must be the same
 *  everywhere, and orders bytes. */
export const ballotReader = (database: Database): BallotReader => ({
  audit: (pollId, signal) =>
    database.run(
      (postgres) =>
        postgres
          .select({ shard: ballots.shard, ballots: answered, digest })
          .from(ballots)
          .where(eq(ballots.pollId, pollId))
          .groupBy(ballots.shard)
          .orderBy(asc(ballots.shard)),
      signal,
    ),
  pollIds: async (after, limit, signal) => {
    const rows = await database.run(
      (postgres) =>
        postgres
          .select({ id: polls.id })
          .from(polls)
          .where(after === null ? undefined : gt(polls.id, after))
          .orderBy(asc(polls.id))
          .limit(limit),
      signal,
    )
    return rows.map(({ id }) => id)
  },
})

/** `count` leaves out nulls, which are the erased. */
const answered = sql<number>`count(${ballots.answers})::integer`

/** Of a shard whose ballots are all erased: the digest of the empty string. There is no index by shard: an audit reads
 *  all rows of its poll, which the primary key finds. */
const digest = sql<string>`encode(sha256(convert_to(coalesce(
  string_agg(${ballots.id} || ':' || ${ballots.revision}, ',' order by ${ballots.id} collate "C")
    filter (where ${ballots.answers} is not null),
  ''), 'UTF8')), 'hex')`
