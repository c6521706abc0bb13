// The Neon gateway held to what Neon's own driver, and drizzle on top of it, expect of the real service.
import { neon, neonConfig } from '@neondatabase/serverless'
import { count, sql as text } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'
import { bigint, jsonb, pgTable, text as textColumn } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NeonGateway, startNeonGateway } from '../../dev/neon-gateway.ts'
import type { Postgres } from '../../dev/postgres.ts'
import { startPostgres } from '../../dev/postgres.ts'
import { aDataFolder, type TemporaryFolder } from '../dev/data-folder.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { addressOf, through } from '../support/faulty-stores.ts'

let folder: TemporaryFolder
let postgres: Postgres
let gateway: NeonGateway
const sql = () => neon(postgres.url)

const seenByOthers = async (query: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client(postgres.adminUrl ?? '')
  await client.connect()
  return (await client.query(query).finally(() => client.end())).rows
}

beforeAll(async () => {
  folder = aDataFolder()
  postgres = await startPostgres(folder.nursery)
  gateway = await startNeonGateway({ databaseUrl: postgres.url })
  neonConfig.fetchEndpoint = gateway.endpoint
  await sql()`create table notes (id bigint primary key, body text not null, tags text[], extra jsonb, raw bytea)`
}, 60_000)

afterAll(async () => {
  await gateway?.stop()
  await folder?.remove()
})

describe('values', () => {
  test('keep their types: numbers, booleans, nulls, dates, arrays, documents, bytes and wide integers', async () => {
    const [row] = await sql()`select 1::int as int, 1.5::float8 as float, true as yes, null::text as none,
      '2026-11-24T12:00:00Z'::timestamptz as at, array['a','b,c',null] as list, '{"a":[1,{"b":null}]}'::jsonb as doc,
      '\\x00ff'::bytea as raw, 9007199254740993::bigint as wide, 12345678901234567890.123::numeric as exact`
    expect(row).toMatchObject({
      int: 1,
      float: 1.5,
      yes: true,
      none: null,
      at: new Date('2026-11-24T12:00:00Z'),
      list: ['a', 'b,c', null],
      doc: { a: [1, { b: null }] },
      wide: '9007199254740993',
      exact: '12345678901234567890.123',
    })
    expect(Array.from(row?.['raw'] ?? [])).toEqual([0, 255])
  })

  test('arrive as sent: quotes, emoji, arrays, documents and bytes', async () => {
    const given = {
      body: `it's "quoted" \\ 🗳️`,
      tags: ['x', 'with "quotes"', ''],
      extra: { n: 1 },
      raw: Buffer.from([0, 1, 255]),
    }
    await sql()`insert into notes values (${'9007199254740993'}, ${given.body}, ${given.tags}, ${given.extra}, ${given.raw})`
    const [row] = await sql()`select * from notes where id = 9007199254740993`
    expect(row).toMatchObject({
      id: '9007199254740993',
      body: given.body,
      tags: given.tags,
      extra: given.extra,
    })
    expect(Array.from(row?.['raw'] ?? [])).toEqual([0, 1, 255])
  })

  test('rows come as arrays and with their fields when asked for', async () => {
    const full = await neon(postgres.url, {
      arrayMode: true,
      fullResults: true,
    })`select 1 as one, 'x' as letter`
    expect(full).toMatchObject({ command: 'SELECT', rowCount: 1, rows: [[1, 'x']], rowAsArray: true })
    expect(full.fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([
      ['one', 23],
      ['letter', 25],
    ])
  })
})

describe('errors', () => {
  test('carry the code and the place of Postgres', async () => {
    await sql()`insert into notes (id, body) values (7, 'seven')`
    await expect(sql()`insert into notes (id, body) values (7, 'again')`).rejects.toMatchObject({
      name: 'NeonDbError',
      code: '23505',
      constraint: 'notes_pkey',
      table: 'notes',
      severity: 'ERROR',
      detail: 'Key (id)=(7) already exists.',
    })
    await expect(sql().query('selec 1')).rejects.toMatchObject({ code: '42601', position: '1' })
  })

  test('two statements in one text are refused, as by Neon', async () => {
    await expect(sql().query('select 1; select 2')).rejects.toMatchObject({ code: '42601' })
  })

  test('a wrong password is refused: a Worker is whoever its address says', async () => {
    const wrong = neon(postgres.url.replace('edgepoll:edgepoll@', 'edgepoll:wrong@'))
    await expect(wrong`select 1`).rejects.toMatchObject({ code: '28P01' })
  })

  test('a transaction left open does not reach the next caller', async () => {
    await sql().query('begin')
    for (const id of [20, 21, 22]) await sql()`insert into notes (id, body) values (${id}, 'kept')`
    expect(await seenByOthers(`select count(*)::int from notes where id between 20 and 22`)).toEqual([
      { count: 3 },
    ])
  })
})

describe('batches', () => {
  test('answer every statement, in one transaction', async () => {
    const query = sql()
    const [first, second] = await query.transaction([
      query`select txid_current()::text as id`,
      query`select txid_current()::text as id`,
    ])
    expect(first).toEqual(second)
  })

  test('take the isolation level, and nothing of a failed one stays', async () => {
    const query = sql()
    const levels = await query.transaction(
      [query`show transaction_isolation`, query`show transaction_read_only`],
      {
        isolationLevel: 'RepeatableRead',
        readOnly: true,
      },
    )
    expect(levels).toEqual([
      [{ transaction_isolation: 'repeatable read' }],
      [{ transaction_read_only: 'on' }],
    ])
    const failing = query.transaction([
      query`insert into notes (id, body) values (8, 'eight')`,
      query`select 1/0`,
    ])
    await expect(failing).rejects.toMatchObject({ code: '22012' })
    expect(await query`select from notes where id = 8`).toEqual([])
  })
})

describe('drizzle', () => {
  const notes = pgTable('notes', {
    id: bigint({ mode: 'bigint' }).primaryKey(),
    body: textColumn().notNull(),
    tags: textColumn().array(),
    extra: jsonb(),
  })

  test('inserts, reads back and batches', async () => {
    const db = drizzle(sql())
    const note = { id: 10n, body: 'ten', tags: ['a', 'b'], extra: { deep: [1, null] } }
    const [inserted] = await db.insert(notes).values(note).returning()
    expect(inserted).toMatchObject({ id: 10n, body: 'ten', tags: ['a', 'b'], extra: { deep: [1, null] } })
    const [all, [counted]] = await db.batch([
      db
        .select({ id: notes.id })
        .from(notes)
        .where(text`${notes.id} = any(${text.param(['10', '11'])}::bigint[])`),
      db.select({ total: count() }).from(notes),
    ])
    expect(all).toEqual([{ id: 10n }])
    expect(counted?.total).toBeGreaterThan(0)
  })
})

describe('a Postgres that is away', () => {
  test('is answered with 5xx at once, and forgotten when it is back', async () => {
    const dead = await startNeonGateway({ databaseUrl: 'postgres://edgepoll:edgepoll@127.0.0.1:1/edgepoll' })
    const answer = await fetch(dead.endpoint, {
      method: 'POST',
      headers: { 'Neon-Connection-String': postgres.url },
      body: JSON.stringify({ query: 'select 1' }),
    })
    expect(answer.status).toBe(503)
    await dead.stop()
  })

  test('sessions that were cut are replaced', async () => {
    const slow = sql()`select pg_sleep(30)`.catch((error: unknown) => error)
    const asleep = `select count(*)::int from pg_stat_activity where query = 'select pg_sleep(30)'`
    while ((await seenByOthers(asleep))[0]?.['count'] === 0);
    await seenByOthers(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'edgepoll'`)
    expect(await slow).toMatchObject({ code: '57P01' })
    // A session that was idle may be handed out once before its end has been read.
    const tries = Array.from({ length: 50 }, () => sql()`select 1 as one`.catch(() => null))
    await Promise.all(tries)
    expect(await sql()`select 1 as one`).toEqual([{ one: 1 }])
  })

  test('a connection that breaks under a statement fails that statement, and nothing else', async () => {
    const wire = await startFaultProxy({ upstream: () => addressOf(postgres.url) })
    const beyond = await startNeonGateway({ databaseUrl: through(wire, postgres.url) })
    const ask = (query: string) =>
      fetch(beyond.endpoint, {
        method: 'POST',
        headers: { 'Neon-Connection-String': postgres.url },
        body: JSON.stringify({ query }),
      })
    const slow = ask('select pg_sleep(31)')
    const asleep = `select count(*)::int from pg_stat_activity where query = 'select pg_sleep(31)'`
    while ((await seenByOthers(asleep))[0]?.['count'] === 0);
    expect(wire.reset()).toBe(1)
    expect((await slow).status).toBe(503)
    expect((await ask('select 1')).status).toBe(200)
    await beyond.stop()
    await wire.stop()
  })

  test('a caller who leaves gives the session back', async () => {
    for (let round = 0; round < 50; round += 1) {
      await fetch(gateway.endpoint, {
        method: 'POST',
        headers: { 'Neon-Connection-String': postgres.url },
        body: JSON.stringify({ query: 'select pg_sleep(20)' }),
        signal: AbortSignal.timeout(20),
      }).catch(() => undefined)
    }
    expect(await sql()`select 1 as one`).toEqual([{ one: 1 }])
  })
})
