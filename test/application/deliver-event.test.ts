// A delivery from its first attempt to its last, on a clock that is given.
import { describe, expect, test } from 'vitest'
import { deliverEvent, type Sent } from '../../src/application/deliver-event.ts'
import { mostAttempts } from '../../src/application/delivery-schedule.ts'
import type { Event } from '../../src/application/events.ts'
import type { DueDelivery } from '../../src/application/webhook-ports.ts'
import { memoryWebhooks } from '../support/memory-webhooks.ts'
import { noon } from '../support/timeline.ts'
import { aWebhook } from '../support/webhooks.ts'

const hour = 3_600
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const published = [5, 300, 1_800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]

describe('an endpoint that never takes anything', () => {
  test('is tried as often and as far apart as the schedule says, under one id, then no more', async () => {
    const stand = aStand(async () => ({ kind: 'answered', status: 500 }))
    await stand.run()
    expect(stand.waits()).toEqual(published)
    expect(stand.sent).toHaveLength(mostAttempts)
    expect(new Set(stand.sent.map(({ id }) => id)).size).toBe(1)
    expect(new Set(stand.sent.map(({ payload }) => payload)).size).toBe(1)
    expect(stand.delivery()).toMatchObject({ state: 'failed', lastStatus: 500, nextAt: null })
    expect(stand.outcomes()).toEqual([...Array(9).fill('failed'), 'given-up'])
  })

  test('waits up to a tenth longer by chance', async () => {
    const stand = aStand(async () => ({ kind: 'failed', error: 'No connection came about.' }), 1)
    await stand.run()
    expect(stand.waits()).toEqual(published.map((seconds) => Math.round(seconds * 1_100) / 1_000))
    expect(stand.delivery()).toMatchObject({ lastStatus: null, lastError: 'No connection came about.' })
  })
})

test.each([200, 201, 202, 204, 299])('any 2xx takes it: %i', async (status) => {
  const stand = aStand(async () => ({ kind: 'answered', status }))
  await stand.run()
  expect(stand.delivery()).toMatchObject({ state: 'delivered', lastStatus: status, attempts: 1 })
})

test.each([199, 301, 302, 307, 400, 404, 429, 500, 503])('nothing else does: %i', async (status) => {
  const stand = aStand(async () => ({ kind: 'answered', status }))
  await stand.once()
  expect(stand.delivery()).toMatchObject({ state: 'pending', lastStatus: status })
})

test('410 ends it at once, and the webhook', async () => {
  const stand = aStand(async () => ({ kind: 'answered', status: 410 }))
  await stand.run()
  expect(stand.sent).toHaveLength(1)
  expect(stand.webhook()).toMatchObject({ disabledAt: noon, disabledReason: 'gone' })
})

test('of two reminders of the same attempt one attempts it', async () => {
  const stand = aStand(async () => ({ kind: 'answered', status: 500 }))
  await stand.twice()
  expect(stand.sent).toHaveLength(1)
})

test('an attempt that dies in the middle is made again by whoever sweeps, and not for ever', async () => {
  const stand = aStand(async () => {
    throw new Error('the isolate ended')
  })
  for (let at = 0; at < 30; at++) await stand.once().catch(() => undefined)
  expect(stand.sent).toHaveLength(mostAttempts)
  expect(stand.delivery()).toMatchObject({ state: 'failed', lastError: 'The last attempt did not end.' })
})

const aStand = (send: () => Promise<Sent>, fraction = 0) => {
  let now = noon
  const { tables, records } = memoryWebhooks()
  tables.add('ws_a', aWebhook({ events: ['poll.closed'] }), 1)
  const [first] = tables.tellPoll('ws_a', 'poll_a', 'poll.closed', now)
  if (first === undefined) throw new Error('nothing was told')
  const reminded: DueDelivery[] = []
  const events: Event[] = []
  const sent: { id: string; payload: string; at: number }[] = []
  const deliver = deliverEvent({
    deliveryRecords: records,
    sendEvent: async ({ id, payload }) => {
      sent.push({ id, payload, at: now })
      return send()
    },
    remind: async (due) => void reminded.push(...due),
    clock: { now: () => now },
    random: { bytes: (count) => new Uint8Array(count), fraction: () => fraction },
    report: (event) => void events.push(event),
  })
  const signal = new AbortController().signal
  const dueNow = (): DueDelivery => ({
    ...first,
    dueAt: tables.deliveries.get(first.id)?.nextAt ?? first.dueAt,
  })
  return {
    sent,
    /** As a reminder or the sweep would: at the time it is due. */
    once: () => {
      const due = dueNow()
      now = Math.max(now, due.dueAt)
      return deliver(due, signal)
    },
    twice: () => Promise.all([deliver(first, signal), deliver(first, signal)]),
    /** Follows reminders, and nothing else. */
    run: async () => {
      for (let due: DueDelivery | undefined = first; due !== undefined; due = reminded.shift()) {
        now = Math.max(now, due.dueAt)
        await deliver(due, signal)
      }
    },
    waits: () => sent.slice(1).map(({ at }, before) => (at - (sent[before]?.at ?? 0)) / 1_000),
    delivery: () => tables.deliveries.get(first.id),
    webhook: () => tables.webhooks.get('whk_a'),
    outcomes: () => events.map((event) => event.type === 'delivery-attempted' && event.outcome),
  }
}
