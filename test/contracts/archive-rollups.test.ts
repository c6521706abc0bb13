// What is counted of ballots as they are archived, on a real Postgres: always what counting them anew would say.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { findOwned } from '../../src/application/own-poll.ts'
import { type CrossTabCell, intervals } from '../../src/application/rollups.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { rollupReader } from '../../src/archive/rollup-reader.ts'
import { rollupRecords } from '../../src/archive/rollup-records.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { seed } from '../laws/seed.ts'
import { withPostgres } from '../support/postgres.ts'
import { rollupReaderOver } from '../support/rollups.ts'
import { aBallot, aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const store = (...messages: readonly BallotMessage[]) =>
  ballotRecords(openDatabase(postgres)).store(messages, signal())
const minute = 60_000
const noon = Date.UTC(2026, 10, 25, 12)

const aMessage = (
  pollId: string,
  ballots: readonly ArchivedBallot[],
  but: Partial<BallotMessage> = {},
): BallotMessage => ({
  v: 2,
  id: `${pollId}:0:1`,
  pollId,
  workspaceId: 'ws_a',
  shard: 0,
  first: 1,
  last: ballots.length,
  ballots,
  ...but,
})

/** By dimension and minutes after noon. */
const rollups = async (pollId: string): Promise<Record<string, number>> => {
  const rows = await postgres.query<{ dimension: string; minute: Date; ballots: string }>(
    'select dimension, minute, ballots from rollups where poll_id = $1 and ballots <> 0 order by 1, 2',
    [pollId],
  )
  return Object.fromEntries(
    rows.map((row) => {
      const at = row.minute.getTime()
      return [at === 0 ? row.dimension : `${row.dimension} +${(at - noon) / minute}`, Number(row.ballots)]
    }),
  )
}

const usage = async (workspaceId: string) =>
  (
    await postgres.query<{ day: string; ballots: string }>(
      'select day::text, ballots from usage where workspace_id = $1 order by day',
      [workspaceId],
    )
  ).map(({ day, ballots }) => [day, Number(ballots)])

describe('what is archived is counted', () => {
  test('by minute, by option and by country, each kind of answer in its way', async () => {
    const answers = { where: ['pizza', 'sushi'], order: ['b', 'a'], stars: 4, why: 'close by' }
    await store(
      aMessage('kinds', [aBallot('a', { castAt: noon + 61_000, answers, country: 'DE' })], {
        rankings: ['order'],
      }),
    )
    expect(await rollups('kinds')).toEqual({
      'total +1': 1,
      'option/order/b +1': 1,
      'option/stars/4 +1': 1,
      'option/where/pizza +1': 1,
      'option/where/sushi +1': 1,
      'country/DE': 1,
      'country/DE/order/b': 1,
      'country/DE/stars/4': 1,
      'country/DE/where/pizza': 1,
      'country/DE/where/sushi': 1,
    })
  })

  test('once, however often it comes', async () => {
    const message = aMessage('again', [aBallot('a', { castAt: noon }), aBallot('b', { castAt: noon })])
    await store(message)
    const once = await rollups('again')
    await store(message, message)
    expect(await rollups('again')).toEqual(once)
    expect(once).toMatchObject({ 'total +0': 2, 'option/where/pizza +0': 2 })
  })

  test('a revision moves it, an erasure takes it away', async () => {
    await store(aMessage('moved', [aBallot('a', { castAt: noon })]))
    const revised = { revision: 2, castAt: noon + minute, answers: { where: ['sushi'] }, country: null }
    await store(aMessage('moved', [aBallot('a', revised)]))
    expect(await rollups('moved')).toEqual({
      'total +1': 1,
      'option/where/sushi +1': 1,
      'country/': 1,
      'country//where/sushi': 1,
    })
    await store(aMessage('moved', [aBallot('a', { revision: 3, answers: null, country: null, salt: null })]))
    expect(await rollups('moved')).toEqual({})
  })

  test('nothing of a poll that is deleted', async () => {
    const records = pollRecords(openDatabase(postgres))
    await store(aMessage('gone', [aBallot('a', { castAt: noon })]))
    await records.remove({ pollId: 'gone', workspaceId: 'ws_a', deletedAt: noon }, signal())
    await store(aMessage('gone', [aBallot('b', { castAt: noon })]))
    expect(await rollups('gone')).toEqual({})
  })

  test('counting on makes no new index entries', async () => {
    for (let at = 0; at < 20; at++) await store(aMessage('hot', [aBallot(`b${at}`, { castAt: noon })]))
    await expect
      .poll(
        async () => {
          const [row] = await postgres.query<{ hot: string; all: string }>(
            `select sum(n_tup_hot_upd) as hot, sum(n_tup_upd) as all from pg_stat_user_tables where relname like 'rollups_p%'`,
          )
          return Number(row?.hot) > 0 && Number(row?.hot) >= 0.9 * Number(row?.all)
        },
        { timeout: 30_000 },
      )
      .toBe(true)
  })
})

describe('usage', () => {
  test('counts new ballots by day, once, and forgets none', async () => {
    const ofWorkspace = { workspaceId: 'ws_used' }
    const ballots = [
      aBallot('a', { castAt: noon - 12 * 60 * minute - 1 }),
      aBallot('b', { castAt: noon }),
      aBallot('c', { castAt: noon }),
    ]
    await store(aMessage('used', ballots, ofWorkspace))
    await store(aMessage('used', ballots, ofWorkspace))
    await store(aMessage('used', [aBallot('b', { revision: 2, answers: null })], ofWorkspace))
    expect(await usage('ws_used')).toEqual([
      ['2026-11-24', 1],
      ['2026-11-25', 2],
    ])
  })

  test('of a message that does not say whose it is goes by the poll, where that is known', async () => {
    await pollRecords(openDatabase(postgres)).record(aPoll({ id: 'old', workspaceId: 'ws_old' }), signal())
    const { workspaceId: _none, ...said } = aMessage('old', [aBallot('a', { castAt: noon })], { v: 1 })
    await store(said)
    expect(await usage('ws_old')).toEqual([['2026-11-25', 1]])
    const { workspaceId: _nobody, ...early } = aMessage('nobodys', [aBallot('a', { castAt: noon })], { v: 1 })
    expect(await store(early)).toBe(1)
  })
})

test('two that write the same rollups in another order both end', async () => {
  const many = (from: number) =>
    Array.from({ length: 200 }, (_, at) =>
      aBallot(`b${from + at}`, { castAt: noon + (at % 50) * minute, answers: { stars: 1 + (at % 5) } }),
    )
  await Promise.all(
    Array.from({ length: 12 }, (_, writer) => {
      const ballots = many(writer * 200)
      // A workspace each: in one, the day's row of usage would have them wait for each other before they could meet.
      const whose = { workspaceId: `ws_rival_${writer}` }
      return store(aMessage('rivals', writer % 2 === 0 ? ballots : ballots.toReversed(), whose))
    }),
  )
  const sums = await rollups('rivals')
  const totals = Object.entries(sums).filter(([name]) => name.startsWith('total'))
  expect(totals.reduce((sum, [, ballots]) => sum + ballots, 0)).toBe(2_400)
}, 60_000)

test('whatever comes, however often and in what order, is counted as counting anew would', async () => {
  const anEvent = fc.record({
    ballot: fc.integer({ min: 0, max: 5 }),
    revision: fc.integer({ min: 1, max: 4 }),
    times: fc.integer({ min: 1, max: 2 }),
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anEvent, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 6 }),
      async (events, size) => {
        const pollId = `law_${run++}`
        const messages = events.flatMap(({ ballot, revision, times }) =>
          Array.from({ length: times }, () => stateOf(ballot, revision)),
        )
        for (let at = 0; at < messages.length; at += size)
          await store(aMessage(pollId, messages.slice(at, at + size), { rankings: ['order'] }))
        const kept = await rollups(pollId)
        await rollupRecords(openDatabase(postgres)).recount({ pollId, rankings: ['order'] }, signal())
        expect(await rollups(pollId)).toEqual(kept)
        const [row] = await postgres.query<{ answered: string }>(
          'select count(answers) as answered from ballots where poll_id = $1',
          [pollId],
        )
        const totals = Object.entries(kept).filter(([name]) => name.startsWith('total'))
        expect(totals.reduce((sum, [, ballots]) => sum + ballots, 0)).toBe(Number(row?.answered))
      },
    ),
    { seed, numRuns: 60 },
  )
}, 120_000)

/** The same for the same ballot and revision, as every delivery of it is. */
const stateOf = (ballot: number, revision: number): ArchivedBallot =>
  aBallot(`b${ballot}`, {
    revision,
    seq: revision,
    castAt: noon + ((ballot * 7 + revision * 3) % 4) * minute,
    ...(revision === 4
      ? { answers: null, salt: null, country: null }
      : {
          country: ['DE', 'NL', null][(ballot + revision) % 3] ?? null,
          answers: {
            where: [['pizza'], ['sushi'], ['pizza', 'sushi']][(ballot * revision) % 3] ?? [],
            order: revision % 2 === 0 ? ['a', 'b'] : ['b'],
            ...(ballot % 2 === 0 && { stars: 1 + (revision % 5) }),
          },
        }),
  })

describe('recounting', () => {
  test('counts what was archived before there were rollups, and repairs what is wrong', async () => {
    await store(aMessage('lost', [aBallot('a', { castAt: noon }), aBallot('b', { castAt: noon })]))
    const right = await rollups('lost')
    await postgres.query(`delete from rollups where poll_id = 'lost' and dimension like 'country%'`)
    await postgres.query(`update rollups set ballots = 7 where poll_id = 'lost' and dimension = 'total'`)
    await postgres.query(
      `insert into rollups (poll_id, dimension, minute, ballots) values ('lost', 'option/x/y', now(), 3)`,
    )
    const records = rollupRecords(openDatabase(postgres))
    expect(await records.agrees('lost', signal())).toBe(false)
    await records.recount({ pollId: 'lost', rankings: [] }, signal())
    expect(await rollups('lost')).toEqual(right)
    expect(await records.agrees('lost', signal())).toBe(true)
    expect(await records.agrees('none-there', signal())).toBe(true)
  })
})

describe('what is read of it', () => {
  const read = () => rollupReader(openDatabase(postgres))
  const owned = async (pollId: string) => {
    const { poll, secret } = { poll: aPoll({ id: pollId }), secret: new Uint8Array(32) }
    const book = { find: async () => ({ poll, secret, revokedInvites: [] }) }
    const found = await findOwned(book, { pollId, workspaceId: poll.workspaceId }, signal())
    if (!found.ok) throw new Error('it is ours')
    return found.value.owned
  }
  const ballots = Array.from({ length: 40 }, (_, at) =>
    aBallot(`b${String(at).padStart(2, '0')}`, {
      castAt: noon + at * 17 * minute,
      country: ['DE', 'NL', null][at % 3] ?? null,
      answers: {
        where: at % 2 === 0 ? ['pizza'] : ['pizza', 'sushi'],
        order: ['a', 'b'],
        stars: 1 + (at % 5),
      },
    }),
  )

  test('is what counting the ballots would say, from each interval and to each', async () => {
    await store(aMessage('read', ballots, { rankings: ['order'] }))
    const counted = rollupReaderOver(async () => ballots, ['order'])
    const poll = await owned('read')
    for (const interval of intervals)
      for (const [from, to, limit] of [
        [0, 9e14, 100],
        [noon + 60 * minute, noon + 300 * minute, 100],
        [noon, 9e14, 3],
      ] as const) {
        const order = { interval, from, to, limit }
        expect(await read().timeline(poll, order, signal())).toEqual(
          await counted.timeline(poll, order, signal()),
        )
      }
    const byName = (cells: readonly CrossTabCell[]) =>
      cells.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
    expect(byName(await read().crossTab(poll, signal()))).toEqual(
      byName(await counted.crossTab(poll, signal())),
    )
  })
})
