// What a workspace has used: polls counted from the list's index, ballots summed up over its days.
import { sql } from 'drizzle-orm'
import type { UsageReader } from '../application/ports.ts'
import type { Database } from './database.ts'
import { polls, usage } from './schema.ts'

export const usageReader = (database: Database): UsageReader => ({
  stored: async (workspaceId, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<{ polls: string; ballots: string }>(
          sql`select (select count(*) from ${polls} where ${polls.workspaceId} = ${workspaceId}) as polls,
                     (select coalesce(sum(${usage.ballots}), 0) from ${usage}
                      where ${usage.workspaceId} = ${workspaceId}) as ballots`,
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
