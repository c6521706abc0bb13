// Reminders: into the queue, out of it, and what happens to those that are lost on the way.
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import type { DueDelivery } from '../../src/application/webhook-ports.ts'
import { consumeDeliveries } from '../../src/runtime/consume-deliveries.ts'
import { remindThrough } from '../../src/runtime/remind-deliveries.ts'
import { sweepDeliveries } from '../../src/runtime/sweep-deliveries.ts'
import { noon } from '../support/timeline.ts'

const clock = { now: () => noon }
const dayMs = 86_400_000

describe('a reminder', () => {
  test('goes into the queue as late as it is due, and no later than a queue holds it', async () => {
    const stand = reminding()
    await stand.remind([
      { id: 'msg_a', workspaceId: 'ws_a', dueAt: noon - 5 },
      { id: 'msg_b', workspaceId: 'ws_a', dueAt: noon + 4_001 },
      { id: 'msg_c', workspaceId: 'ws_a', dueAt: noon + dayMs },
    ])
    expect(stand.batches).toEqual([
      [
        {
          body: { v: 1, id: 'msg_a', workspaceId: 'ws_a', dueAt: noon - 5 },
          contentType: 'json',
          delaySeconds: 0,
        },
        {
          body: { v: 1, id: 'msg_b', workspaceId: 'ws_a', dueAt: noon + 4_001 },
          contentType: 'json',
          delaySeconds: 5,
        },
        {
          body: { v: 1, id: 'msg_c', workspaceId: 'ws_a', dueAt: noon + dayMs },
          contentType: 'json',
          delaySeconds: 43_200,
        },
      ],
    ])
  })

  test('goes by the hundred', async () => {
    const stand = reminding()
    await stand.remind(
      Array.from({ length: 250 }, (_, at) => ({ id: `msg_${at}`, workspaceId: 'ws_a', dueAt: noon })),
    )
    expect(stand.batches.map(({ length }) => length)).toEqual([100, 100, 50])
  })

  test('that the queue does not take is told, and nothing fails', async () => {
    const stand = reminding(true)
    await stand.remind([{ id: 'msg_a', workspaceId: 'ws_a', dueAt: noon }])
    await Promise.all(stand.behind)
    expect(stand.events).toMatchObject([{ type: 'reminders-lost', count: 1 }])
  })
})

describe('out of the queue', () => {
  test('one that is due is followed', async () => {
    const stand = consuming()
    expect(await stand.take({ v: 1, id: 'msg_a', workspaceId: 'ws_a', dueAt: noon })).toBe('ack')
    expect(stand.delivered).toEqual([{ id: 'msg_a', workspaceId: 'ws_a', dueAt: noon }])
  })

  test('one that is early goes back until it is', async () => {
    const stand = consuming()
    expect(await stand.take({ v: 1, id: 'msg_a', workspaceId: 'ws_a', dueAt: noon + dayMs })).toBe(
      'retry in 43200 s',
    )
    expect(await stand.take({ v: 1, id: 'msg_a', workspaceId: 'ws_a', dueAt: noon + 1 })).toBe('retry in 1 s')
    expect(stand.delivered).toEqual([])
  })

  test('one that cannot be followed is not sent for ever: the sweep finds what it was of', async () => {
    const stand = consuming(true)
    expect(await stand.take({ v: 1, id: 'msg_a', workspaceId: 'ws_a', dueAt: noon })).toBe('ack')
    expect(stand.events).toMatchObject([{ type: 'delivery-stalled', deliveryId: 'msg_a' }])
  })

  test.each([
    [null],
    ['text'],
    [{ v: 2, id: 'msg_a', workspaceId: 'ws_a', dueAt: noon }],
    [{ v: 1, id: 7, workspaceId: 'ws_a', dueAt: noon }],
  ])('what is none, as %j, is told and dropped', async (body) => {
    const stand = consuming()
    expect(await stand.take(body)).toBe('ack')
    expect(stand.events).toMatchObject([{ type: 'message-poisoned' }])
  })
})

describe('the sweep', () => {
  test('reminds of what has been due for two minutes', async () => {
    const { run, reminded, events, asked } = sweeping([
      { id: 'msg_a', workspaceId: 'ws_a', dueAt: noon - 200_000 },
    ])
    await run()
    expect(asked).toEqual([noon - 120_000])
    expect(reminded).toEqual([{ id: 'msg_a', workspaceId: 'ws_a', dueAt: noon - 200_000 }])
    expect(events).toEqual([{ type: 'deliveries-swept', count: 1 }])
  })

  test('says nothing where nothing is', async () => {
    const { run, events } = sweeping([])
    await run()
    expect(events).toEqual([])
  })

  test('fails without noise that would stop the schedule', async () => {
    const { run, events } = sweeping(null)
    await expect(run()).resolves.toBeUndefined()
    expect(events).toMatchObject([{ type: 'sweep-failed' }])
  })
})

const reminding = (full = false) => {
  const batches: unknown[][] = []
  const events: Event[] = []
  const behind: Promise<unknown>[] = []
  const queue = {
    sendBatch: async (messages: unknown[]) => {
      if (full) throw new Error('the queue is full')
      batches.push(messages)
    },
  }
  const report = (event: Event) => void events.push(event)
  const waitUntil = (work: Promise<unknown>) => void behind.push(work)
  return { batches, events, behind, remind: remindThrough({ queue, clock, report, waitUntil }) }
}

const consuming = (fails = false) => {
  const delivered: DueDelivery[] = []
  const events: Event[] = []
  const consume = consumeDeliveries({
    deliverEvent: async (due) => {
      if (fails) throw new Error('Postgres is away')
      delivered.push(due)
    },
    clock,
    report: (event) => void events.push(event),
  })
  return {
    delivered,
    events,
    take: async (body: unknown) => {
      let fate = ''
      const ack = () => {
        fate = 'ack'
      }
      const retry = ({ delaySeconds }: { delaySeconds?: number } = {}) => {
        fate = `retry in ${delaySeconds} s`
      }
      await consume([{ id: 'm', attempts: 1, timestamp: new Date(noon), body, ack, retry }])
      return fate
    },
  }
}

const sweeping = (overdue: readonly DueDelivery[] | null) => {
  const reminded: DueDelivery[] = []
  const events: Event[] = []
  const asked: number[] = []
  const run = sweepDeliveries({
    overdueDeliveries: [
      {
        overdue: async ({ before }) => {
          asked.push(before)
          if (overdue === null) throw new Error('Postgres is away')
          return overdue
        },
      },
    ],
    remind: async (due) => void reminded.push(...due),
    clock,
    report: (event) => void events.push(event),
  })
  return { run, reminded, events, asked }
}
