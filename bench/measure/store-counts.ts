// How often Postgres and Redis were asked, by their own count.
import { Redis } from 'ioredis'
import pg from 'pg'
import type { DevFacts } from '../../dev/dev-file.ts'

export interface StoreCounts {
  /** Statements that came over the wire, a round trip each: those inside functions are not among them. */
  readonly postgresRoundTrips: number
  /** Those among them that write ballots: one a batch of the queue. */
  readonly ballotStatements: number
  /** null: a Redis in memory does not count. */
  readonly redisCommands: number | null
}

export const readStoreCounts = async (
  facts: Pick<DevFacts, 'databaseUrl' | 'databaseAdminUrl' | 'redisUrl'>,
): Promise<StoreCounts> => {
  const { user: owner } = new pg.Client({ connectionString: facts.databaseUrl })
  const client = new pg.Client({ connectionString: facts.databaseAdminUrl ?? facts.databaseUrl })
  client.on('error', () => undefined) // the question below fails by itself
  await client.connect()
  try {
    const { rows } = await client.query<{ trips: string; ballots: string }>(
      `select coalesce(sum(calls), 0) as trips,
         coalesce(sum(calls) filter (where query like '%insert into ballots%'), 0) as ballots
       from pg_stat_statements join pg_roles on pg_roles.oid = userid where rolname = $1`,
      [owner],
    )
    return {
      postgresRoundTrips: Number(rows[0]?.trips),
      ballotStatements: Number(rows[0]?.ballots),
      redisCommands: await redisCommands(facts.redisUrl),
    }
  } finally {
    await client.end()
  }
}

/** What is between two counts of our own: this question itself. */
const ownCommands = 1

/** What came in between. */
export const storeCountsBetween = (before: StoreCounts, after: StoreCounts): StoreCounts => ({
  postgresRoundTrips: after.postgresRoundTrips - before.postgresRoundTrips,
  ballotStatements: after.ballotStatements - before.ballotStatements,
  redisCommands:
    after.redisCommands === null || before.redisCommands === null
      ? null
      : Math.max(0, after.redisCommands - before.redisCommands - ownCommands),
})

const redisCommands = async (url: string | null): Promise<number | null> => {
  if (url === null) return null
  // Nothing but the question itself goes over this connection.
  const redis = new Redis(url, { enableReadyCheck: false, lazyConnect: true })
  try {
    await redis.connect()
    const found = /^total_commands_processed:(\d+)/m.exec(await redis.info('stats'))
    return found === null ? null : Number(found[1])
  } finally {
    redis.disconnect()
  }
}
