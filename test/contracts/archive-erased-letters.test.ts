// What the archive promises of a ballot that was erased while messages with its answers lie dead, on a real Postgres through the
// real driver: its answers are in none of them, and everything else can still be sent again.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { deadLetters } from '../../src/archive/dead-letters.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { withPostgres } from '../support/postgres.ts'
import { aBallot } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const database = () => openDatabase(postgres)
const keep = (...bodies: readonly { readonly id: string }[]) =>
  deadLetters(database()).keep(
    bodies.map((body) => ({ id: body.id, body, diedAt: 1_795_560_000_123 })),
    signal(),
  )
const store = (...messages: readonly BallotMessage[]) => ballotRecords(database()).store(messages, signal())
const remove = (pollId: string) =>
  pollRecords(database()).remove({ pollId, workspaceId: 'ws_a', deletedAt: 1_795_560_000_123 }, signal())
const left = async () =>
  (await deadLetters(database()).oldest(1_000, signal())).map(({ body }) => body as BallotMessage)
const rowOf = async (id: string) =>
  (await postgres.query('select revision, answers from ballots where id = $1', [id]))[0]

beforeEach(() => postgres.query('truncate dead_letters, ballots, deleted_polls, rollups'))

const secret = 'said in confidence'
const said = aBallot('bal_a', { answers: { why: `${secret} 🍕\0"\ud83d` } })
const erased = aBallot('bal_a', { revision: 2, seq: 9, answers: null, country: null, salt: null })
const other = aBallot('bal_b', { seq: 2 })

const message = (ballots: readonly ArchivedBallot[], but: Partial<BallotMessage> = {}): BallotMessage => ({
  v: 2,
  id: 'poll_a:3:1',
  pollId: 'poll_a',
  workspaceId: 'ws_a',
  shard: 3,
  first: 1,
  last: 2,
  ballots,
  ...but,
})

describe('when a ballot is erased', () => {
  test('its answers, country and salt go from every letter, and nothing else does', async () => {
    await keep(message([said, other]), message([other, said], { id: 'poll_a:3:5' }))
    await store(message([erased]))
    const nothing = { ...said, answers: null, country: null, salt: null }
    expect(await left()).toEqual([message([nothing, other]), message([other, nothing], { id: 'poll_a:3:5' })])
  })

  test('a letter that holds nothing else goes', async () => {
    await keep(message([said]), message([other], { id: 'poll_a:3:5' }))
    await store(message([erased]))
    expect(await left()).toEqual([message([other], { id: 'poll_a:3:5' })])
  })

  test('what is left of its letter can be sent again, and does not bring it back', async () => {
    await keep(message([said, other]))
    await store(message([erased]))
    await store(...(await left()))
    expect(await rowOf('bal_a')).toEqual({ revision: 2, answers: null })
    expect(await rowOf('bal_b')).toEqual({ revision: 1, answers: other.answers })
  })

  test('letters of the version before, and of one to come, are reached as well', async () => {
    const { workspaceId: _nobodys, ...before } = message([said, other])
    await keep(
      { ...before, v: 1 } as BallotMessage,
      { ...message([said, other]), v: 3, id: 'later' } as unknown as BallotMessage,
    )
    await store(message([erased]))
    expect((await left()).map(({ v }) => v).sort()).toEqual([1, 3])
    expect(JSON.stringify(await left())).not.toContain(secret)
  })

  test('a ballot of the same id in another poll keeps its answers, and so does a later revision', async () => {
    const elsewhere = message([said], { id: 'poll_b:3:1', pollId: 'poll_b' })
    const later = message([{ ...said, revision: 3 }], { id: 'poll_a:3:7' })
    await keep(elsewhere, later)
    await store(message([erased]))
    expect(await left()).toEqual([later, elsewhere])
  })

  test('it reaches each of several hundred letters', async () => {
    await keep(...Array.from({ length: 250 }, (_, at) => message([said, other], { id: `poll_a:3:${at}` })))
    await store(message([erased]))
    expect(await left()).toHaveLength(250)
    expect(JSON.stringify(await left())).not.toContain(secret)
  })

  test('of two in one letter that are erased at once neither comes back', async () => {
    const ballots = Array.from({ length: 20 }, (_, at) => aBallot(`bal_${at}x`, { seq: at }))
    await keep(message([said, ...ballots]))
    await Promise.all(
      ballots.map(({ id }) => store(message([aBallot(id, { revision: 2, answers: null, salt: null })]))),
    )
    const [letter] = await left()
    expect(letter?.ballots.filter(({ answers }) => answers !== null)).toEqual([said])
  })

  test('again, because its message came twice, changes nothing and succeeds', async () => {
    await keep(message([said, other]))
    await store(message([erased]))
    const [before] = await left()
    expect(await store(message([erased]))).toBe(0)
    expect(await left()).toEqual([before])
  })
})

describe('when a message dies after its ballot was erased', () => {
  test('its answers are not in the letter', async () => {
    await store(message([erased]))
    await keep(message([said, other]))
    expect((await left()).map(({ ballots }) => ballots.map(({ answers }) => answers))).toEqual([
      [null, other.answers],
    ])
  })

  test('or revised, neither: only the newest answers are any good', async () => {
    await store(message([{ ...said, revision: 2, answers: { why: 'now' } }]))
    await keep(message([said, other]))
    expect(JSON.stringify(await left())).not.toContain(secret)
  })

  test('and its poll deleted, there is no letter', async () => {
    await remove('poll_a')
    await keep(message([said]), message([other], { id: 'poll_b:0:1', pollId: 'poll_b' }))
    expect((await left()).map(({ id }) => id)).toEqual(['poll_b:0:1'])
  })

  test('at the same moment as it is erased, one of the two sees the other', async () => {
    for (let round = 0; round < 20; round++) {
      const ids = { id: `bal_r${round}` }
      await Promise.all([
        keep(message([{ ...said, ...ids }, other], { id: `poll_a:3:${round}` })),
        store(message([{ ...erased, ...ids }])),
      ])
    }
    expect(await left()).toHaveLength(20)
    expect(JSON.stringify(await left())).not.toContain(secret)
  })
})

test('when a poll is deleted its letters go with it', async () => {
  await keep(message([said]), message([other], { id: 'poll_ab:0:1', pollId: 'poll_ab' }))
  await remove('poll_a')
  expect((await left()).map(({ id }) => id)).toEqual(['poll_ab:0:1'])
})

describe('what it costs', () => {
  /** How Postgres does what is asked of it here and has this word in it. */
  const plansOf = async (word: string, work: () => Promise<unknown>): Promise<readonly string[]> => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    await work()
    const asked = fetched.mock.calls.map(([, init]) => JSON.parse(String(init?.body)))
    fetched.mockRestore()
    const plans: string[] = []
    for (const each of asked) {
      const { query, params } = each.queries?.at(-1) ?? each
      if (!query.includes(word)) continue
      const lines = await postgres.query<{ 'QUERY PLAN': string }>(`explain ${query}`, params)
      plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'))
    }
    return plans
  }

  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    await work()
    const { length } = fetched.mock.calls
    fetched.mockRestore()
    return length
  }

  test('is nothing for a batch without erasures, one statement for one with them', async () => {
    expect(await counted(() => store(message([aBallot('bal_c'), other])))).toBe(1)
    expect(await counted(() => store(message([erased, other])))).toBe(2)
  })

  test('is one statement for a letter with answers, which finds each ballot by its key', async () => {
    await postgres.query(
      `insert into ballots (poll_id, id, revision, cast_at, shard, seq) select 'poll_' || n % 500, 'bal_' || n, 2, now(), 0, n
       from generate_series(1, 20000) as n`,
    )
    await postgres.query('analyze ballots')
    const [plan = ''] = await plansOf('lateral', () => keep(message([said, other])))
    expect(plan).toContain('Index Scan')
    expect(plan).not.toContain('Seq Scan')
  })

  test('is bounded by the letters of its poll, which an index finds', async () => {
    await postgres.query(
      `insert into dead_letters select 'm' || n, '{"pollId":"poll_' || n || '","ballots":[]}', now() from generate_series(1, 20000) as n`,
    )
    await postgres.query('analyze dead_letters')
    const [plan = ''] = await plansOf('strpos', () => store(message([erased])))
    expect(plan).toContain('dead_letters_by_poll')
    expect(plan).not.toContain('Seq Scan on dead_letters')
  })

  test('and a letter that names no end of a poll is kept like any other', async () => {
    const endless = message([said], { pollId: `poll_${'a'.repeat(9_000)}` })
    await keep(endless)
    expect(await left()).toEqual([endless])
  })
})
