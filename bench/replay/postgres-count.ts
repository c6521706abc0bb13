// Counts a poll's ballots in Postgres, straight from the table an operator may rely on.
import { Client } from 'pg'
import type { Ranking } from './election.ts'
import { rankingOf } from './poll-of.ts'

export interface StoredBallots {
  readonly rows: number
  /** Rows whose answer no ballot of this replay can have. */
  readonly strange: number
  readonly ballots: readonly Ranking[]
}

/** How many ballots of the poll have been archived. */
export const countArchived = (databaseUrl: string, pollId: string): Promise<number> =>
  withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ n: string }>(
      'select count(*) as n from ballots where poll_id = $1',
      [pollId],
    )
    return Number(rows[0]?.n ?? 0)
  })

/** The archived answers to one question, back as the ballots they were. */
export const readArchived = (
  databaseUrl: string,
  pollId: string,
  questionId: string,
): Promise<StoredBallots> =>
  withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ answer: unknown; n: string }>(
      'select answers->$2::text as answer, count(*) as n from ballots where poll_id = $1 group by 1',
      [pollId, questionId],
    )
    const groups = rows.map(({ answer, n }) => ({ ranking: rankingOf(answer), count: Number(n) }))
    return {
      rows: groups.reduce((sum, { count }) => sum + count, 0),
      strange: groups.reduce((sum, { ranking, count }) => sum + (ranking === null ? count : 0), 0),
      ballots: groups.flatMap(({ ranking, count }) =>
        ranking === null ? [] : Array<Ranking>(count).fill(ranking),
      ),
    }
  })

const withDatabase = async <Answer>(
  connectionString: string,
  ask: (client: Client) => Promise<Answer>,
): Promise<Answer> => {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5000, query_timeout: 60_000 })
  client.on('error', () => undefined) // a lost connection also rejects the query; without this it ends the process
  try {
    await client.connect()
    return await ask(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
