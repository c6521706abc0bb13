// What the archive promises of issued invites, on a real Postgres through the real driver.
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/archive/database.ts'
import { inviteBook } from '../../src/archive/invite-book.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { sha256 } from '../../src/kernel/hash.ts'
import { ownedPollOf } from '../support/owned.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(60_000)
const book = () => inviteBook(openDatabase(postgres))
const issuedAt = 1_795_560_578_757
const hashes = (count: number) => Array.from({ length: count }, (_, at) => sha256(`code ${at}`))

test('a hundred thousand are written down by one statement, once, and walked by serial', async () => {
  const poll = await ownedPollOf('poll_many')
  const batch = { first: 1, hashes: hashes(100_000), issuedAt }
  await book().record(poll, batch, signal())
  await book().record(poll, batch, signal())
  const [row] = await postgres.query<{ count: string }>(
    `select count(*) from invites where poll_id = 'poll_many'`,
  )
  expect(row?.count).toBe('100000')
  const page = await book().list(poll, { after: 99_998, limit: 5 }, signal())
  expect(page).toEqual([
    { serial: 99_999, issuedAt, revokedAt: null },
    { serial: 100_000, issuedAt, revokedAt: null },
  ])
  const [kept] = await postgres.query<{ hash: Buffer }>(
    `select hash from invites where poll_id = 'poll_many' and serial = 7`,
  )
  expect(kept?.hash.toString('hex')).toBe(sha256('code 6'))
})

test('one that is revoked keeps the time of the first; another workspace sees and marks nothing', async () => {
  const poll = await ownedPollOf('poll_revoked')
  const stranger = await ownedPollOf('poll_revoked', 'ws_other')
  await book().record(poll, { first: 5, hashes: hashes(2), issuedAt }, signal())
  await book().revoke(stranger, { serial: 5, revokedAt: 1 }, signal())
  await book().revoke(poll, { serial: 6, revokedAt: 2_000 }, signal())
  await book().revoke(poll, { serial: 6, revokedAt: 3_000 }, signal())
  await book().revoke(poll, { serial: 2 ** 40 - 1, revokedAt: 3_000 }, signal())
  expect(await book().list(poll, { after: 0, limit: 9 }, signal())).toEqual([
    { serial: 5, issuedAt, revokedAt: null },
    { serial: 6, issuedAt, revokedAt: 2_000 },
  ])
  expect(await book().list(stranger, { after: 0, limit: 9 }, signal())).toEqual([])
})

test('of a deleted poll they go, and none is written any more', async () => {
  const poll = await ownedPollOf('poll_gone')
  await book().record(poll, { first: 1, hashes: hashes(3), issuedAt }, signal())
  const death = { pollId: 'poll_gone', workspaceId: 'ws_test', deletedAt: 0 }
  await pollRecords(openDatabase(postgres)).remove(death, signal())
  await book().record(poll, { first: 4, hashes: hashes(3), issuedAt }, signal())
  expect(await book().list(poll, { after: 0, limit: 9 }, signal())).toEqual([])
})
