// A database with a workspace of so many polls among ten times as many of others, and what its list page costs in it.
import { neon } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import pg from 'pg'
import { migrate } from '../../dev/migrate.ts'
import type { PollReader } from '../../src/application/ports.ts'
import { type Database, openDatabase } from '../../src/archive/database.ts'
import { pollReader } from '../../src/archive/poll-reader.ts'
import { recordedDefinition } from '../../src/archive/recorded-definition.ts'
import { aPoll } from '../../test/support/polls.ts'

export interface ManyPolls {
  /** Reads a page through the driver. */
  read(page: Page): Promise<void>
  explain(page: Page): Promise<Explained>
  close(): Promise<void>
}

/** The newest polls, as many after the one in the middle, or the newest drafts, of which there are none. */
export type Page = 'first' | 'middle' | 'drafts'

export interface Explained {
  /** Rows that the page's scans looked at, those filtered away included. */
  readonly rows: number
  /** Pages of 8 KB touched, in memory or not. */
  readonly buffers: number
}

export interface PollsOrder {
  readonly databaseUrl: string
  readonly endpoint: string
  readonly polls: number
}

/** Makes the database beside that of `databaseUrl`, and fills it. */
export const makeManyPolls = async ({ databaseUrl, endpoint, polls }: PollsOrder): Promise<ManyPolls> => {
  const name = `polls_${polls}`
  await withClient(databaseUrl, (client) => client.query(`create database ${name}`))
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  await migrate(url.href)
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => undefined) // the next question fails by itself
  await client.connect()
  await client.query(fill, [polls, JSON.stringify(recordedDefinition(aPoll()))])
  await client.query('vacuum analyze polls')
  const { rows } = await client.query<{ id: string; at: string }>(
    `select id, extract(epoch from created_at) * 1000 as at from polls where workspace_id = $1
     order by created_at desc, id desc offset $2 limit 1`,
    [workspaceId, Math.floor(polls / 2)],
  )
  const middle = { id: rows[0]?.id ?? '', createdAt: Math.round(Number(rows[0]?.at)) }
  const list = (reader: PollReader, page: Page) =>
    reader.list(
      {
        workspaceId,
        status: page === 'drafts' ? 'draft' : null,
        limit: 21,
        after: page === 'middle' ? middle : null,
        now: Date.now(),
      },
      AbortSignal.timeout(10_000),
    )
  const reader = pollReader(openDatabase({ url: url.href, endpoint }))
  return {
    read: async (page) => {
      if ((await list(reader, page)).length !== 21) throw new Error('A page came short.')
    },
    explain: async (page) => {
      const { database, statement } = listening()
      await list(pollReader(database), page)
      const { sql, params } = statement()
      const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] }>(
        `explain (analyze, buffers, format json) ${sql}`,
        params,
      )
      const plan = rows[0]?.['QUERY PLAN'][0].Plan
      if (plan === undefined) throw new Error('Postgres did not explain itself.')
      return { rows: rowsOf(plan), buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] }
    },
    close: () => client.end(),
  }
}

const workspaceId = 'ws_bench'

/** Every eleventh poll is ours, so that they lie apart as they would. */
const fill = `
  insert into polls (id, workspace_id, title, phase, archived, version, definition, created_at)
  select 'poll_' || md5(i::text), case when i % 11 = 0 then '${workspaceId}' else 'ws_other_' || i % 97 end,
    'Lunch?', 'open', false, 1, $2::jsonb, timestamptz '2026-01-01' + i * interval '1 second'
  from generate_series(1, $1::integer * 11) as i`

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly PlanNode[]
}

/** A bitmap's index scan finds the rows that its heap scan then looks at: they are counted there. */
const looksAtRows = (type: string): boolean => type.includes('Scan') && type !== 'Bitmap Index Scan'

const rowsOf = (node: PlanNode): number =>
  (looksAtRows(node['Node Type'])
    ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    : 0) + (node.Plans ?? []).reduce((sum, child) => sum + rowsOf(child), 0)

/** A database that carries out nothing and tells what it was asked. */
const listening = () => {
  const postgres = drizzle({ client: neon('postgres://nobody:nothing@localhost/none') })
  let asked: { readonly sql: string; readonly params: unknown[] } | null = null
  const database: Database = {
    run: async <Answer>(statement: (to: typeof postgres) => PromiseLike<Answer>): Promise<Answer> => {
      const query = statement(postgres) as unknown as { toSQL(): NonNullable<typeof asked> } // drizzle's builder
      asked = query.toSQL()
      return [] as Answer // a list of none
    },
  }
  const statement = (): NonNullable<typeof asked> => {
    if (asked === null) throw new Error('The reader asked nothing.')
    return asked
  }
  return { database, statement }
}

const withClient = async (url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
