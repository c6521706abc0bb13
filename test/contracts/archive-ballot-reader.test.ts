// What the archive promises to those who read it whole, on a real Postgres through the real driver.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ballotReader } from '../../src/archive/ballot-reader.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { withPostgres } from '../support/postgres.ts'
import { aBallot, aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const reader = () => ballotReader(openDatabase(postgres))
const page = (pollId: string, after: string | null, limit: number) =>
  reader().page(pollId, after, limit, signal())
const audit = (pollId: string) => reader().audit(pollId, signal())
const pollIds = (after: string | null, limit: number) => reader().pollIds(after, limit, signal())
const store = (pollId: string, ballots: readonly ArchivedBallot[]) =>
  ballotRecords(openDatabase(postgres)).store(
    [{ v: 1, id: `${pollId}:0:1`, pollId, shard: 0, first: 1, last: ballots.length, ballots }],
    signal(),
  )

describe('a page', () => {
  test('has ballots as they were stored, erased ones too, in the order of their ids', async () => {
    const ballots = [
      aBallot('bal_a', { answers: { why: 'because 🍕', order: ['b', 'a'], stars: 4 }, seq: 2 ** 53 - 1 }),
      aBallot('bal_b', { revision: 2, answers: null, country: null, salt: null }),
      aBallot('bal_c', { castAt: 1_795_560_578_757, country: null, shard: 255 }),
    ]
    await store('whole', ballots.toReversed())
    await store('other', [aBallot('bal_bb')])
    expect(await page('whole', null, 100)).toEqual(ballots)
  })

  test('begins after an id, which need not exist, and ends at the limit', async () => {
    await store(
      'part',
      ['a', 'c', 'e', 'g'].map((id) => aBallot(id)),
    )
    expect((await page('part', 'a', 2)).map(({ id }) => id)).toEqual(['c', 'e'])
    expect((await page('part', 'd', 2)).map(({ id }) => id)).toEqual(['e', 'g'])
    expect(await page('part', 'g', 2)).toEqual([])
    expect(await page('unknown', null, 2)).toEqual([])
  })

  test.each([1, 7, 33, 120, 121])('of %i walks all rows exactly once, while others come', async (limit) => {
    const pollId = `walk-${limit}`
    const ids = Array.from({ length: 120 }, (_, at) => `bal_${scattered(at)}`)
    await store(
      pollId,
      ids.map((id) => aBallot(id)),
    )
    const walked: string[] = []
    let [after, rounds]: [string | null, number] = [null, 0]
    do {
      const found = await page(pollId, after, limit)
      walked.push(...found.map(({ id }) => id))
      after = found.at(-1)?.id ?? null
      // at most a few, so that walking one by one comes to an end
      if (rounds++ < 20) await store(pollId, [aBallot(`bal_${scattered(rounds)}_late`)])
    } while (after !== null)
    expect(new Set(walked).size).toBe(walked.length)
    expect(walked.filter((id) => !id.endsWith('_late')).sort()).toEqual(ids.sort())
  })

  test('is found by the primary key, without a sort', async () => {
    const plan = await planOf(
      `select id, answers from ballots where poll_id = 'poll_a' and id > 'bal_a' order by id limit 1000`,
    )
    expect(plan).toMatch(/Index Scan using ballots_p\d\d_pkey/)
    expect(plan).not.toContain('Sort')
  })
})

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
      expect(await walk('dictionary', 2)).toHaveLength(ballots.length)
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

const walk = async (pollId: string, limit: number): Promise<readonly string[]> => {
  const walked: string[] = []
  let found: readonly ArchivedBallot[]
  do {
    found = await page(pollId, walked.at(-1) ?? null, limit)
    walked.push(...found.map(({ id }) => id))
  } while (found.length > 0)
  return walked
}

/** Far from the order of the numbers, and different for each. */
const scattered = (at: number) => String((at * 7919) % 10_007).padStart(5, '0')

const planOf = async (query: string): Promise<string> => {
  const [, { rows }] = await postgres.session(async (client) => [
    await client.query('set enable_seqscan = off; set enable_bitmapscan = off'),
    await client.query(`explain (format text) ${query}`),
  ])
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}
