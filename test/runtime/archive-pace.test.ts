// How much of a batch one statement takes, by how long Postgres took for the ones before.
import { describe, expect, test } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { Event } from '../../src/application/events.ts'
import { ArchiveRejected, ArchiveUnavailable } from '../../src/archive/archive-error.ts'
import { archivePace } from '../../src/runtime/archive-pace.ts'
import { consumeBallots, type QueuedMessage } from '../../src/runtime/consume-ballots.ts'

describe('a statement', () => {
  test('takes all that comes while Postgres is quick', () => {
    const { pace } = aPace()
    for (let statement = 0; statement < 10; statement++) pace.note(1_000)
    expect(pace.messagesAtOnce).toBe(100)
  })

  test('takes half as much after a slow one, and one at least', () => {
    const { pace, events } = aPace()
    const sizes = Array.from({ length: 9 }, () => {
      pace.note(1_001)
      return pace.messagesAtOnce
    })
    expect(sizes).toEqual([50, 25, 12, 6, 3, 1, 1, 1, 1])
    expect(events[0]).toEqual({ type: 'archive-paced', messagesAtOnce: 50, durationMs: 1_001 })
  })

  test('takes half as much after one that was not answered, and five more after each that went well', () => {
    const { pace } = aPace()
    for (let statement = 0; statement < 3; statement++) pace.note(null)
    const sizes = Array.from({ length: 4 }, () => {
      pace.note(20)
      return pace.messagesAtOnce
    })
    expect(sizes).toEqual([17, 22, 27, 32])
  })
})

describe('a batch', () => {
  test('goes in statements as large as Postgres can bear, and all of it is archived', async () => {
    const stand = aConsumer()
    stand.tookMs = 5_000
    const batches = [await stand.consume(100), await stand.consume(100)]
    expect(stand.statements).toEqual([100, 50, 25, 12, 6, 3, 1, 1, 1, 1])
    expect(batches.flat().every((fate) => fate === 'ack')).toBe(true)
  })

  test('whose first statement fails is put off whole, without asking Postgres again', async () => {
    const stand = aConsumer()
    stand.tookMs = 5_000
    await stand.consume(100)
    await stand.consume(100)
    stand.statements.length = 0
    stand.away = true
    const fates = await stand.consume(100)
    expect(stand.statements).toHaveLength(1)
    expect(fates).toEqual(Array(100).fill('retry in 2 s'))
  })

  test('with a message that Postgres will never take puts off what it had not come to when Postgres went away', async () => {
    const stand = aConsumer()
    stand.poison = 'm1'
    stand.awayAfter = 2
    const fates = await stand.consume(4)
    expect(stand.statements).toEqual([4, 1, 1])
    expect(fates).toEqual(['ack', 'retry in 2 s', 'retry in 2 s', 'retry in 2 s'])
  })
})

const aPace = () => {
  const events: Event[] = []
  return { events, pace: archivePace((event) => void events.push(event)) }
}

const aConsumer = () => {
  const report = () => {}
  const stand = {
    statements: [] as number[],
    tookMs: 0,
    away: false,
    /** Statements after which Postgres goes away. */
    awayAfter: Number.POSITIVE_INFINITY,
    poison: '',
    /** A batch of so many, and the fate of each. */
    async consume(count: number): Promise<string[]> {
      const fates: string[] = Array(count).fill('nothing')
      await consume(
        fates.map(
          (_fate, at): QueuedMessage => ({
            id: `m${at}`,
            attempts: 1,
            timestamp: new Date(0),
            body: aMessage(`m${at}`),
            ack: () => void fates.splice(at, 1, 'ack'),
            retry: (options) => void fates.splice(at, 1, `retry in ${options?.delaySeconds ?? 0} s`),
          }),
        ),
      )
      return fates
    },
  }
  const consume = consumeBallots({
    async archiveBallots(messages) {
      stand.statements.push(messages.length)
      if (stand.away || stand.statements.length > stand.awayAfter) throw new ArchiveUnavailable('unreachable')
      if (messages.some(({ id }) => id === stand.poison)) throw new ArchiveRejected('22P05')
      return stand.tookMs
    },
    worthRetrying: (error) => !(error instanceof ArchiveRejected),
    pace: archivePace(report),
    clock: { now: () => 0 },
    report,
  })
  return stand
}

const aMessage = (id: string): BallotMessage => ({
  v: 1,
  id,
  pollId: 'poll_a',
  shard: 0,
  first: 1,
  last: 1,
  ballots: [],
})
