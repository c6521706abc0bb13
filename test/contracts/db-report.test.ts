// The report on a real Postgres that was given what a report should find.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { adviceOn } from '../../ops/db-report/advise.ts'
import type { Facts } from '../../ops/db-report/facts.ts'
import { lookAt } from '../../ops/db-report/look.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const look = () => postgres.session((client) => lookAt(client))

beforeAll(async () => {
  await postgres.session(async (client) => {
    await client.query(
      `insert into ballots (poll_id, id, revision, cast_at, answers, shard, seq)
       select 'poll_' || n % 50, 'bal_' || n, 1, now(), '{}', n % 4, n from generate_series(1, 120000) as n`,
    )
    // Sessions tell their statistics when idle, at most once a second, unless they are made to. What analyze counts
    // would have the rows not yet told of added to it.
    await client.query('select pg_stat_force_next_flush()')
    await client.query('analyze ballots')
    await client.query('create index needless on webhooks (workspace_id)')
    await client.query('create index large_and_unread on ballots (cast_at, id)')
    await client.query('select count(*) from ballots where seq = $1', [7])
    await client.query('select pg_stat_force_next_flush()')
  })
})

describe('the report', () => {
  test('sums a partitioned table up', async () => {
    const { tables } = await look()
    const ballots = tables.find(({ name }) => name === 'ballots')
    expect(ballots).toMatchObject({ rows: 120_000, partitions: 32 })
    expect(ballots?.size).toBeGreaterThan(5_000_000)
    expect(tables.filter(({ name }) => name.startsWith('ballots_'))).toEqual([])
  })

  test('explains the slowest statements, whose values nobody knows', async () => {
    const { statements } = await look()
    const place = (statements ?? []).findIndex(({ text }) => text.includes('from ballots where seq ='))
    expect(statements?.[place]?.plan?.['Node Type']).toMatch(/Aggregate/)
    expect(adviceOn(await look())).toContain(
      `Statement ${place + 1} reads ballots whole: it lacks an index for what it asks for.`,
    )
  })

  test('estimates how much of the pages holds no living row, and measures it where it can', async () => {
    await postgres.session(async (client) => {
      await client.query(`create table emptied (id bigint, note text) with (autovacuum_enabled = off)`)
      await client.query(
        `insert into emptied select n, repeat('x', n % 100) from generate_series(1, 60000) as n`,
      )
      await client.query('delete from emptied where id % 4 <> 0')
      await client.query('vacuum (analyze) emptied')
    })
    const estimated = await look()
    expect(estimated.bloatIs).toBe('estimated')
    const of = (facts: Facts, table: string) => facts.tables.find(({ name }) => name === table)?.bloat
    expect(of(estimated, 'emptied')).toBeCloseTo(0.75, 1)
    expect(of(estimated, 'ballots')).toBeLessThan(0.15)
    expect(of(estimated, 'webhooks')).toBeNull()

    const admin = new pg.Client({ connectionString: postgres.adminUrl })
    await admin.connect()
    await admin.query('create extension pgstattuple').finally(() => admin.end())
    const measured = await look()
    expect(measured.bloatIs).toBe('measured')
    expect(of(measured, 'emptied')).toBeCloseTo(0.75, 1)
    expect(of(measured, 'ballots')).toBeLessThan(0.05)
    expect(
      adviceOn({ ...measured, tables: measured.tables.map((table) => ({ ...table, size: 1e9 })) }),
    ).toContainEqual(
      expect.stringMatching(/^7\d\.\d % of the pages of emptied hold no living row \(measured\)/),
    )
    await postgres.query('drop table emptied')
  })

  test('finds an index that another makes needless, and one that nobody reads', async () => {
    const advice = adviceOn(await look())
    expect(advice).toContain(
      'needless holds nothing that webhooks_newest_first does not: drop it, by a migration.',
    )
    expect(advice).toContainEqual(expect.stringMatching(/^Nobody has read large_and_unread \(/))
    expect(advice.join('\n')).not.toContain('ballots_pkey')
  })

  test('tells of a transaction that was left open', async () => {
    const facts = await look()
    expect(facts.transactions).toEqual([])
    expect(
      adviceOn({
        ...facts,
        transactions: [{ pid: 7, state: 'idle in transaction', seconds: 90, statement: 'select 1' }],
      })[0],
    ).toContain('pg_terminate_backend(7)')
  })

  test('changes nothing, even where a text pretends to be two statements', async () => {
    const { explained } = await import('../../ops/db-report/explain.ts')
    await postgres.session(async (client: pg.ClientBase) => {
      await client.query('begin read only')
      expect(await explained(client, 'select 1; commit; drop table webhooks')).toEqual({
        plan: null,
        unexplained: 'its text holds a semicolon',
      })
      expect((await explained(client, 'select no_such_column from polls')).unexplained).toContain(
        'no_such_column',
      )
      expect((await explained(client, 'delete from polls where id = $1')).plan).not.toBeNull()
      await client.query('rollback')
    })
  })

  test('is read by people and by programs', async () => {
    const report = (...words: readonly string[]) =>
      promisify(execFile)(process.execPath, ['ops/db-report.ts', '--database', postgres.url, ...words])
    const { stdout: text } = await report()
    expect(text).toMatch(/Advice\n------\n1\. /)
    expect(text).toMatch(/ballots \(32 partitions\) +120000 /)
    expect(text).not.toMatch(/NaN|undefined|\[object/)
    const { stdout: json } = await report('--json')
    expect(JSON.parse(json)).toMatchObject({ database: 'edgepoll', advice: expect.any(Array) })
    const { stdout: help } = await report('--help')
    expect(help).toContain('--json')
  })

  test('says in a sentence that nothing answers', async () => {
    const away = promisify(execFile)(process.execPath, [
      'ops/db-report.ts',
      '--database',
      'postgres://nobody:secret@127.0.0.1:9/none',
    ])
    await expect(away).rejects.toMatchObject({ stderr: expect.stringMatching(/does not answer/) })
    await expect(away).rejects.toMatchObject({ stderr: expect.not.stringContaining('secret') })
  })
})
