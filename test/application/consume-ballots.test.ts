// A queue batch: every message acknowledged or retried for itself, and none held up by a neighbour that cannot be archived.
import { describe, expect, test } from 'vitest'
import { archiveBallots } from '../../src/application/archive-ballots.ts'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { Event } from '../../src/application/events.ts'
import { archivePace } from '../../src/runtime/archive-pace.ts'
import { consumeBallots, type QueuedMessage } from '../../src/runtime/consume-ballots.ts'

describe('a batch', () => {
  test('that is archived is acknowledged, message by message, in one statement', async () => {
    const stand = aConsumer()
    const batch = [aDelivery('a'), aDelivery('b'), aDelivery('c')]
    await stand.consume(batch)
    expect(fatesOf(batch)).toEqual(['ack', 'ack', 'ack'])
    expect(stand.batches).toEqual([['a', 'b', 'c']])
  })

  test('of nothing asks nothing', async () => {
    const stand = aConsumer()
    await stand.consume([])
    expect(stand.batches).toEqual([])
  })

  test('while Postgres is away comes back later, each message after its own number of attempts', async () => {
    const stand = aConsumer()
    stand.down = true
    const batch = [
      aDelivery('a', { attempts: 1 }),
      aDelivery('b', { attempts: 5 }),
      aDelivery('c', { attempts: 50 }),
    ]
    await stand.consume(batch)
    expect(fatesOf(batch)).toEqual(['retry in 2 s', 'retry in 32 s', 'retry in 300 s'])
    expect(stand.batches).toHaveLength(1)
  })

  test('is settled in any case: the consumer never throws, which would send everything again', async () => {
    const stand = aConsumer()
    stand.down = true
    await expect(stand.consume([aDelivery('a')])).resolves.toBeUndefined()
  })

  test('waits for no box', async () => {
    const stand = aConsumer()
    stand.deaf = true
    const batch = [aDelivery('a'), aDelivery('b')]
    await stand.consume(batch)
    expect(fatesOf(batch)).toEqual(['ack', 'ack'])
  })
})

describe('a message that Postgres will never take', () => {
  test('is put off towards the dead letters, and its neighbours are archived', async () => {
    const stand = aConsumer({ poison: ['b'] })
    const batch = [aDelivery('a'), aDelivery('b'), aDelivery('c')]
    await stand.consume(batch)
    expect(fatesOf(batch)).toEqual(['ack', 'retry in 300 s', 'ack'])
    expect(stand.archived).toEqual(['a', 'c'])
    expect(stand.events).toContainEqual(expect.objectContaining({ type: 'message-poisoned', messageId: 'b' }))
  })

  test('does so as often as it comes, in any number', async () => {
    const stand = aConsumer({ poison: ['a', 'c', 'd'] })
    const batch = ['a', 'b', 'c', 'd', 'e'].map((id) => aDelivery(id))
    await stand.consume(batch)
    expect(stand.archived).toEqual(['b', 'e'])
    expect(fatesOf(batch).filter((fate) => fate === 'ack')).toHaveLength(2)
  })

  test('does not turn its neighbours into dead letters when Postgres goes away meanwhile', async () => {
    const stand = aConsumer({ poison: ['a'] })
    stand.downAfter = 1
    const batch = [aDelivery('a'), aDelivery('b')]
    await stand.consume(batch)
    expect(fatesOf(batch)).toEqual(['retry in 2 s', 'retry in 2 s'])
    expect(stand.events).not.toContainEqual(expect.objectContaining({ type: 'message-poisoned' }))
  })
})

describe('a message that nobody understands', () => {
  test.each<[string, unknown]>([
    ['of a later version', { ...aMessage('b'), v: 99 }],
    ['of no version', { id: 'b' }],
    ['that is a text', 'hello'],
    ['that is nothing', null],
    ['of our version without ballots', { v: 1, id: 'b', pollId: 'poll_a', shard: 0, first: 1, last: 1 }],
    ['of our version that does not say whose it is', { ...aMessage('b'), v: 2 }],
    ['of our version with something else for ballots', { ...aMessage('b'), ballots: 'none' }],
    ['of our version with ballots that are none', { ...aMessage('b'), ballots: [null] }],
  ])('%s is put off towards the dead letters, and its neighbours are archived', async (_what, body) => {
    const stand = aConsumer()
    const batch = [aDelivery('a'), aDelivery('b', { body }), aDelivery('c')]
    await stand.consume(batch)
    expect(fatesOf(batch)).toEqual(['ack', 'retry in 300 s', 'ack'])
    expect(stand.archived).toEqual(['a', 'c'])
  })
})

test('messages of this version and of the one before are archived', async () => {
  const stand = aConsumer()
  const batch = [
    aDelivery('old', { body: { ...aMessage('old'), v: 1 } }),
    aDelivery('new', { body: { ...aMessage('new'), v: 2, workspaceId: 'ws_a' } }),
  ]
  await stand.consume(batch)
  expect(fatesOf(batch)).toEqual(['ack', 'ack'])
})

/** What Postgres says of content that it will never take. */
class Rejected extends Error {}

interface FakeDelivery extends QueuedMessage {
  readonly fates: string[]
}

const aDelivery = (
  id: string,
  { attempts = 1, body = aMessage(id) }: { attempts?: number; body?: unknown } = {},
): FakeDelivery => {
  const fates: string[] = []
  return {
    id,
    attempts,
    timestamp: new Date(0),
    body,
    fates,
    ack: () => fates.push('ack'),
    retry: (options) => fates.push(`retry in ${options?.delaySeconds ?? 0} s`),
  }
}

const fatesOf = (batch: readonly FakeDelivery[]): string[] => batch.map(({ fates }) => fates.join(' and '))

function aMessage(id: string): BallotMessage {
  return {
    v: 1,
    id,
    pollId: `poll_${id}`,
    shard: 0,
    first: 1,
    last: 1,
    ballots: [
      {
        id: `bal_${id}`,
        revision: 1,
        castAt: 0,
        answers: { why: id },
        country: null,
        shard: 0,
        seq: 1,
        salt: '00',
      },
    ],
  }
}

/** The real verb, on a Postgres that takes all of a batch or nothing of it. */
const aConsumer = ({ poison = [] }: { poison?: readonly string[] } = {}) => {
  const stand = {
    /** The statements that were tried, by their messages. */
    batches: [] as string[][],
    archived: [] as string[],
    events: [] as Event[],
    down: false,
    /** Statements after which Postgres goes away. */
    downAfter: Number.POSITIVE_INFINITY,
    /** Whether boxes answer their confirmations with an error. */
    deaf: false,
    consume: (batch: readonly QueuedMessage[]) => consume(batch),
  }
  const report = (event: Event) => void stand.events.push(event)
  const consume = consumeBallots({
    archiveBallots: archiveBallots({
      ballotRecords: {
        async store(messages) {
          stand.batches.push(messages.map(({ id }) => id))
          const rows = messages.flatMap(({ id, ballots }) =>
            ballots.map((ballot) => ({ id, ballot: ballot.id })),
          )
          if (stand.down || stand.batches.length > stand.downAfter) throw new Error('postgres is away')
          if (rows.some(({ id }) => poison.includes(id))) throw new Rejected('never')
          stand.archived.push(...messages.map(({ id }) => id))
          return rows.length
        },
      },
      ballotBoxes: {
        confirm: async () => {
          if (stand.deaf) throw new Error('the box is away')
        },
      },
      clock: { now: () => 0 },
      report,
    }),
    worthRetrying: (error) => !(error instanceof Rejected),
    pace: archivePace(report),
    clock: { now: () => 0 },
    report,
  })
  return stand
}
