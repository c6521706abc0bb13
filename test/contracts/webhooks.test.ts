// What the archive promises of webhooks and their deliveries: on a real Postgres, and of what stands in for it in tests.
import { beforeEach, describe, expect, test } from 'vitest'
import type {
  DeliveryLog,
  DeliveryRecords,
  DueDelivery,
  OverdueDeliveries,
  TakenDelivery,
  Webhook,
  WebhookBook,
} from '../../src/application/webhook-ports.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { deliveryLog } from '../../src/archive/delivery-log.ts'
import { deliveryRecords } from '../../src/archive/delivery-records.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { webhookBook } from '../../src/archive/webhook-book.ts'
import { memoryWebhooks } from '../support/memory-webhooks.ts'
import { withPostgres } from '../support/postgres.ts'
import { aBallot, aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
let made = 0

const nothing: DueDelivery = { id: '', workspaceId: '', dueAt: 0 }

interface Stand {
  readonly workspaceId: string
  readonly book: WebhookBook
  readonly log: DeliveryLog
  readonly records: DeliveryRecords & OverdueDeliveries
  /** Archives ballots of a poll of the workspace; answers what became due. */
  cast(pollId: string, ids: readonly string[], revision?: number): Promise<readonly DueDelivery[]>
  opened(pollId: string): Promise<readonly DueDelivery[]>
  /** As a race leaves it. */
  leavePending(deliveryId: string): Promise<void>
  closed(pollId: string): Promise<readonly DueDelivery[]>
}

const stands = {
  Postgres: async (): Promise<Stand> => {
    const workspaceId = `ws_${++made}`
    const database = openDatabase(postgres)
    const collecting = async (
      work: (due: (more: readonly DueDelivery[]) => Promise<void>) => Promise<unknown>,
    ) => {
      const due: DueDelivery[] = []
      await work(async (more) => void due.push(...more))
      return due
    }
    const record = (id: string, change: object) =>
      collecting((remind) =>
        pollRecords(database, remind).record({ ...aPoll({ id, workspaceId }), ...change }, signal()),
      )
    return {
      workspaceId,
      book: webhookBook(database),
      log: deliveryLog(database),
      records: deliveryRecords(database),
      cast: (pollId, ids, revision = 1) =>
        collecting((remind) =>
          ballotRecords(database, remind).store(
            [
              {
                v: 2,
                id: `${pollId}:0:1`,
                pollId,
                shard: 0,
                first: 1,
                last: ids.length,
                workspaceId,
                ballots: ids.map((id, at) => aBallot(id, { revision, seq: at + 1, shard: 0 })),
              },
            ],
            signal(),
          ),
        ),
      leavePending: async (id) => {
        await postgres.query(`update deliveries set state = 'pending', next_at = now() where id = $1`, [id])
      },
      opened: (id) => record(id, { opened: true }),
      closed: (id) => record(id, { opened: true, phase: 'closed', version: 4, closedAt: 1_795_570_000_000 }),
    }
  },
  'in memory': async (): Promise<Stand> => {
    const workspaceId = `ws_${++made}`
    const { tables, ...stand } = memoryWebhooks()
    const stored = new Map<string, number>()
    return {
      workspaceId,
      ...stand,
      cast: async (pollId, ids, revision = 1) => {
        const fresh = ids.filter((id) => (stored.get(`${pollId} ${id}`) ?? 0) < revision)
        for (const id of fresh) stored.set(`${pollId} ${id}`, revision)
        return tables.tellBallots(
          workspaceId,
          pollId,
          fresh.map((id) => ({ id, revision, castAt: Date.now() })),
          Date.now(),
        )
      },
      leavePending: async (id) => {
        const row = tables.deliveries.get(id)
        if (row !== undefined) tables.deliveries.set(id, { ...row, state: 'pending', nextAt: Date.now() })
      },
      opened: async (pollId) => tables.tellPoll(workspaceId, pollId, 'poll.opened', Date.now()),
      closed: async (pollId) => tables.tellPoll(workspaceId, pollId, 'poll.closed', Date.now()),
    }
  },
}

describe.each(Object.entries(stands))('webhooks, %s', (_where, make) => {
  let stand: Stand
  beforeEach(async () => {
    stand = await make()
  })
  const reach = () => ({ workspaceId: stand.workspaceId })
  const aWebhook = (changes: Partial<Webhook> = {}): Webhook => ({
    id: `whk_${String(++made).padStart(16, '0')}`,
    url: 'https://example.com/hook?a=1',
    description: `Grüße "it's"`,
    events: ['poll.opened', 'poll.progress', 'poll.closed', 'ballot.cast'],
    pollId: null,
    generation: 1,
    oldestGeneration: 1,
    previousUntil: null,
    createdAt: 1_795_560_000_123,
    disabledAt: null,
    disabledReason: null,
    ...changes,
  })
  const added = async (changes: Partial<Webhook> = {}) => {
    const webhook = aWebhook(changes)
    expect(await stand.book.add(reach(), webhook, 50, signal())).toBe(true)
    return webhook
  }
  const onlyCasts = { events: ['ballot.cast'] } as const
  const plan = { now: Date.now(), delaysMs: [5_000, 60_000], fraction: 0 }
  const taken = async (due: DueDelivery | undefined): Promise<TakenDelivery> => {
    const delivery = due === undefined ? null : await stand.records.take(due, plan, signal())
    if (delivery === null) throw new Error('it could not be taken')
    return delivery
  }
  const times = { now: plan.now + 1_000, failingBefore: plan.now - 1_000 }
  const deliveries = (webhookId: string, state: 'pending' | 'failed' | null = null) =>
    stand.log.list({ ...reach(), webhookId, state, limit: 100, after: null }, signal())

  test('are found as they were made, by their own workspace only', async () => {
    const webhook = await added({ pollId: 'poll_x' })
    expect(await stand.book.find(reach(), webhook.id, signal())).toEqual(webhook)
    expect(await stand.book.find({ workspaceId: 'ws_other' }, webhook.id, signal())).toBeNull()
  })

  test('are as many as the plan has', async () => {
    await added()
    expect(await stand.book.add(reach(), aWebhook(), 1, signal())).toBe(false)
  })

  test('are listed newest first, page by page', async () => {
    const [old, young, youngest] = [
      await added(),
      await added({ createdAt: 1_795_560_000_999 }),
      await added({ createdAt: 1_795_560_000_999 }),
    ]
    const first = await stand.book.list({ ...reach(), limit: 2, after: null }, signal())
    expect(first).toEqual([youngest, young])
    const after = first.at(-1) ?? null
    expect(await stand.book.list({ ...reach(), limit: 2, after }, signal())).toEqual([old])
  })

  test('change what is named and keep the rest', async () => {
    const webhook = await added()
    const change = { url: 'https://example.org/', events: ['poll.closed'] as const, now: 5_000 }
    const changed = await stand.book.change(reach(), webhook.id, change, signal())
    expect(changed).toEqual({ ...webhook, url: 'https://example.org/', events: ['poll.closed'] })
    expect(await stand.book.change({ workspaceId: 'ws_o' }, webhook.id, change, signal())).toBeNull()
  })

  test('a new secret is a new generation; those before sign on until their overlap ends', async () => {
    const webhook = await added()
    const rotate = (now: number, until: number) =>
      stand.book.rotate(reach(), webhook.id, { now, until }, signal())
    expect(await rotate(1_000, 9_000)).toEqual({
      ...webhook,
      generation: 2,
      oldestGeneration: 1,
      previousUntil: 9_000,
    })
    // Whoever lost the answer asks again: the secret that receivers have still signs, as long as was said.
    expect(await rotate(2_000, 4_000)).toMatchObject({
      generation: 3,
      oldestGeneration: 1,
      previousUntil: 9_000,
    })
    expect(await rotate(9_500, 12_000)).toMatchObject({
      generation: 4,
      oldestGeneration: 3,
      previousUntil: 12_000,
    })
    expect(await rotate(9_600, 9_600)).toMatchObject({
      generation: 5,
      oldestGeneration: 5,
      previousUntil: 9_600,
    })
  })

  test('hear of each ballot once, by the hundred, however often it is archived', async () => {
    const webhook = await added(onlyCasts)
    const ids = Array.from({ length: 250 }, (_, at) => `bal_${String(at).padStart(3, '0')}`)
    const due = await stand.cast('poll_a', ids)
    expect(due).toHaveLength(3)
    expect(await stand.cast('poll_a', ids)).toEqual([])
    const told: string[] = []
    for (const each of due) {
      const { payload, webhook: to } = await taken(each)
      expect(to).toMatchObject({ id: webhook.id, url: webhook.url, generation: 1 })
      expect(new TextEncoder().encode(payload ?? '').byteLength).toBeLessThan(20_000)
      const { type, timestamp, data } = JSON.parse(payload ?? '')
      expect(type).toBe('ballot.cast')
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(data.pollId).toBe('poll_a')
      expect(data.ballots.length).toBeLessThanOrEqual(100)
      told.push(...data.ballots.map(({ id }: { id: string }) => id))
    }
    expect(told.toSorted()).toEqual(ids)
    expect(
      JSON.parse((await taken((await stand.cast('poll_a', ['bal_000'], 2))[0])).payload ?? ''),
    ).toMatchObject({
      data: { ballots: [{ id: 'bal_000', revision: 2, castAt: expect.stringMatching(/Z$/) }] },
    })
  })

  test('hear of what they asked for only', async () => {
    const casts = await added(onlyCasts)
    const other = await added({ ...onlyCasts, pollId: 'poll_other' })
    const off = await added(onlyCasts)
    await stand.book.change(reach(), off.id, { enabled: false, now: 1 }, signal())
    await stand.cast('poll_b', ['bal_a'])
    await stand.opened('poll_b')
    expect((await deliveries(casts.id)).map(({ event }) => event)).toEqual(['ballot.cast'])
    expect(await deliveries(other.id)).toEqual([])
    expect(await deliveries(off.id)).toEqual([])
  })

  test('hear once that a poll has opened and that it has closed', async () => {
    const webhook = await added({ events: ['poll.opened', 'poll.closed'] })
    expect(await stand.opened('poll_c')).toHaveLength(1)
    expect(await stand.opened('poll_c')).toHaveLength(0)
    const closing = await stand.closed('poll_c')
    expect(closing).toHaveLength(1)
    expect(await stand.closed('poll_c')).toHaveLength(0)
    expect((await deliveries(webhook.id)).map(({ event }) => event).toSorted()).toEqual([
      'poll.closed',
      'poll.opened',
    ])
    expect(JSON.parse((await taken(closing[0])).payload ?? '')).toMatchObject({
      type: 'poll.closed',
      data: { pollId: 'poll_c' },
    })
  })

  test('hear of progress once a minute, after it, by how many there are then', async () => {
    await added({ events: ['poll.progress'] })
    const due = [...(await stand.cast('poll_d', ['bal_a'])), ...(await stand.cast('poll_d', ['bal_b']))]
    // Two, where a minute ended between the two batches.
    expect([1, 2]).toContain(due.length)
    for (const { dueAt } of due) expect(dueAt % 60_000).toBe(31_000)
    expect(JSON.parse((await taken(due.at(-1))).payload ?? '')).toMatchObject({
      type: 'poll.progress',
      data: { pollId: 'poll_d' },
    })
  })

  test('a reminder takes its delivery once, and the next attempt is planned before this one begins', async () => {
    await added(onlyCasts)
    const [due] = await stand.cast('poll_e', ['bal_a'])
    const first = await taken(due)
    expect(first).toMatchObject({ attempt: 1, nextAt: plan.now + 5_000 })
    expect(await stand.records.take(due ?? nothing, plan, signal())).toBeNull()
    const second = await taken({ id: first.id, workspaceId: first.workspaceId, dueAt: first.nextAt })
    expect(second).toMatchObject({ attempt: 2, nextAt: plan.now + 60_000, payload: first.payload })
    expect(await taken({ id: first.id, workspaceId: first.workspaceId, dueAt: second.nextAt })).toMatchObject(
      { attempt: 3 },
    )
  })

  test('what was taken is over, and only the attempt that is under way can say so', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_f', ['bal_a'])
    const delivery = await taken(due)
    const done = { kind: 'delivered', status: 204 } as const
    await stand.records.settle({ ...delivery, attempt: 7 }, done, times, signal())
    expect(await deliveries(webhook.id)).toMatchObject([{ state: 'pending', attempts: 1 }])
    await stand.records.settle(delivery, done, times, signal())
    expect(await deliveries(webhook.id)).toMatchObject([
      { state: 'delivered', attempts: 1, lastStatus: 204, nextAt: null, deliveredAt: times.now },
    ])
    expect(
      await stand.records.take(
        { id: delivery.id, workspaceId: delivery.workspaceId, dueAt: delivery.nextAt },
        plan,
        signal(),
      ),
    ).toBeNull()
  })

  const fails = (last: boolean) =>
    ({ kind: 'failed', status: 500, error: 'The answer was 500.', last, sent: true }) as const

  test('what failed is tried again, until it is the last time', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_g', ['bal_a'])
    const delivery = await taken(due)
    await stand.records.settle(delivery, fails(false), times, signal())
    expect(await deliveries(webhook.id)).toMatchObject([
      { state: 'pending', lastStatus: 500, lastError: 'The answer was 500.', nextAt: delivery.nextAt },
    ])
    const again = await taken({ id: delivery.id, workspaceId: delivery.workspaceId, dueAt: delivery.nextAt })
    await stand.records.settle(again, fails(true), times, signal())
    expect(await deliveries(webhook.id, 'failed')).toMatchObject([{ state: 'failed', nextAt: null }])
    expect(await deliveries(webhook.id, 'pending')).toEqual([])
    expect((await stand.book.find(reach(), webhook.id, signal()))?.disabledAt).toBeNull()
  })

  test('one that is gone is disabled, with all that was on its way', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_h', ['bal_a'])
    const [later] = await stand.cast('poll_h', ['bal_b'])
    await stand.records.settle(await taken(due), { kind: 'gone' }, times, signal())
    expect(await stand.book.find(reach(), webhook.id, signal())).toMatchObject({
      disabledAt: times.now,
      disabledReason: 'gone',
    })
    expect((await deliveries(webhook.id)).map(({ state }) => state)).toEqual(['failed', 'failed'])
    expect(await stand.records.take(later ?? nothing, plan, signal())).toBeNull()
    const enabled = await stand.book.change(reach(), webhook.id, { enabled: true, now: 1 }, signal())
    expect(enabled).toMatchObject({ disabledAt: null, disabledReason: null })
  })

  test('one that has only failed for long is disabled; one success, and it begins anew', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_i', ['bal_a'])
    const first = await taken(due)
    await stand.records.settle(first, fails(false), times, signal())
    const muchLater = { now: times.now + 9_000, failingBefore: times.now + 1 }
    const second = await taken({ id: first.id, workspaceId: first.workspaceId, dueAt: first.nextAt })
    await stand.records.settle(second, { kind: 'delivered', status: 200 }, muchLater, signal())
    const [next] = await stand.cast('poll_i', ['bal_b'])
    const third = await taken(next)
    await stand.records.settle(third, fails(false), { ...times, failingBefore: times.now }, signal())
    expect((await stand.book.find(reach(), webhook.id, signal()))?.disabledAt).toBeNull()
    const fourth = await taken({ id: third.id, workspaceId: third.workspaceId, dueAt: third.nextAt })
    await stand.records.settle(fourth, fails(false), muchLater, signal())
    expect(await stand.book.find(reach(), webhook.id, signal())).toMatchObject({ disabledReason: 'failing' })
  })

  test('what is overdue is due anew from here on, whoever forgot it; what nobody hears any more is given up', async () => {
    const webhook = await added(onlyCasts)
    const due = [...(await stand.cast('poll_j', ['bal_a'])), ...(await stand.cast('poll_j', ['bal_b']))]
    const order = { before: Date.now() + 60_000, now: Date.now() + 90_000, limit: 1_000 }
    expect(await stand.records.overdue({ ...order, before: Date.now() - 3_600_000 }, signal())).toEqual([])
    const found = await stand.records.overdue(order, signal())
    const mine = found.filter(({ id }) => due.some((one) => one.id === id))
    expect(mine.map(({ id }) => id).toSorted()).toEqual(due.map(({ id }) => id).toSorted())
    expect(new Set(mine.map(({ dueAt }) => dueAt))).toEqual(new Set([order.now]))
    expect(await stand.records.take(due[0] ?? nothing, plan, signal())).toBeNull()
    const [first, second] = mine
    expect(await taken(first)).toMatchObject({ attempt: 1 })
    // As where the archive wrote it down while its owner disabled the webhook.
    await stand.book.change(reach(), webhook.id, { enabled: false, now: 1 }, signal())
    await stand.leavePending(second?.id ?? '')
    const later = { ...order, before: order.now + 60_000, now: order.now + 90_000 }
    expect((await stand.records.overdue(later, signal())).filter(({ id }) => id === second?.id)).toEqual([])
    expect(await deliveries(webhook.id, 'pending')).toEqual([])
  })

  test('where everything fails one is tried at a time, and the others wait some minutes', async () => {
    const webhook = await added(onlyCasts)
    const [one] = await stand.cast('poll_m', ['bal_a'])
    const [two] = await stand.cast('poll_m', ['bal_b'])
    const [three] = await stand.cast('poll_m', ['bal_c'])
    await stand.records.settle(await taken(one), fails(false), times, signal())
    const second = await taken(two)
    expect(await stand.records.take(three ?? nothing, plan, signal())).toBeNull()
    const waiting = (await deliveries(webhook.id)).find(({ id }) => id === three?.id)
    expect(waiting).toMatchObject({ state: 'pending', attempts: 0, nextAt: plan.now + 60_000 })
    await stand.records.settle(second, { kind: 'delivered', status: 200 }, times, signal())
    expect(await taken({ ...(three ?? nothing), dueAt: plan.now + 60_000 })).toMatchObject({ attempt: 1 })
  })

  test('what was never sent says nothing of the endpoint, and another address begins anew', async () => {
    const webhook = await added(onlyCasts)
    const [one] = await stand.cast('poll_n', ['bal_a'])
    const unsent = { kind: 'failed', status: null, error: 'e', last: true, sent: false } as const
    const longAgo = { now: times.now - 1_000_000, failingBefore: 0 }
    await stand.records.settle(await taken(one), unsent, longAgo, signal())
    const [two] = await stand.cast('poll_n', ['bal_b'])
    await stand.records.settle(await taken(two), fails(true), times, signal())
    expect((await stand.book.find(reach(), webhook.id, signal()))?.disabledAt).toBeNull()
    await stand.book.change(reach(), webhook.id, { url: 'https://example.org/', now: 1 }, signal())
    const [three] = await stand.cast('poll_n', ['bal_c'])
    const muchLater = { now: times.now + 9_000, failingBefore: times.now + 1_000 }
    await stand.records.settle(await taken(three), fails(true), muchLater, signal())
    expect((await stand.book.find(reach(), webhook.id, signal()))?.disabledAt).toBeNull()
  })

  test('one that is disabled meanwhile takes nothing again', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_o', ['bal_a'])
    await stand.book.change(reach(), webhook.id, { enabled: false, now: 1 }, signal())
    const order = { ...reach(), webhookId: webhook.id, deliveryId: due?.id ?? '', now: 5 }
    expect(await stand.log.redeliver(order, signal())).toBeNull()
  })

  test('a delivery is sent again with the same id and body, by its own workspace only', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_k', ['bal_a'])
    const delivery = await taken(due)
    await stand.records.settle(delivery, fails(true), times, signal())
    const order = { ...reach(), webhookId: webhook.id, deliveryId: delivery.id, now: 1_795_600_000_000 }
    const foreign = { ...order, workspaceId: 'ws_other' }
    expect(await stand.log.redeliver(foreign, signal())).toBeNull()
    const again = await stand.log.redeliver(order, signal())
    expect(again).toMatchObject({ id: delivery.id, state: 'pending', attempts: 0, nextAt: order.now })
    const second = await taken({ id: delivery.id, workspaceId: delivery.workspaceId, dueAt: order.now })
    expect(second).toMatchObject({ payload: delivery.payload, attempt: 1 })
  })

  test('one that is removed takes its deliveries along', async () => {
    const webhook = await added(onlyCasts)
    const [due] = await stand.cast('poll_l', ['bal_a'])
    expect(await stand.book.remove({ workspaceId: 'ws_o' }, webhook.id, signal())).toBe(false)
    expect(await stand.book.remove(reach(), webhook.id, signal())).toBe(true)
    expect(await stand.records.take(due ?? nothing, plan, signal())).toBeNull()
    expect(await deliveries(webhook.id)).toEqual([])
  })
})

test('a poll that was away from Postgres for all of its life opens and closes at once', async () => {
  const stand = await stands.Postgres()
  const webhook: Webhook = {
    id: `whk_whole_life`,
    url: 'https://example.com/',
    description: '',
    events: ['poll.opened', 'poll.closed'],
    pollId: null,
    generation: 1,
    oldestGeneration: 1,
    previousUntil: null,
    createdAt: 1,
    disabledAt: null,
    disabledReason: null,
  }
  await stand.book.add({ workspaceId: stand.workspaceId }, webhook, 9, signal())
  expect(await stand.closed('poll_whole')).toHaveLength(2)
})
