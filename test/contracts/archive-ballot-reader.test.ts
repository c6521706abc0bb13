// What the archive promises to those who read it whole, on a real Postgres through the real driver.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ballotPages } from '../../src/archive/ballot-pages.ts'
import { ballotReader } from '../../src/archive/ballot-reader.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { ownedPollOf } from '../support/owned.ts'
import { withPostgres } from '../support/postgres.ts'
import { aBallot, aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const pages = () => ballotPages(openDatabase(postgres))
const reader = () => ballotReader(openDatabase(postgres))
const audit = (pollId: string) => reader().audit(pollId, signal())
const pollIds = (after: string | null, limit: number) => reader().pollIds(after, limit, signal())
const store = (pollId: string, ballots: readonly ArchivedBallot[]) =>
  ballotRecords(openDatabase(postgres)).store(
    [{ v: 1, id: `${pollId}:0:1`, pollId, shard: 0, first: 1, last: ballots.length, ballots }],
    signal(),
  )

describe('an audit', () => {
  test('says of each shard what a person with the rows would say', async () => {
    const ballots = [
      // a dictionary orders these in another way than bytes do
      ...['bal_b', 'bal_B', 'bal_a', 'bal_é', 'bal_z', 'bal-a'].map((id) => aBallot(id, { shard: 1 })),
      ...Array.from({ length: 30 }, (_, at) =>
        aBallot(`bal_${scattered(at)}`, { shard: at % 3 === 0 ? 2 : 12 }),
      ),
    ]
    await store('audited', ballots)
    await store('not-audited', [aBallot('bal_x', { shard: 1 })])
    expect(await audit('audited')).toEqual(
      [1, 2, 12].map((shard) =>
        summed(
          shard,
          ballots.filter((ballot) => ballot.shard === shard),
        ),
      ),
    )
  })

  test('is the same in a database that orders as a dictionary does', async () => {
    const ballots = ['bal_b', 'bal_B', 'bal_a', 'bal_é', 'bal_z', 'bal-a'].map((id) => aBallot(id))
    await store('dictionary', ballots)
    await postgres.query('alter table ballots alter column id type text collate "und-x-icu"')
    try {
      expect(await audit('dictionary')).toEqual([summed(3, ballots)])
      const poll = await ownedPollOf('dictionary')
      const first = await pages().list(poll, { after: null, limit: 3, erased: null }, signal())
      const rest = await pages().list(poll, { after: first.next, limit: 3, erased: null }, signal())
      const ids = [...first.items, ...rest.items].map(({ id }) => id)
      expect([ids.toSorted(), rest.next]).toEqual([ballots.map(({ id }) => id).toSorted(), null])
    } finally {
      await postgres.query('alter table ballots alter column id type text')
    }
  })

  test('changes with a revision', async () => {
    const [first, second] = [aBallot('bal_a'), aBallot('bal_a', { revision: 2 })]
    await store('revised', [first])
    expect(await audit('revised')).toEqual([summed(3, [first])])
    await store('revised', [second])
    expect(await audit('revised')).toEqual([summed(3, [second])])
  })

  test('leaves out the erased; a shard of them alone is there with nothing', async () => {
    const [kept, erased] = [aBallot('bal_a'), aBallot('bal_b', { revision: 2, answers: null })]
    await store('erased', [kept, aBallot('bal_b')])
    await store('erased', [erased])
    expect(await audit('erased')).toEqual([summed(3, [kept])])
    await store('erased', [{ ...erased, id: 'bal_a' }])
    expect(await audit('erased')).toEqual([
      { shard: 3, ballots: 0, digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ])
  })

  test('of a poll without ballots is empty', async () => {
    expect(await audit('unknown')).toEqual([])
  })
})

test('the ids of polls are walked in order, without those that are deleted', async () => {
  const ids = ['poll_a', 'poll_b', 'poll_c', 'poll_d', 'poll_e']
  for (const id of ids) await pollRecords(openDatabase(postgres)).record(aPoll({ id }), signal())
  const death = { pollId: 'poll_c', workspaceId: 'ws_a', deletedAt: 0 }
  await pollRecords(openDatabase(postgres)).remove(death, signal())
  expect(await pollIds(null, 3)).toEqual(['poll_a', 'poll_b', 'poll_d'])
  expect(await pollIds('poll_d', 3)).toEqual(['poll_e'])
  expect(await pollIds('poll_e', 3)).toEqual([])
})

const summed = (shard: number, ballots: readonly ArchivedBallot[]) => ({
  shard,
  ballots: ballots.length,
  digest: createHash('sha256')
    .update(
      ballots
        .toSorted((left, right) => Buffer.compare(Buffer.from(left.id), Buffer.from(right.id)))
        .map(({ id, revision }) => `${id}:${revision}`)
        .join(','),
    )
    .digest('hex'),
})

/** Far from the order of the numbers, and different for each. */
const scattered = (at: number) => String((at * 7919) % 10_007).padStart(5, '0')
