// How Postgres is asked: stoppable, opaque in its errors, each client through its own endpoint; and that its tables are
// those that drizzle believes in.
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ArchiveUnavailable } from '../../src/archive/archive-error.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { postgresHealth } from '../../src/archive/health.ts'
import { keyRing } from '../../src/archive/key-ring.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const patient = () => AbortSignal.timeout(20_000)

describe('the tables', () => {
  test('are those of the newest snapshot, though a person edited the SQL', async () => {
    const columns = await postgres.query<Column>(
      `select relname as table, attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
       from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0`,
    )
    expect(columns.map(lineOf).sort()).toEqual((await snapshotColumns()).map(lineOf).sort())
  })

  test('ballots lie in 32 partitions by the hash of their poll', async () => {
    expect(
      await postgres.query(
        `select count(*)::int as parts from pg_inherits where inhparent = 'ballots'::regclass`,
      ),
    ).toEqual([{ parts: 32 }])
    expect(await postgres.query(`select pg_get_partkeydef('ballots'::regclass) as by`)).toEqual([
      { by: 'HASH (poll_id)' },
    ])
  })

  test('reading one poll’s ballots looks into one partition', async () => {
    const plan = await postgres.query(`explain select * from ballots where poll_id = 'poll_a'`)
    expect(JSON.stringify(plan).match(/ballots_p\d\d/g)?.length).toBeGreaterThan(0)
    expect(new Set(JSON.stringify(plan).match(/on ballots_p\d\d/g)).size).toBe(1)
  })
})

describe('a signal', () => {
  test('stops a statement that waits, and the same messages can be stored afterwards', async () => {
    const controller = new AbortController()
    const reason = new Error('the deadline has passed')
    await postgres.session(async (client) => {
      await client.query('begin; lock table ballots in access exclusive mode')
      const storing = store(controller.signal)
      while ((await postgres.query(waiting)).length === 0) await pause(5)
      controller.abort(reason)
      await expect(storing).rejects.toBe(reason)
      await client.query('rollback')
    })
    await store(patient())
    expect(await postgres.query(`select id from ballots where poll_id = 'poll_stopped'`)).toEqual([
      { id: 'bal_a' },
    ])
  })

  test('that is aborted already asks nothing', async () => {
    const reason = new Error('too late')
    await expect(keyRing(openDatabase(postgres)).find('key', AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  const store = (signal: AbortSignal) =>
    ballotRecords(openDatabase(postgres)).store(
      [
        {
          v: 1,
          id: 'poll_stopped:0:1',
          pollId: 'poll_stopped',
          shard: 0,
          first: 1,
          last: 1,
          ballots: [ballot],
        },
      ],
      signal,
    )
  const ballot = {
    id: 'bal_a',
    revision: 1,
    castAt: 0,
    answers: {},
    country: null,
    shard: 0,
    seq: 1,
    salt: '00',
  }
  const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into ballots%'`
})

test('clients with different endpoints do not disturb each other', async () => {
  const here = openDatabase(postgres)
  const nowhere = openDatabase({ url: postgres.url, endpoint: 'http://127.0.0.1:1/sql' })
  await postgresHealth(here).check(patient())
  await expect(postgresHealth(nowhere).check(patient())).rejects.toThrow(ArchiveUnavailable)
  await postgresHealth(here).check(patient())
})

describe('Postgres is unavailable, not wrong,', () => {
  test('where a table is still missing', async () => {
    await postgres.query('alter table api_keys rename to api_keys_away')
    const error = await find('key_secret')
    await postgres.query('alter table api_keys_away rename to api_keys')
    expect(error).toMatchObject({ code: '42P01' })
    expect(error).toHaveProperty('cause', undefined)
    expect(String(error)).toBe('Unavailable: postgres cannot be asked right now (42P01)')
  })

  test('where nothing listens', async () => {
    const nowhere = openDatabase({ url: postgres.url, endpoint: 'http://127.0.0.1:1/sql' })
    await expect(keyRing(nowhere).find('key', patient())).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('where it was stopped: at once, long before any deadline; and it is there again when started again', async () => {
    await postgres.stop()
    const error = await find('key_secret')
    expect(error).toBeInstanceOf(ArchiveUnavailable)
    expect(JSON.stringify([String(error), error])).not.toMatch(/secret|select|127\.0\.0\.1/)
    await expect(postgresHealth(openDatabase(postgres)).check(patient())).rejects.toThrow(ArchiveUnavailable)
    await postgres.start()
    expect(await find('key_secret')).toBeNull()
  })

  const find = (keyId: string) =>
    keyRing(openDatabase(postgres))
      .find(keyId, patient())
      .catch((thrown: unknown) => thrown)
})

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly required: boolean
}

const lineOf = ({ table, name, type, required }: Column) =>
  `${table}.${name} ${type}${required ? ' not null' : ''}`

const snapshotColumns = async (): Promise<readonly Column[]> => {
  const snapshots = (await readdir('migrations/meta'))
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
  const { tables } = JSON.parse(await readFile(`migrations/meta/${snapshots.at(-1)}`, 'utf8')) as Snapshot // drizzle-kit's
  return Object.values(tables).flatMap((table) =>
    Object.values(table.columns).map(({ name, type, notNull }) => ({
      table: table.name,
      name,
      type,
      required: notNull,
    })),
  )
}

interface Snapshot {
  readonly tables: Readonly<
    Record<string, { readonly name: string; readonly columns: Readonly<Record<string, SnapshotColumn>> }>
  >
}

interface SnapshotColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
}
