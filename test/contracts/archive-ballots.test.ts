// What the archive promises of ballots, on a real Postgres through the real driver: stored once, whatever happens.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { ArchiveRejected } from '../../src/archive/archive-error.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { withPostgres } from '../support/postgres.ts'
import { aBallot } from './archived.ts'

const postgres = withPostgres()
const records = () => ballotRecords(openDatabase(postgres))
const store = (...messages: readonly BallotMessage[]) => records().store(messages, signal())
const signal = () => AbortSignal.timeout(20_000)

describe('a message', () => {
  test('stored twice is stored once', async () => {
    const message = aMessage('twice', [aBallot('a'), aBallot('b')])
    expect(await store(message)).toBe(2)
    expect(await store(message)).toBe(0)
    expect(await archived('twice')).toEqual([aBallot('a'), aBallot('b')])
  })

  test('without ballots asks nothing of Postgres', async () => {
    const nowhere = openDatabase({ url: postgres.url, endpoint: 'http://127.0.0.1:1/sql' })
    expect(await ballotRecords(nowhere).store([aMessage('none', [])], signal())).toBe(0)
  })

  test('may come before its poll', async () => {
    expect(await postgres.query(`select 1 from polls where id = 'early'`)).toEqual([])
    expect(await store(aMessage('early', [aBallot('a')]))).toBe(1)
  })
})

describe('revisions', () => {
  test('a higher one replaces, an equal or lower one changes nothing', async () => {
    const [first, second] = [
      aBallot('a'),
      aBallot('a', { revision: 2, answers: { where: ['sushi'] }, seq: 7 }),
    ]
    expect(await store(aMessage('revised', [second]))).toBe(1)
    expect(await store(aMessage('revised', [first]))).toBe(0)
    expect(await store(aMessage('revised', [second]))).toBe(0)
    expect(await archived('revised')).toEqual([second])
  })

  test('one ballot twice in a batch leaves its highest revision', async () => {
    const [first, second] = [aBallot('a'), aBallot('a', { revision: 2 })]
    expect(await store(aMessage('both', [second, first]), aMessage('both', [first]))).toBe(1)
    expect(await archived('both')).toEqual([second])
  })

  test('an erased ballot keeps its row, and an older message does not bring its answers back', async () => {
    const erased = aBallot('a', { revision: 2, answers: null, salt: null, country: null })
    await store(aMessage('erased', [aBallot('a')]))
    expect(await store(aMessage('erased', [erased]))).toBe(1)
    expect(await store(aMessage('erased', [aBallot('a')]))).toBe(0)
    expect(await archived('erased')).toEqual([erased])
    expect(
      await postgres.query(`select answers is null as gone from ballots where poll_id = 'erased'`),
    ).toEqual([{ gone: true }])
  })

  test('an erasure does not change when the ballot was cast', async () => {
    const erasure = aBallot('a', { revision: 2, answers: null, castAt: castAt + 60_000, seq: 9 })
    await store(aMessage('kept-time', [aBallot('a', { castAt })]))
    expect(await store(aMessage('kept-time', [erasure]))).toBe(1)
    const gone = { ...erasure, castAt, country: null, salt: null }
    expect(await archived('kept-time')).toEqual([gone])

    await store(aMessage('one-batch', [aBallot('a', { castAt }), erasure]), aMessage('one-batch', [erasure]))
    expect(await archived('one-batch')).toEqual([gone])
  })

  test('a revision does: it is cast anew', async () => {
    await store(aMessage('new-time', [aBallot('a', { castAt })]))
    await store(aMessage('new-time', [aBallot('a', { revision: 2, castAt: castAt + 1 })]))
    expect(await archived('new-time')).toMatchObject([{ castAt: castAt + 1 }])
  })

  test('an erasure that comes first leaves nothing of the voter either', async () => {
    await store(aMessage('erased-first', [aBallot('a', { revision: 2, answers: null })]))
    expect(await store(aMessage('erased-first', [aBallot('a')]))).toBe(0)
    expect(await archived('erased-first')).toMatchObject([{ answers: null, country: null, salt: null }])
  })

  const castAt = 1_795_560_000_123

  test('equal ids of different polls are different ballots', async () => {
    expect(await store(aMessage('one', [aBallot('a')]), aMessage('other', [aBallot('a')]))).toBe(2)
  })
})

test('shuffled, repeated, split and simultaneous deliveries converge to the highest revisions', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      async (history, atOnce, chance) => {
        const polls = [`run-${++run}-a`, `run-${run}-b`]
        const draw = (below: number) => Number(chance.next().value) % below
        const events = history.flatMap((revisions, ballot) => revisionsOf(`bal_${ballot}`, revisions))
        const sent = polls.flatMap((pollId) => events.map((event) => ({ pollId, event })))
        const repeated = sent.filter(() => draw(3) === 0)
        const batches = split(shuffle([...sent, ...repeated], draw), draw).map((batch) =>
          batch.map(({ pollId, event }) => aMessage(pollId, [event])),
        )
        if (atOnce) await Promise.all(batches.map((batch) => store(...batch)))
        else for (const batch of batches) await store(...batch)

        const expected = history.flatMap((revisions, ballot) =>
          revisionsOf(`bal_${ballot}`, revisions).slice(-1),
        )
        for (const pollId of polls) expect(await archived(pollId)).toEqual(expected)
      },
    ),
    { seed: 20261124, numRuns: 40 },
  )
})

test('a hundred messages of a hundred ballots are one statement', async () => {
  const messages = Array.from({ length: 100 }, (_, shard) =>
    aMessage(
      `full-${shard % 7}`,
      Array.from({ length: 100 }, (_, seq) => aBallot(`bal_${shard}_${seq}`, { shard, seq })),
    ),
  )
  const fetched = vi.spyOn(globalThis, 'fetch')
  expect(await store(...messages)).toBe(10_000)
  expect(fetched).toHaveBeenCalledOnce()
  expect(JSON.parse(String(fetched.mock.calls[0]?.[1]?.body))).toEqual({
    queries: [
      { query: expect.stringContaining('statement_timeout'), params: ['30000'] },
      {
        query: expect.stringContaining('distinct on'),
        params: expect.arrayContaining([expect.stringContaining('bal_99_99')]),
      },
    ],
  })
  fetched.mockRestore()
  expect(await store(...messages)).toBe(0)
})

describe('answers arrive as they were sent', () => {
  const cases: Readonly<Record<string, Answers>> = {
    emoji: { why: 'because 🍕👩‍👩‍👧‍👦' },
    'quotes and backslashes': { why: `"it's" \\ $1 $$ -- ; drop table ballots; \\u0041` },
    'line separators': { why: 'a\u2028b\u2029c\r\n\t\u0001' },
    'nested arrays': { where: ['pizza', 'sushi'], order: ['b', 'a', 'c'], stars: 4 },
    'the empty text': { why: '' },
    'a question called __proto__': Object.fromEntries([
      ['__proto__', ['pizza']],
      ['constructor', 5],
    ]),
    'a question called null': { null: 'null', '': 0 },
  }
  test.each(Object.entries(cases))('%s', async (name, answers) => {
    await store(aMessage(name, [aBallot('a', { answers })]))
    const [row] = await postgres.query<{ text: string }>(
      'select answers::text as text from ballots where poll_id = $1',
      [name],
    )
    expect(Object.entries(JSON.parse(row?.text ?? '')).sort()).toEqual(Object.entries(answers).sort())
  })

  test('times to the millisecond, and a seq beyond 32 bits', async () => {
    const ballot = aBallot('a', { castAt: 1_795_560_578_757, seq: 2 ** 53 - 1 })
    await store(aMessage('exact', [ballot]))
    expect(await archived('exact')).toEqual([ballot])
  })
})

describe('content that Postgres can never take is rejected, says nothing of itself, and stores nothing', () => {
  const cases: Readonly<Record<string, [code: string, Partial<ArchivedBallot>]>> = {
    'U+0000 in an answer': ['22P05', { answers: { why: 'secret\0answer' } }],
    'half a surrogate pair': ['22P02', { answers: { why: 'secret\ud83d' } }],
    'a time that is none': ['23502', { castAt: Number.NaN }],
    'a revision beyond 32 bits': ['22003', { revision: 2 ** 31 }],
    'a year that Postgres does not know': ['22008', { castAt: 1e18 }],
  }
  test.each(Object.entries(cases))('%s', async (name, [code, wrong]) => {
    const poisoned = store(aMessage(name, [aBallot('good'), aBallot('secret', wrong)]))
    const error = await poisoned.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ArchiveRejected)
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/secret|insert into/)
    expect(await archived(name)).toEqual([])
  })
})

/** Per ballot: how many revisions, and whether the last is its erasure. */
const histories = fc.array(fc.record({ casts: fc.integer({ min: 1, max: 3 }), erased: fc.boolean() }), {
  minLength: 1,
  maxLength: 5,
})

const revisionsOf = (
  id: string,
  { casts, erased }: { casts: number; erased: boolean },
): readonly ArchivedBallot[] => {
  const cast = Array.from({ length: casts }, (_, at) =>
    aBallot(id, { revision: at + 1, answers: { stars: at + 1 } }),
  )
  return erased
    ? [...cast, aBallot(id, { revision: casts + 1, answers: null, salt: null, country: null })]
    : cast
}

const shuffle = <Item>(items: readonly Item[], draw: (below: number) => number): readonly Item[] =>
  items
    .map((item) => ({ item, at: draw(2 ** 31) }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item)

const split = <Item>(
  items: readonly Item[],
  draw: (below: number) => number,
): readonly (readonly Item[])[] => {
  const size = 1 + draw(6)
  return items.length <= size ? [items] : [items.slice(0, size), ...split(items.slice(size), draw)]
}

const aMessage = (pollId: string, ballots: readonly ArchivedBallot[]): BallotMessage => ({
  v: 1,
  id: `${pollId}:3:1`,
  pollId,
  shard: 3,
  first: 1,
  last: ballots.length,
  ballots,
})

const archived = async (pollId: string): Promise<readonly ArchivedBallot[]> => {
  const rows = await postgres.query<Omit<ArchivedBallot, 'castAt' | 'seq'> & { cast_at: Date; seq: string }>(
    'select id, revision, cast_at, answers, country, shard, seq, salt from ballots where poll_id = $1 order by id',
    [pollId],
  )
  return rows.map(({ cast_at, seq, ...row }) => ({ ...row, castAt: cast_at.getTime(), seq: Number(seq) }))
}
