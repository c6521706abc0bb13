// How many ballots of a poll Postgres has, asked past everything of ours.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** Rows of the poll once there are `wanted`, or as many as there are when time is over. */
export const archivedRows = async (
  databaseUrl: string,
  pollId: string,
  { wanted, timeoutMs }: { readonly wanted: number; readonly timeoutMs: number },
): Promise<number> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const untilMs = performance.now() + timeoutMs
    for (;;) {
      const { rows } = await client.query<{ count: number }>(
        'select count(*)::int as count from ballots where poll_id = $1',
        [pollId],
      )
      const count = rows[0]?.count ?? 0
      if (count >= wanted || performance.now() > untilMs) return count
      await pause(lookMs)
    }
  } finally {
    await client.end()
  }
}

const lookMs = 250
