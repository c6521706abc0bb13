// The query law: against a large archive every method reads about what it answers, by an index, and sorts in memory.
import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { withPostgres } from '../support/postgres.ts'
import { type Explained, explainingDatabase, nodesOf, rowsRead } from './query-law/explaining-database.ts'
import { laws } from './query-law/methods.ts'
import { seed } from './query-law/seed.ts'
import { type Columns, isOwners, notOwners, scansOfAnybodys } from './query-law/tenancy.ts'

const postgres = withPostgres()
/** Rows from which a table is big. */
const big = 10_000
/** `npm run soak` */
const times = process.env['EDGEPOLL_SOAK'] === '1' ? 10 : 1
let bigTables: ReadonlySet<string> = new Set()
let columns: Columns = new Map()

beforeAll(async () => {
  await seed(postgres, times)
  const rows = await postgres.query<{ name: string }>(
    `select distinct leaf.relname as name from pg_class as leaf
     join pg_class as root on root.oid = coalesce(pg_partition_root(leaf.oid), leaf.oid)
     where leaf.relkind = 'r' and root.reltuples >= $1 and leaf.relnamespace = 'public'::regnamespace`,
    [big],
  )
  bigTables = new Set(rows.map(({ name }) => name))
  const known = await postgres.query<{ name: string; columns: string[] }>(
    `select table_name as name, json_agg(column_name) as columns from information_schema.columns
     where table_schema = 'public' group by table_name`,
  )
  columns = new Map(known.map((table) => [table.name, new Set(table.columns)]))
}, 1_200_000)

test('every method of every repository has its law', async () => {
  const missing: string[] = []
  const known = new Set(Object.keys(laws).map((name) => name.replace(/ \(.*/, '')))
  for (const file of readdirSync('src/archive').filter((name) => name.endsWith('.ts'))) {
    const path = `src/archive/${file}`
    const factories = readFileSync(path, 'utf8').matchAll(/^export const (\w+) = \(database: Database\b/gm)
    for (const [, factory = ''] of factories) {
      if (factory === 'postgresHealth') continue // asks for no table
      const room: Record<string, (database: object) => object> = await import(`../../${path}`)
      for (const method of Object.keys(room[factory]?.({}) ?? {}))
        if (!known.has(`${factory}.${method}`)) missing.push(`${factory}.${method}`)
    }
  }
  expect(missing).toEqual([])
})

test('who is no owner is there', () => {
  const methods = Object.keys(laws).map((name) => name.replace(/ \(.*/, ''))
  const known = new Set(methods.flatMap((method) => [method, method.split('.')[0]]))
  expect(Object.keys(notOwners).filter((name) => !known.has(name))).toEqual([])
})

test.each([
  ["polls where id = 'poll_1'", ['polls']],
  ["polls where workspace_id = 'ws_1' and id = 'poll_1'", []],
  ["ballots where poll_id = 'poll_2' and id = 'bal_000000001'", ['ballots']],
  ["ballots where poll_id = 'poll_1' and id = 'bal_000000001'", []],
  ["invites where poll_id = 'poll_1' and serial = 7", ['invites']],
  ["workspaces where name = 'w'", ['workspaces']],
  ["workspaces where id = 'ws_1' and exists (select from webhooks where webhooks.id = 'wh_1')", ['webhooks']],
])('whose rows are looked at is told from the plan: %s', async (from, anybodys) => {
  const explained: Explained[] = []
  await explainingDatabase(postgres, explained).run(
    (db) => db.execute(sql.raw(`select * from ${from}`)),
    AbortSignal.timeout(20_000),
  )
  const found = explained.flatMap(({ plan }) => scansOfAnybodys(plan, columns))
  expect(found.map((each) => each.split(':')[0])).toEqual(anybodys)
})

describe('the query law', () => {
  test.each(Object.entries(laws))(
    '%s',
    async (name, { ask, multiple, rows, mayScan = [], statements = 1, grows }) => {
      const explained: Explained[] = []
      await ask(explainingDatabase(postgres, explained), AbortSignal.timeout(500_000))
      expect(explained.length).toBe(statements)
      for (const { plan } of explained) {
        const nodes = nodesOf(plan)
        const scanned = nodes
          .filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0)
          .flatMap((node) => node['Relation Name'] ?? [])
          .filter((name) => bigTables.has(name) && !mayScan.includes(name.replace(/_p\d\d$/, '')))
        expect(scanned, 'big tables read whole').toEqual([])
        const spills = nodes.filter((node) => node['Sort Space Type'] === 'Disk').length
        if (!mayScan.includes('sort')) expect(spills, 'sorts on disk').toBe(0)
        if (isOwners(name)) expect(scansOfAnybodys(plan, columns), 'rows of anybody').toEqual([])
        expect(rowsRead(plan), 'rows read').toBeLessThanOrEqual(multiple * rows * (grows ? times : 1))
      }
    },
  )
})
