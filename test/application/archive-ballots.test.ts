// The archive's verb: Postgres first, then each box is told; nobody waits for one that does not listen.
import { describe, expect, test } from 'vitest'
import { archiveBallots } from '../../src/application/archive-ballots.ts'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { Event } from '../../src/application/events.ts'
import { settled } from '../support/timeline.ts'

describe('a batch', () => {
  test('is written in one go, and then every box is told its own part', async () => {
    const stand = anArchive()
    await stand.archive([
      aMessage('poll_a', 0, 1, 3),
      aMessage('poll_a', 1, 7, 8),
      aMessage('poll_b', 0, 1, 1),
    ])
    expect(stand.stored).toEqual([['poll_a:0:1', 'poll_a:1:7', 'poll_b:0:1']])
    expect(stand.confirmed).toEqual([
      ['poll_a', 0, 1, 3],
      ['poll_a', 1, 7, 8],
      ['poll_b', 0, 1, 1],
    ])
  })

  test('that Postgres does not take is confirmed to nobody', async () => {
    const stand = anArchive()
    stand.store = () => Promise.reject(new Error('postgres is down'))
    await expect(stand.archive([aMessage('poll_a', 0, 1, 3)])).rejects.toThrow('postgres is down')
    expect(stand.confirmed).toEqual([])
  })

  test('reports how much there was of it', async () => {
    const stand = anArchive()
    await stand.archive([aMessage('poll_a', 0, 1, 3), aMessage('poll_b', 0, 4, 5)])
    expect(stand.events).toEqual([
      { type: 'ballots-archived', messages: 2, events: 5, written: 5, durationMs: 0 },
    ])
  })
})

describe('a box that cannot be told', () => {
  test('is only reported: it sends again what it does not know to be archived', async () => {
    const stand = anArchive()
    stand.confirm = async (pollId) => {
      if (pollId === 'poll_a') throw new Error('the box is away')
    }
    await stand.archive([aMessage('poll_a', 2, 1, 3), aMessage('poll_b', 0, 1, 1)])
    expect(stand.confirmed).toContainEqual(['poll_b', 0, 1, 1])
    expect(stand.events).toContainEqual({
      type: 'confirm-failed',
      pollId: 'poll_a',
      shard: 2,
      error: 'Error: the box is away',
    })
  })

  test('because it never answers holds the batch no longer than its signal', async () => {
    const stand = anArchive()
    stand.confirm = () => new Promise(() => {})
    const patience = new AbortController()
    let done = false
    const archiving = stand.archive([aMessage('poll_a', 0, 1, 3)], patience.signal).then(() => {
      done = true
    })
    await settled()
    patience.abort(new Error('no patience'))
    await settled()
    expect(done).toBe(true)
    await archiving
  })
})

const anArchive = () => {
  const stand = {
    stored: [] as string[][],
    confirmed: [] as [string, number, number, number][],
    events: [] as Event[],
    store: async (messages: readonly BallotMessage[]) => messages.flatMap(({ ballots }) => ballots).length,
    confirm: async (_pollId: string): Promise<void> => {},
    archive: (messages: readonly BallotMessage[], signal: AbortSignal = AbortSignal.timeout(5_000)) =>
      verb(messages, signal),
  }
  const verb = archiveBallots({
    ballotRecords: {
      store: (messages) => {
        stand.stored.push(messages.map(({ id }) => id))
        return stand.store(messages)
      },
    },
    ballotBoxes: {
      confirm: (...span) => {
        stand.confirmed.push(span)
        return stand.confirm(span[0])
      },
    },
    clock: { now: () => 0 },
    report: (event) => stand.events.push(event),
  })
  return stand
}

const aMessage = (pollId: string, shard: number, first: number, last: number): BallotMessage => ({
  v: 1,
  id: `${pollId}:${shard}:${first}`,
  pollId,
  shard,
  first,
  last,
  ballots: Array.from({ length: last - first + 1 }, (_, at) => ({
    id: `bal_${first + at}`,
    revision: 1,
    castAt: 0,
    answers: { where: ['pizza'] },
    country: null,
    shard,
    seq: first + at,
    salt: '00',
  })),
})
