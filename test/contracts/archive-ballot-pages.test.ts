// What the archive promises to owners who read their ballots, on a real Postgres through the real driver.
import { describe, expect, test } from 'vitest'
import { ballotPages } from '../../src/archive/ballot-pages.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { exportLine } from '../../src/representation/export-line.ts'
import { ballotPagesOver } from '../support/ballot-pages.ts'
import { ownedPollOf } from '../support/owned.ts'
import { withPostgres } from '../support/postgres.ts'
import { aBallot } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(30_000)
const pages = () => ballotPages(openDatabase(postgres))
const store = (pollId: string, ballots: readonly ArchivedBallot[]) =>
  ballotRecords(openDatabase(postgres)).store(
    [{ v: 1, id: `${pollId}:0:1`, pollId, shard: 0, first: 1, last: ballots.length, ballots }],
    signal(),
  )

const some: readonly ArchivedBallot[] = [
  aBallot('bal_a', {
    answers: { why: 'because 🍕\n"now"\u2028', order: ['b', 'a'], stars: 4 },
    seq: 2 ** 53 - 1,
  }),
  aBallot('bal_b', { revision: 2, answers: null, country: null, salt: null }),
  aBallot('bal_c', { castAt: 1_795_560_578_757, country: null, shard: 255 }),
  aBallot('bal_d', { answers: { why: '' }, revision: 3 }),
]

describe('lists, texts and lines', () => {
  test('are what a person with the rows would show, page by page', async () => {
    await store('like', some.toReversed())
    await store('other', [aBallot('bal_bb')])
    const poll = await ownedPollOf('like')
    const told = ballotPagesOver(async (_poll, after) =>
      some.filter(({ id }) => after === null || id > after),
    )
    for (const after of [null, 'bal_a', 'bal_bb', 'bal_d'])
      for (const limit of [1, 2, 100]) {
        for (const erased of [null, true, false]) {
          const order = { after, limit, erased }
          expect(await pages().list(poll, order, signal())).toEqual(await told.list(poll, order, signal()))
        }
        const order = { after, limit, questionId: 'why' }
        expect(await pages().texts(poll, order, signal())).toEqual(await told.texts(poll, order, signal()))
      }
    for (const id of ['bal_a', 'bal_b', 'bal_bb'])
      expect(await pages().find(poll, id, signal())).toEqual(await told.find(poll, id, signal()))
  })

  test('write each ballot of an export as it would be written here', async () => {
    await store('lines', some)
    const poll = await ownedPollOf('lines')
    const { lines, ballots, next } = await pages().lines(poll, { after: null, rows: 9, bytes: 1e6 }, signal())
    const parsed = (text: string) =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    expect(parsed(lines)).toEqual(parsed(some.map(exportLine).join('')))
    expect([ballots, next]).toEqual([4, null])
  })

  test('of an unknown poll are empty', async () => {
    const poll = await ownedPollOf('unknown')
    const none = { items: [], next: null }
    expect(await pages().list(poll, { after: null, limit: 5, erased: null }, signal())).toEqual(none)
    expect(await pages().list(poll, { after: null, limit: 5, erased: true }, signal())).toEqual(none)
    const lines = await pages().lines(poll, { after: null, rows: 5, bytes: 10 }, signal())
    expect(lines).toEqual({ lines: '', ballots: 0, next: null })
  })
})

describe('walking', () => {
  test.each([1, 33, 120])('by %i meets every ballot once, while others come', async (limit) => {
    const pollId = `walk-${limit}`
    const poll = await ownedPollOf(pollId)
    const ids = Array.from({ length: 120 }, (_, at) => `bal_${String((at * 7919) % 10_007).padStart(5, '0')}`)
    await store(
      pollId,
      ids.map((id) => aBallot(id)),
    )
    const walked: string[] = []
    let [after, rounds]: [string | null, number] = [null, 0]
    do {
      const { items, next } = await pages().list(poll, { after, limit, erased: null }, signal())
      walked.push(...items.map(({ id }) => id))
      after = next
      if (rounds++ < 5) await store(pollId, [aBallot(`bal_${rounds}_late`)])
    } while (after !== null)
    expect(new Set(walked).size).toBe(walked.length)
    expect(walked.filter((id) => !id.endsWith('_late')).sort()).toEqual(ids.toSorted())
  })

  test('an export cuts pages by their bytes, and takes at least one ballot each', async () => {
    const poll = await ownedPollOf('long')
    const long = ['bal_a', 'bal_b', 'bal_c'].map((id) => aBallot(id, { answers: { why: 'x'.repeat(9_000) } }))
    await store('long', long)
    const walked: number[] = []
    let after: string | null = null
    do {
      const page = await pages().lines(poll, { after, rows: 50, bytes: 9_500 }, signal())
      walked.push(page.ballots)
      after = page.next
    } while (after !== null)
    expect(walked).toEqual([2, 1])
  })

  test('finds a rare text without reading the whole poll at once', async () => {
    await postgres.query(
      `insert into ballots (poll_id, id, revision, cast_at, answers, shard, seq, salt)
       select 'rare', 'bal_' || lpad(i::text, 6, '0'), 1, now(), case i when 12000 then '{"why":"here"}' else '{"q":["a"]}' end::jsonb, 0, i, ''
       from generate_series(1, 14000) as i`,
    )
    const poll = await ownedPollOf('rare')
    const seen: (readonly [number, string | null])[] = []
    let after: string | null = null
    do {
      const order = { after, limit: 20, questionId: 'why' }
      const { items, next } = await pages().texts(poll, order, signal())
      seen.push([items.length, next])
      after = next
    } while (after !== null)
    expect(seen).toEqual([
      [0, 'bal_005000'],
      [0, 'bal_010000'],
      [1, null],
    ])
  })
})
