// A second database beside a test's own, with the same tables: two real ones for what is spread over both.
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { migrate } from '../../dev/migrate.ts'
import type { DatabasesConfig } from '../../src/archive/databases.ts'
import type { TestPostgres } from './postgres.ts'

export interface TwoDatabases {
  /** `main` is the test's own. */
  readonly config: DatabasesConfig
  /** Asks past the room under test. */
  query<Row extends pg.QueryResultRow>(
    database: 'main' | 'north',
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>
}

/** Call it once, after `withPostgres`, at the top of a test file. */
export const withSecondDatabase = (postgres: TestPostgres): TwoDatabases => {
  let sessions: pg.Pool | null = null
  const north = () => {
    const url = new URL(postgres.url)
    url.pathname = '/north'
    return url.href
  }
  beforeAll(async () => {
    await postgres.query('create database north')
    await migrate(north())
    sessions = new pg.Pool({ connectionString: north() })
    sessions.on('error', () => undefined)
  }, 60_000)
  afterAll(() => sessions?.end())
  return {
    get config() {
      return {
        urls: { main: postgres.url, north: north() },
        readUrls: {},
        pins: {},
        endpoint: postgres.endpoint,
      }
    },
    query: async (database, text, values = []) =>
      database === 'main'
        ? postgres.query(text, values)
        : ((await sessions?.query(text, [...values]))?.rows ?? []),
  }
}
