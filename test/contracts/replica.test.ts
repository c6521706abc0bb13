// A real replica, held back: who names what they wrote never reads something older, and the replica answers where it can.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { type Databases, openDatabases, perDatabase } from '../../src/archive/databases.ts'
import { logPosition } from '../../src/archive/log-position.ts'
import { usageReader } from '../../src/archive/usage-reader.ts'
import { writeTokens } from '../../src/archive/write-token.ts'
import { carryReadAfter } from '../../src/kernel/read-after.ts'
import { withPostgres } from '../support/postgres.ts'
import { withReplica } from '../support/replica.ts'

const postgres = withPostgres()
const replica = withReplica(postgres)
const events: Event[] = []
let now = 0

const open = (readUrl = replica.url) =>
  openDatabases(
    {
      urls: { main: postgres.url },
      readUrls: { main: readUrl },
      pins: {},
      endpoint: replica.endpoint,
    },
    { statementMs: 10_000, report: (event) => void events.push(event), clock: { now: () => now } },
  )

/** A signal of a read that must have seen `token`. */
const after = (token: string | null): AbortSignal => {
  const signal = AbortSignal.timeout(20_000)
  carryReadAfter(signal, token)
  return signal
}

const use = (ballots: number) =>
  postgres.query(
    `insert into usage values ('ws_a', '2026-01-01', $1)
     on conflict (workspace_id, day) do update set ballots = excluded.ballots`,
    [ballots],
  )
const read = async (databases: Databases, token: string | null): Promise<number> =>
  (await usageReader(databases.of('ws_a').reads).stored('ws_a', after(token))).ballots
const written = (databases: Databases) => {
  const { of, directory } = perDatabase(databases, logPosition)
  return writeTokens(databases, of, directory).written('ws_a', AbortSignal.timeout(20_000))
}
/** Reads of usage that the replica has carried out. */
const answered = () => replica.asked('coalesce(sum(')
const passedOver = () => events.flatMap((event) => (event.type === 'replica-passed-over' ? event.reason : []))

beforeEach(async () => {
  await use(1)
  await replica.catchUp()
  events.length = 0
  now += 60_000
})
afterEach(() => replica.catchUp())

describe('a read that names what was written', () => {
  test('is answered by the replica once that has seen it', async () => {
    const databases = open()
    await use(2)
    const token = await written(databases)
    expect(token).toMatch(/^main=[0-9A-F]+\/[0-9A-F]+$/)
    await replica.catchUp()
    const before = await answered()
    expect(await read(databases, token)).toBe(2)
    expect((await answered()) - before).toBe(1)
    expect(passedOver()).toEqual([])
  })

  test('is answered by the primary while the replica lags, which begins no statement of it', async () => {
    const databases = open()
    await replica.hold()
    await use(3)
    const before = await answered()
    expect(await read(databases, await written(databases))).toBe(3)
    expect((await answered()) - before).toBe(0)
    expect(passedOver()).toEqual(['behind'])
  })

  test('may be older than what it does not name, for as long as the replica lags', async () => {
    const databases = open()
    const token = await written(databases)
    await replica.catchUp()
    await replica.hold()
    await use(4)
    expect(await read(databases, token)).toBe(1)
    expect(await read(databases, await written(databases))).toBe(4)
    await replica.catchUp()
    expect(await read(databases, token)).toBe(4)
  })

  test('never goes back, whatever is written and however far the replica lags', async () => {
    const databases = open()
    let seen = 1
    for (let ballots = 10; ballots < 30; ballots++) {
      if (ballots % 3 === 0) await replica.hold()
      await use(ballots)
      const token = await written(databases)
      if (ballots % 3 === 1) await replica.catchUp()
      const found = await read(databases, token)
      expect(found).toBeGreaterThanOrEqual(ballots)
      expect(found).toBeGreaterThanOrEqual(seen)
      seen = found
    }
  })

  test('asks its replica in one round trip', async () => {
    const databases = open()
    const token = await written(databases)
    await replica.catchUp()
    const fetches = vi.spyOn(globalThis, 'fetch')
    try {
      await read(databases, token)
      expect(fetches).toHaveBeenCalledTimes(1)
    } finally {
      fetches.mockRestore()
    }
  })
})

describe('the primary answers', () => {
  test('whoever names nothing', async () => {
    await replica.hold()
    await use(5)
    expect(await read(open(), null)).toBe(5)
    expect(passedOver()).toEqual([])
  })

  test.each(['nonsense', 'north=0/1', 'main=', 'main=0/zz', `main=0/1'); drop table usage; --`])(
    'whoever names what is none: %s',
    async (token) => {
      await replica.hold()
      await use(6)
      expect(await read(open(), token)).toBe(6)
    },
  )

  test('whoever names a moment that has not come', async () => {
    expect(await read(open(), 'main=FFFFFFFF/FFFFFFFF')).toBe(1)
    expect(passedOver()).toEqual(['behind'])
  })

  test('where the replica is away, and leaves it alone for a while', async () => {
    const nowhere = new URL(replica.url)
    nowhere.pathname = '/nothing'
    const databases = open(nowhere.href)
    const token = await written(databases)
    const fetches = vi.spyOn(globalThis, 'fetch')
    try {
      expect(await read(databases, token)).toBe(1)
      expect(fetches).toHaveBeenCalledTimes(2)
      expect(await read(databases, token)).toBe(1)
      expect(fetches).toHaveBeenCalledTimes(3)
      now += 10_000
      expect(await read(databases, token)).toBe(1)
      expect(fetches).toHaveBeenCalledTimes(5)
      expect(passedOver()).toEqual(['away', 'away', 'away'])
    } finally {
      fetches.mockRestore()
    }
  })

  test('where the address of the replica is that of a primary', async () => {
    const databases = open(postgres.url)
    expect(await read(databases, await written(databases))).toBe(1)
    expect(passedOver()).toEqual(['behind'])
  })
})

test('nothing need be named where there is no replica', async () => {
  const databases = openDatabases(
    { urls: { main: postgres.url }, readUrls: {}, pins: {}, endpoint: postgres.endpoint },
    { statementMs: 10_000, report: () => {}, clock: { now: () => 0 } },
  )
  const fetches = vi.spyOn(globalThis, 'fetch')
  try {
    expect(await written(databases)).toBeNull()
    expect(fetches).not.toHaveBeenCalled()
  } finally {
    fetches.mockRestore()
  }
})
