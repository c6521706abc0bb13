// The two cursors of a box's outbox: what was sent is a wish, only what was confirmed is done.
import '../laws/seed.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { Outbox } from '../../src/ballot-box/outbox.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'

const resendAfterMs = 60_000

describe('draining', () => {
  test('sends every event after the archived one, in order and without gaps', async () => {
    const stand = anOutbox({ archived: 3 })
    await stand.drain(250)
    expect(stand.spans()).toEqual([
      [4, 103],
      [104, 203],
      [204, 250],
    ])
  })

  test('sends nothing twice, and what came in since only', async () => {
    const stand = anOutbox()
    await stand.drain(10)
    await stand.drain(10)
    await stand.drain(12)
    expect(stand.spans()).toEqual([
      [1, 10],
      [11, 12],
    ])
  })

  test('says how many messages and events went out', async () => {
    const stand = anOutbox()
    expect(await stand.drain(250)).toEqual({ messages: 3, events: 250, again: 0 })
    expect(await stand.drain(250)).toEqual({ messages: 0, events: 0, again: 0 })
  })

  test('names each message by its shard and first event, the same for every delivery', async () => {
    const stand = anOutbox()
    await stand.drain(150)
    stand.now += resendAfterMs
    await stand.drain(150)
    expect(stand.sent.map(({ id }) => id)).toEqual([
      'poll_test:3:1',
      'poll_test:3:101',
      'poll_test:3:1',
      'poll_test:3:101',
    ])
    expect(stand.sent[0]).toMatchObject({
      v: 2,
      pollId: 'poll_test',
      workspaceId: 'ws_test',
      shard: 3,
      first: 1,
      last: 100,
    })
  })

  test('keeps a message to 100 events and 60 KB, and a call to 3 messages', async () => {
    const stand = anOutbox({ bytes: (seq) => (seq % 7 === 0 ? 20_000 : 300) })
    await stand.drain(900)
    for (const message of stand.sent) {
      expect(message.ballots.length).toBeLessThanOrEqual(100)
      expect(bytesOf(message.ballots)).toBeLessThanOrEqual(60_000)
    }
    expect(Math.max(...stand.calls)).toBeLessThanOrEqual(3)
    expect(stand.spans().flatMap(([first, last]) => range(first, last))).toEqual(range(1, 900))
  })

  test('sends a ballot of a full body in a message of its own', async () => {
    const stand = anOutbox({ bytes: (seq) => (seq === 2 ? 66_000 : 100) })
    await stand.drain(3)
    expect(stand.spans()).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  test('never gives the queue more than the 256 KB it takes at once', async () => {
    const stand = anOutbox({ bytes: () => 65_900 })
    await stand.drain(10)
    for (const call of stand.batches) expect(bytesOf(call)).toBeLessThanOrEqual(256_000)
  })

  test('that fails leaves unsent what was not taken', async () => {
    const stand = anOutbox()
    stand.failAfter(1)
    await expect(stand.drain(900)).rejects.toThrow('the queue is down')
    expect(stand.spans()).toEqual([
      [1, 100],
      [101, 200],
      [201, 300],
    ])
    stand.failAfter(Number.POSITIVE_INFINITY)
    await stand.drain(900)
    expect(stand.spans().flatMap(([first, last]) => range(first, last))).toEqual(range(1, 900))
  })

  test('takes a confirmation that comes while it still sends', async () => {
    const stand = anOutbox()
    stand.onSend = (messages) => {
      for (const { first, last } of messages) stand.outbox.confirm(first, last)
    }
    await stand.drain(500)
    expect(stand.outbox.archived).toBe(500)
    expect(stand.look(500)).toBeNull()
    expect(stand.sent).toHaveLength(5)
  })
})

describe('a confirmation', () => {
  test('moves the archived cursor, and writes it down', async () => {
    const stand = anOutbox()
    await stand.drain(150)
    stand.outbox.confirm(1, 100)
    expect(stand.outbox.archived).toBe(100)
    expect(stand.kept).toEqual([100])
  })

  test('out of order waits for what is missing before it', async () => {
    const stand = anOutbox()
    await stand.drain(250)
    stand.outbox.confirm(201, 250)
    stand.outbox.confirm(101, 200)
    expect([stand.outbox.archived, stand.kept]).toEqual([0, []])
    stand.outbox.confirm(1, 100)
    expect([stand.outbox.archived, stand.kept]).toEqual([250, [250]])
  })

  test('twice changes nothing more', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    stand.outbox.confirm(1, 100)
    stand.outbox.confirm(1, 100)
    expect([stand.outbox.archived, stand.kept]).toEqual([100, [100]])
  })

  test('of events that nobody asks about any more never moves the cursor back', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    stand.outbox.confirm(1, 100)
    stand.outbox.confirm(1, 40)
    expect(stand.outbox.archived).toBe(100)
  })

  test('from before a restart spares what it confirms', async () => {
    const stand = anOutbox({ archived: 0 })
    stand.outbox.confirm(1, 80)
    await stand.drain(100)
    expect(stand.spans()).toEqual([[81, 100]])
  })
})

describe('what stays unconfirmed', () => {
  test('is sent again after the time, and not before', async () => {
    const stand = anOutbox()
    await stand.drain(150)
    stand.now += resendAfterMs - 1
    expect(await stand.drain(150)).toMatchObject({ again: 0 })
    stand.now += 1
    expect(await stand.drain(150)).toMatchObject({ messages: 0, again: 2 })
    expect(stand.spans()).toEqual([
      [1, 100],
      [101, 150],
      [1, 100],
      [101, 150],
    ])
  })

  test('is looked at again when its time is up', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    expect(stand.look(100)).toBe(stand.now + resendAfterMs)
  })

  test('is forgotten as sent by a new object, which sends it at once', async () => {
    const stand = anOutbox()
    await stand.drain(150)
    stand.outbox.confirm(1, 100)
    const next = anOutbox({ archived: stand.kept.at(-1) ?? 0 })
    await next.drain(150)
    expect(next.spans()).toEqual([[101, 150]])
  })

  test('waits twice as long each time, up to sixteen times', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    const waits: number[] = []
    for (let time = 0; time < 7; time++) {
      const look = stand.look(100) ?? 0
      waits.push((look - stand.now) / resendAfterMs)
      stand.now = look
      await stand.drain(100)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 16, 16])
  })

  test('holds back what follows once sixty-four messages are under way, and goes on as they are confirmed', async () => {
    const stand = anOutbox()
    await stand.drain(10_000)
    expect(stand.sent).toHaveLength(64)
    await stand.drain(10_000)
    expect(stand.sent).toHaveLength(64)
    expect(stand.look(10_000)).toBe(stand.now + resendAfterMs)
    stand.outbox.confirm(1, 100)
    expect(stand.look(10_000)).toBe(stand.now + 1_000)
    await stand.drain(10_000)
    expect(stand.spans().at(-1)).toEqual([6_401, 6_500])
  })

  test('that cannot be sent again stays overdue', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    stand.now += resendAfterMs
    stand.failAfter(0)
    await expect(stand.drain(100)).rejects.toThrow('the queue is down')
    stand.failAfter(Number.POSITIVE_INFINITY)
    expect(await stand.drain(100)).toMatchObject({ again: 1 })
  })

  test('in part is sent again whole: the archive writes each ballot once', async () => {
    const stand = anOutbox()
    await stand.drain(80)
    stand.outbox.confirm(1, 30)
    expect(stand.outbox.archived).toBe(30)
    stand.now += resendAfterMs
    await stand.drain(80)
    expect(stand.spans().at(-1)).toEqual([1, 80])
  })
})

describe('looking again', () => {
  test('is soon for what is unsent, so that events gather', () => {
    const stand = anOutbox()
    expect(stand.look(1)).toBe(stand.now + 1_000)
  })

  test('is never when everything is archived', async () => {
    const stand = anOutbox()
    expect(stand.look(0)).toBeNull()
    await stand.drain(10)
    stand.outbox.confirm(1, 10)
    expect(stand.look(10)).toBeNull()
  })
})

describe('rewinding', () => {
  test('sends again what Postgres lacks, whatever it confirmed', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    stand.outbox.confirm(1, 100)
    stand.outbox.rewind(40)
    expect([stand.outbox.archived, stand.kept.at(-1)]).toEqual([40, 40])
    await stand.drain(100)
    expect(stand.spans().at(-1)).toEqual([41, 100])
  })

  test('while a message is being sent loses nothing of what lies before it', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    stand.outbox.confirm(1, 100)
    stand.onSend = () => {
      stand.onSend = () => {}
      stand.outbox.rewind(0) // a reconciler found that Postgres has lost everything
    }
    await stand.drain(200)
    for (let looks = 0; looks < 10; looks++) {
      stand.now = Math.max(stand.now, stand.look(200) ?? stand.now)
      const before = stand.sent.length
      await stand.drain(200)
      for (const { first, last } of stand.sent.slice(before)) stand.outbox.confirm(first, last)
    }
    expect(stand.outbox.archived).toBe(200)
  })

  test('to a later place does nothing', async () => {
    const stand = anOutbox()
    await stand.drain(100)
    stand.outbox.confirm(1, 50)
    stand.outbox.rewind(70)
    expect(stand.outbox.archived).toBe(50)
  })
})

test('whatever is lost, late, repeated or out of order, everything is archived once faults stop', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aFault, { minLength: 1, maxLength: 12 }), async (faults) => {
      const archive = new Set<number>()
      let seq = 0
      let stand = anOutbox()
      const late: BallotMessage[] = []
      const deliver = ({ first, last }: BallotMessage) => {
        for (const each of range(first, last)) archive.add(each)
        stand.outbox.confirm(first, last)
      }
      const send = async (fate: (message: BallotMessage) => void) => {
        const before = stand.sent.length
        await stand.drain(seq)
        stand.sent.slice(before).forEach(fate)
      }
      for (const fault of faults) {
        seq += fault.grows
        stand.now += fault.waits
        if (fault.kind === 'lost') await send(() => {})
        else if (fault.kind === 'late') await send((message) => late.push(message))
        else if (fault.kind === 'twice') await send((message) => [message, message].forEach(deliver))
        else if (fault.kind === 'backwards') {
          const batch: BallotMessage[] = []
          await send((message) => batch.push(message))
          batch.toReversed().forEach(deliver)
        } else if (fault.kind === 'restart')
          stand = anOutbox({ archived: stand.kept.at(-1) ?? stand.outbox.archived, now: stand.now })
        else late.splice(0, 2).forEach(deliver)
        // Nothing may count as archived that the archive does not have.
        expect(range(1, stand.outbox.archived).every((each) => archive.has(each))).toBe(true)
      }
      for (let look = stand.look(seq); look !== null; look = stand.look(seq)) {
        stand.now = Math.max(stand.now, look)
        await send(deliver)
      }
      expect(stand.outbox.archived).toBe(seq)
      expect(archive.size).toBe(seq)
    }),
    { numRuns: 1_500 },
  )
})

const aFault = fc.record({
  kind: fc.constantFrom('lost', 'late', 'twice', 'backwards', 'restart', 'arrival'),
  grows: fc.integer({ min: 0, max: 150 }),
  waits: fc.constantFrom(0, 1_000, resendAfterMs),
})

interface Changes {
  readonly archived?: number
  readonly now?: number
  /** How large each event is, about. */
  readonly bytes?: (seq: number) => number
}

const anOutbox = ({ archived = 0, now = 0, bytes = () => 250 }: Changes = {}) => {
  let budget = Number.POSITIVE_INFINITY
  const stand = {
    now,
    sent: [] as BallotMessage[],
    /** How many messages each call of the queue took. */
    calls: [] as number[],
    batches: [] as (readonly BallotMessage[])[],
    kept: [] as number[],
    onSend: (_messages: readonly BallotMessage[]) => {},
    failAfter(calls: number) {
      budget = calls
    },
    drain: (seq: number) => {
      written = seq
      return stand.outbox.drain(seq, () => stand.now)
    },
    look: (seq: number) => stand.outbox.nextLook(seq, stand.now, 1_000),
    spans: () => stand.sent.map(({ first, last }) => [first, last] as const),
    outbox: new Outbox(
      {
        pollId: 'poll_test',
        workspaceId: 'ws_test',
        rankings: () => [],
        shard: 3,
        resendAfterMs,
        eventsAfter: (after, limit) =>
          range(after + 1, Math.min(written, after + limit)).map((seq) => ({
            seq,
            ballot: aBallot(seq, bytes(seq)),
          })),
        send: async (messages) => {
          if (budget-- <= 0) throw new Error('the queue is down')
          stand.calls.push(messages.length)
          stand.batches.push(messages)
          stand.sent.push(...messages)
          stand.onSend(messages)
        },
        keepArchived: (seq) => stand.kept.push(seq),
      },
      archived,
    ),
  }
  let written = 0
  return stand
}

const aBallot = (seq: number, bytes: number): ArchivedBallot => ({
  id: `bal_${seq}`,
  revision: 1,
  castAt: 1_795_560_000_000,
  answers: { why: 'x'.repeat(Math.max(0, bytes - 150)) },
  country: null,
  shard: 3,
  seq,
  salt: '0123456789abcdef0123456789abcdef',
})

const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
