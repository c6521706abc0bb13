// What a workspace has stored, counted from the primary keys and the list's index alone.
import { sql } from 'drizzle-orm'
import type { UsageReader } from '../application/ports.ts'
import type { Database } from './database.ts'
import { ballots, polls } from './schema.ts'

export const usageReader = (database: Database): UsageReader => ({
  stored: async (workspaceId, signal) => {
    const own = sql`select ${polls.id} from ${polls} where ${polls.workspaceId} = ${workspaceId}`
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ polls: string; ballots: string }>(
          sql`select (select count(*) from (${own}) as own) as polls,
                     (select count(*) from ${ballots} where ${ballots.pollId} in (${own})) as ballots`,
        ),
      signal,
    )
    return { polls: Number(rows[0]?.polls ?? 0), ballots: Number(rows[0]?.ballots ?? 0) }
  },

  polls: async (workspaceId, most, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ polls: string }>(
          sql`select count(*) as polls from
                (select 1 from ${polls} where ${polls.workspaceId} = ${workspaceId} limit ${most}) as own`,
        ),
      signal,
    )
    return Number(rows[0]?.polls ?? 0)
  },
})
