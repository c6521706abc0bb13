// Postgres ends a statement that takes too long by itself, whether or not anybody still waits for it.
import { sql } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { ArchiveUnavailable } from '../../src/archive/archive-error.ts'
import { type Database, openDatabase } from '../../src/archive/database.ts'
import { keyRing } from '../../src/archive/key-ring.ts'
import { rollupRecords } from '../../src/archive/rollup-records.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const patient = () => AbortSignal.timeout(20_000)
const ending = (statementMs?: number) =>
  openDatabase({ url: postgres.url, endpoint: postgres.endpoint, statementMs })
const sleeping = (database: Database) =>
  database.run((one) => one.execute(sql`select pg_sleep(15) as slept`), patient())
const shown = async (database: Database) =>
  (
    await database.run(
      (one) => one.execute<{ end: string }>(sql`select current_setting('statement_timeout') as end`),
      patient(),
    )
  ).rows[0]?.end

describe('a statement that takes longer than it may', () => {
  test('is ended by Postgres, and can be asked again', async () => {
    const failed = sleeping(ending(100)).catch((error: unknown) => error)
    expect(await failed).toBeInstanceOf(ArchiveUnavailable)
    expect(await failed).toMatchObject({ code: '57014' })
    expect(
      await postgres.query(`select from pg_stat_activity where state = 'active' and query like '%pg_sleep%'
        and pid <> pg_backend_pid()`),
    ).toEqual([])
  })

  test('is ended as one of several of a transaction too, of which none is carried out', async () => {
    await postgres.query(`insert into rollups values ('poll_a', 'total', to_timestamp(0), 7)`)
    await postgres.session(async (client) => {
      await client.query('begin; lock table ballots in access exclusive mode')
      const recount = rollupRecords(ending(200)).recount({ pollId: 'poll_a', rankings: [] }, patient())
      await expect(recount).rejects.toMatchObject({ code: '57014' })
      await client.query('rollback')
    })
    expect(await postgres.query(`select ballots from rollups where poll_id = 'poll_a'`)).toEqual([
      { ballots: '7' },
    ])
  })
})

describe('the end of a statement', () => {
  test('is its own: the next on the same session has none, or another', async () => {
    expect(await shown(ending(1_234))).toBe('1234ms')
    expect(await shown(ending())).toBe('0')
    expect(await shown(ending(2_000))).toBe('2s')
  })

  test('costs no round trip', async () => {
    const fetches = vi.spyOn(globalThis, 'fetch')
    try {
      await keyRing(ending(1_000)).find('key', patient())
      expect(fetches).toHaveBeenCalledTimes(1)
      await rollupRecords(ending(1_000)).recount({ pollId: 'poll_b', rankings: [] }, patient())
      expect(fetches).toHaveBeenCalledTimes(2)
    } finally {
      fetches.mockRestore()
    }
  })
})
