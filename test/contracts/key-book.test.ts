// What the archive promises of managed keys and of the audit log: on a real Postgres, and of what stands in for it in tests.
import { beforeEach, describe, expect, test } from 'vitest'
import type { AuditEntry, AuditLog } from '../../src/application/audit-ports.ts'
import type { KeyBook, KeyReach, NewKey } from '../../src/application/key-ports.ts'
import { ArchiveRejected } from '../../src/archive/archive-error.ts'
import { auditLog } from '../../src/archive/audit-log.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { keyBook } from '../../src/archive/key-book.ts'
import { keyRing } from '../../src/archive/key-ring.ts'
import { memoryKeys } from '../support/memory-keys.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const now = 1_795_560_000_123
const signal = () => AbortSignal.timeout(20_000)

interface Stand {
  readonly book: KeyBook
  readonly log: AuditLog
  /** A workspace's own id. */
  readonly account: string
}

let made = 0
const stands = {
  Postgres: async (): Promise<Stand> => {
    const account = `ws_${++made}`
    await postgres.query(
      `insert into workspaces (id, name, plan, created_at) values ($1, 'x', 'free', now())`,
      [account],
    )
    const database = openDatabase(postgres)
    return { book: keyBook(database), log: auditLog(database), account }
  },
  'in memory': async (): Promise<Stand> => ({ ...memoryKeys(), account: `ws_${++made}` }),
}

describe.each(Object.entries(stands))('keys as their owner manages them, %s', (_where, make) => {
  let stand: Stand
  let reach: KeyReach
  beforeEach(async () => {
    stand = await make()
    reach = { accountId: stand.account, mode: null }
  })

  const aKey = (changes: Partial<NewKey> = {}): NewKey => ({
    id: `key_${String(++made).padStart(16, '0')}`,
    accountId: stand.account,
    name: `Grüße 🗳️ "it's"`,
    mode: 'live',
    scopes: ['polls:read', 'keys:write'],
    createdAt: now,
    expiresAt: null,
    secretHash: 'ab'.repeat(32),
    ...changes,
  })
  const anEntry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
    id: `aud_${++made}`,
    workspaceId: stand.account,
    at: now,
    actor: 'key_actor',
    action: 'key.test',
    target: 'key_target',
    requestId: 'req_1',
    ...changes,
  })
  const add = async (changes: Partial<NewKey> = {}) => {
    const key = aKey(changes)
    await stand.book.add(key, anEntry(), signal())
    return key
  }
  const find = (keyId: string, of = reach) => stand.book.find(of, keyId, signal())
  const entries = async () =>
    (await stand.log.list({ workspaceId: stand.account, limit: 100, after: null }, signal())).length
  const revoke = (keyId: string, force = false, of = reach) =>
    stand.book.revoke(of, keyId, { force, now: now + 5 }, anEntry(), signal())

  test('are found as they were made, without their secret', async () => {
    const { accountId: _account, secretHash: _hash, ...key } = await add({ expiresAt: now + 1 })
    const found = await find(key.id)
    expect(found).toEqual({ ...key, revokedAt: null, lastUsedAt: null, replacedBy: null })
    expect(await entries()).toBe(1)
  })

  test('that are there already are answered as they are, and nothing is noted', async () => {
    const key = await add()
    await revoke(key.id, true)
    const again = { ...key, name: 'Another', createdAt: now + 1 }
    expect(await stand.book.add(again, anEntry(), signal())).toEqual(await find(key.id))
    expect(await find(key.id)).toMatchObject({ name: key.name, createdAt: now, revokedAt: now + 5 })
    expect(await entries()).toBe(2)
    const of = { accountId: 'ws_other', mode: null } as const
    expect(await stand.book.find(of, key.id, signal())).toBeNull()
  })

  test('are nobody else’s: another workspace finds, changes and ends nothing', async () => {
    const { id } = await add()
    const successor = aKey()
    for (const other of [
      { accountId: 'ws_other', mode: null },
      { accountId: stand.account, mode: 'test' },
    ] as const) {
      expect(await find(id, other)).toBeNull()
      expect(await stand.book.rename(other, id, 'mine', anEntry(), signal())).toBeNull()
      const change = { successor, endsAt: now, now }
      expect(await stand.book.rotate(other, id, change, anEntry(), signal())).toBe(false)
      expect(await revoke(id, true, other)).toBeNull()
      expect(await stand.book.list({ ...other, limit: 10, after: null }, signal())).toEqual([])
    }
    expect(await find(id)).toMatchObject({ revokedAt: null, replacedBy: null, expiresAt: null })
    expect([await find(successor.id), await entries()]).toEqual([null, 1])
  })

  test('are listed newest first, page by page; a test key’s reach shows test keys', async () => {
    const keys: NewKey[] = []
    for (const at of [0, 1, 1, 2]) keys.push(await add({ createdAt: now + at }))
    const tests = await add({ mode: 'test', createdAt: now + 3 })
    const newest = [tests, ...keys.toReversed()].map(({ id }) => id)
    const first = await stand.book.list({ ...reach, limit: 3, after: null }, signal())
    const last = first.at(-1)
    if (last === undefined) throw new Error('the page is empty')
    const second = await stand.book.list({ ...reach, limit: 3, after: last }, signal())
    expect([...first, ...second].map(({ id }) => id)).toEqual(newest)
    const seen = await stand.book.list({ ...reach, mode: 'test', limit: 9, after: null }, signal())
    expect(seen.map(({ id }) => id)).toEqual([tests.id])
  })

  test('are renamed, and noted with it', async () => {
    const { id } = await add()
    expect(await stand.book.rename(reach, id, 'new', anEntry(), signal())).toMatchObject({ id, name: 'new' })
    expect([(await find(id))?.name, await entries()]).toEqual(['new', 2])
  })

  test('are replaced: the old one ends after the overlap, never later than it would have', async () => {
    for (const [expiresAt, endsAt, ends] of [
      [null, now + 100, now + 100],
      [now + 50, now + 100, now + 50],
      [now + 500, now, now],
    ] as const) {
      const old = await add({ expiresAt })
      const successor = aKey()
      const change = { successor, endsAt, now }
      expect(await stand.book.rotate(reach, old.id, change, anEntry(), signal())).toBe(true)
      expect(await find(old.id)).toMatchObject({ expiresAt: ends, replacedBy: successor.id })
      expect(await find(successor.id)).toMatchObject({ expiresAt: null, scopes: successor.scopes })
    }
  })

  test('are replaced once: of two at the same time one is', async () => {
    const old = await add()
    const successors = [aKey(), aKey(), aKey()]
    const before = await entries()
    const done = await Promise.all(
      successors.map((successor) =>
        stand.book.rotate(reach, old.id, { successor, endsAt: now, now }, anEntry(), signal()),
      ),
    )
    expect(done.filter(Boolean)).toHaveLength(1)
    const found = await Promise.all(successors.map(({ id }) => find(id)))
    expect(found.filter((key) => key !== null)).toHaveLength(1)
    expect(await entries()).toBe(before + 1)
  })

  test('that are over are not replaced', async () => {
    const expired = await add({ expiresAt: now })
    const revoked = await add()
    await revoke(revoked.id, true)
    const before = await entries()
    for (const { id } of [expired, revoked]) {
      const change = { successor: aKey(), endsAt: now + 100, now: now + 10 }
      expect(await stand.book.rotate(reach, id, change, anEntry(), signal())).toBe(false)
    }
    expect(await entries()).toBe(before)
  })

  test('are revoked once, and stay in the list', async () => {
    const { id } = await add({ scopes: ['polls:read'] })
    expect([await revoke(id), await revoke(id), await entries()]).toEqual(['revoked', 'revoked', 2])
    expect((await find(id))?.revokedAt).toBe(now + 5)
  })

  test('cannot all be revoked: the last live one that manages keys stays, unless forced', async () => {
    const [one, two] = [await add(), await add()]
    await add({ mode: 'test' })
    await add({ scopes: ['polls:read'] })
    await add({ expiresAt: now + 1 })
    expect(await revoke(one.id)).toBe('revoked')
    const before = await entries()
    expect(await revoke(two.id)).toBe('last')
    expect([(await find(two.id))?.revokedAt, await entries()]).toEqual([null, before])
    expect(await revoke(two.id, true)).toBe('revoked')
    expect((await find(two.id))?.revokedAt).toBe(now + 5)
  })

  test('cannot all be revoked at once either, nor lean on one that was replaced', async () => {
    const [one, two] = [await add(), await add()]
    expect((await Promise.all([revoke(one.id), revoke(two.id)])).toSorted()).toEqual(['last', 'revoked'])
    const successor = aKey()
    const old = (await find(one.id))?.revokedAt === null ? one.id : two.id
    await stand.book.rotate(reach, old, { successor, endsAt: now + 100, now }, anEntry(), signal())
    expect(await revoke(successor.id)).toBe('last')
    expect(await revoke(old)).toBe('revoked')
  })

  test('say when they were used last, and never go back', async () => {
    const { id } = await add()
    for (const at of [now + 10, now + 5]) await stand.book.touch(id, at, signal())
    expect((await find(id))?.lastUsedAt).toBe(now + 10)
    await stand.book.touch('key_none', now, signal())
  })

  test('entries are listed newest first, of one tenant, and added once', async () => {
    const tenant = `${stand.account}_test`
    const all = [0, 1, 1, 2].map((at, n) =>
      anEntry({ id: `aud_${made}_${n}`, workspaceId: tenant, at: now + at, action: 'a.b', target: "x'; --" }),
    )
    for (const entry of [...all, ...all]) await stand.log.add(entry, signal())
    const page = (after: { at: number; id: string } | null) =>
      stand.log.list({ workspaceId: tenant, limit: 3, after }, signal())
    const first = await page(null)
    const second = await page(first.at(-1) ?? null)
    expect([...first, ...second]).toEqual(all.toReversed())
    expect(await entries()).toBe(0)
  })
})

describe('in Postgres', () => {
  test('a change that Postgres refuses leaves neither key nor entry', async () => {
    const { book, log, account } = await stands.Postgres()
    const entry: AuditEntry = {
      id: `aud_twice_${account}`,
      workspaceId: account,
      at: now,
      actor: 'a',
      action: 'b',
      target: 'c',
      requestId: 'd',
    }
    await log.add(entry, signal())
    const key: NewKey = {
      id: `key_${account}`,
      accountId: account,
      name: 'x',
      mode: 'live',
      scopes: ['polls:read'],
      createdAt: now,
      expiresAt: null,
      secretHash: 'ab'.repeat(32),
    }
    await expect(book.add(key, entry, signal())).rejects.toThrow(ArchiveRejected)
    expect(await book.find({ accountId: account, mode: null }, key.id, signal())).toBeNull()
  })

  test('the ring finds what the book made, hash and all', async () => {
    const { book, account } = await stands.Postgres()
    const key = {
      id: `key_ring_${account}`,
      accountId: account,
      name: 'x',
      mode: 'test',
      scopes: ['exports:read'],
    } as const
    const entry = {
      id: `aud_ring_${account}`,
      workspaceId: account,
      at: now,
      actor: 'a',
      action: 'b',
      target: 'c',
      requestId: 'd',
    }
    await book.add({ ...key, createdAt: now, expiresAt: null, secretHash: 'cd'.repeat(32) }, entry, signal())
    expect(await keyRing(openDatabase(postgres)).find(key.id, signal())).toMatchObject({
      workspaceId: account,
      plan: 'free',
      mode: 'test',
      scopes: ['exports:read'],
      secretHash: 'cd'.repeat(32),
    })
  })

  test.each([
    ['api_keys', 'created_at', 'api_keys_by_workspace'],
    ['audit_log', 'at', 'audit_log_newest_first'],
  ])('a page of %s is read by its index, without a sort', async (table, column, index) => {
    const [, { rows }] = await postgres.session(async (client) => [
      await client.query('set enable_seqscan = off; set enable_bitmapscan = off'),
      await client.query(
        `explain select * from ${table} where workspace_id = 'ws_a' and (${column}, id) < (now(), 'x')
         order by ${column} desc, id desc limit 20`,
      ),
    ])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain(index)
    expect(plan).not.toContain('Sort')
  })
})
