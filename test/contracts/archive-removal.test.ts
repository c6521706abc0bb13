// What the archive promises of a deleted poll, on a real Postgres through the real driver: nothing of it comes back,
// whatever is late or on its way.
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { PollDeath } from '../../src/application/ports.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { withPostgres } from '../support/postgres.ts'
import { aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const record = (poll: Poll) => pollRecords(openDatabase(postgres)).record(poll, signal())
const remove = (pollId: string, but: Partial<PollDeath> = {}, until = signal()) =>
  pollRecords(openDatabase(postgres)).remove(
    { pollId, workspaceId: 'ws_a', deletedAt: 1_795_560_000_123, ...but },
    until,
  )
const store = (...messages: readonly BallotMessage[]) =>
  ballotRecords(openDatabase(postgres)).store(messages, signal())

describe('removing a poll', () => {
  test('takes it and its ballots out, and leaves a tombstone', async () => {
    await record(aPoll({ id: 'removed' }))
    await record(aPoll({ id: 'neighbour' }))
    await store(aMessage('removed', ['a', 'b']), aMessage('neighbour', ['a']))
    await remove('removed')
    expect(await left('removed')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
    expect(await left('neighbour')).toEqual({ polls: 1, ballots: 1, tombstones: 0 })
    expect(await postgres.query(`select * from deleted_polls where poll_id = 'removed'`)).toEqual([
      { poll_id: 'removed', workspace_id: 'ws_a', deleted_at: new Date(1_795_560_000_123) },
    ])
  })

  test('again changes nothing and is one statement', async () => {
    const tombstone = `select *, xmin from deleted_polls where poll_id = 'again'`
    await remove('again')
    const before = await postgres.query(tombstone)
    const fetched = vi.spyOn(globalThis, 'fetch')
    await remove('again', { deletedAt: 1_795_570_000_000, workspaceId: 'ws_b' })
    expect(fetched).toHaveBeenCalledOnce()
    fetched.mockRestore()
    expect(await postgres.query(tombstone)).toEqual(before)
  })

  test('several times at once is removing it', async () => {
    await record(aPoll({ id: 'at-once' }))
    await store(aMessage('at-once', ['a', 'b']))
    await Promise.all([remove('at-once'), remove('at-once'), remove('at-once')])
    expect(await left('at-once')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
  })
})

describe('what comes after the removal', () => {
  test('of ballots writes nothing; those of other polls in the batch are stored', async () => {
    await record(aPoll({ id: 'late' }))
    await store(aMessage('late', ['a']))
    await remove('late')
    expect(await store(aMessage('late', ['a', 'b']))).toBe(0)
    expect(await store(aMessage('late', ['c']), aMessage('alive', ['a', 'b']))).toBe(2)
    expect(await left('late')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
    expect(await left('alive')).toMatchObject({ ballots: 2 })
  })

  test('of the poll writes nothing, whatever its version', async () => {
    await record(aPoll({ id: 're-recorded' }))
    await remove('re-recorded')
    await record(aPoll({ id: 're-recorded', version: 9 }))
    expect(await left('re-recorded')).toMatchObject({ polls: 0 })
  })

  test('is dropped also where the archive had never heard of the poll', async () => {
    await remove('unheard-of')
    await record(aPoll({ id: 'unheard-of' }))
    expect(await store(aMessage('unheard-of', ['a']))).toBe(0)
    expect(await left('unheard-of')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
  })
})

describe('what is on its way while a poll is removed', () => {
  test('is taken out with it, where it began before', async () => {
    await record(aPoll({ id: 'before' }))
    await store(aMessage('before', ['z']))
    await holding('before', 'z', async (release) => {
      // has written a, which no snapshot sees yet, and waits for z
      const storing = store(aMessage('before', ['a', 'z'], 2))
      await waiting('insert into ballots')
      const removing = remove('before')
      await waiting('insert into deleted_polls')
      await release()
      expect(await storing).toBe(2)
      await removing
    })
    expect(await left('before')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
  })

  test('is taken out also where the first to remove it dies half-way and the second had begun by then', async () => {
    await store(aMessage('half', ['z']))
    await holding('half', 'z', async (release) => {
      const storing = store(aMessage('half', ['a', 'z'], 2))
      await waiting('insert into ballots')
      const dying = remove('half', {}, endedByFirstAnswer())
      await waiting('insert into deleted_polls')
      const removing = remove('half')
      await waiting('insert into deleted_polls', 2)
      await release()
      await expect(dying).rejects.toThrow('the deadline has passed')
      await storing
      await removing
    })
    expect(await left('half')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
  })

  test('writes nothing, where it began after', async () => {
    await record(aPoll({ id: 'after' }))
    await store(aMessage('after', ['a']))
    await holding('after', 'a', async (release) => {
      const removing = remove('after')
      await waiting('insert into deleted_polls')
      // their snapshots know of no tombstone yet
      const storing = store(aMessage('after', ['b']))
      const recording = record(aPoll({ id: 'after', version: 9 }))
      await waiting('insert into ballots')
      await waiting('insert into polls')
      await release()
      expect(await storing).toBe(0)
      await recording
      await removing
    })
    expect(await left('after')).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
  })

  test('ends the same in any order, and nobody waits for another in a circle', async () => {
    const polls = ['crowd-a', 'crowd-b', 'crowd-c']
    const stores = Array.from({ length: 24 }, async (_, at) => {
      await pause(at)
      const batch = polls.map((pollId) => aMessage(pollId, [`${at}`, 'same'], at + 1))
      return store(...(at % 2 === 0 ? batch : batch.reverse()))
    })
    const removals = polls.map(async (pollId, at) => {
      await pause(10 + at)
      await remove(pollId)
    })
    await Promise.all([...stores, ...removals])
    for (const pollId of polls) expect(await left(pollId)).toEqual({ polls: 0, ballots: 0, tombstones: 1 })
  })
})

const aMessage = (pollId: string, ids: readonly string[], revision = 1): BallotMessage => ({
  v: 1,
  id: `${pollId}:0:1`,
  pollId,
  shard: 0,
  first: 1,
  last: ids.length,
  ballots: ids.map((id, at) => ({
    id,
    revision,
    castAt: 1_795_560_000_000,
    answers: { nps: 9 },
    country: null,
    shard: 0,
    seq: at + 1,
    salt: '00',
  })),
})

const left = async (pollId: string) => {
  const [counts] = await postgres.query<{ polls: number; ballots: number; tombstones: number }>(
    `select
      (select count(*)::integer from polls where id = $1) as polls,
      (select count(*)::integer from ballots where poll_id = $1) as ballots,
      (select count(*)::integer from deleted_polls where poll_id = $1) as tombstones`,
    [pollId],
  )
  return counts
}

/** Somebody else's lock on a ballot's row, until it is released: what wants that row stands still in mid-statement. */
const holding = (pollId: string, id: string, use: (release: () => Promise<void>) => Promise<void>) =>
  postgres.session(async (client) => {
    await client.query('begin')
    await client.query('select from ballots where poll_id = $1 and id = $2 for update', [pollId, id])
    await use(async () => {
      await client.query('rollback')
    })
  })

/** Until so many statements of the kind stand before a lock. */
const waiting = (statement: string, count = 1): Promise<unknown> =>
  expect
    .poll(
      () =>
        postgres.query(`select from pg_stat_activity where wait_event_type = 'Lock' and query like $1`, [
          `%${statement}%`,
        ]),
      { interval: 5, timeout: 5_000 },
    )
    .toHaveLength(count)

/** For whoever asks next: its deadline passes when its first statement has been carried out. */
const endedByFirstAnswer = (): AbortSignal => {
  const controller = new AbortController()
  const ask = globalThis.fetch
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementationOnce(async (...request) => {
    fetched.mockRestore()
    const answer = await ask(...request)
    controller.abort(new Error('the deadline has passed'))
    return answer
  })
  return controller.signal
}
