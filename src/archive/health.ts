// Whether Postgres answers.
import { sql } from 'drizzle-orm'
import type { HealthCheck } from '../application/ports.ts'
import type { Database } from './database.ts'

export const postgresHealth = (database: Database): HealthCheck => ({
  name: 'postgres',
  check: async (signal) => {
    await database.run((postgres) => postgres.execute(sql`select 1`), signal)
  },
})
