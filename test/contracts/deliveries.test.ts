// What the archive promises of deliveries: one attempt at a time, settled once, tried again, given up.
import { beforeEach, describe, expect, test } from 'vitest'
import { withPostgres } from '../support/postgres.ts'
import { nothing, onlyCasts, plan, type Stand, signal, standsOver, times, using } from './webhook-stand.ts'

const postgres = withPostgres()

describe.each(Object.entries(standsOver(postgres)))('deliveries, %s', (_where, make) => {
  let stand: Stand
  beforeEach(async () => {
    stand = await make()
  })
  const { reach, added, taken, deliveries } = using(() => stand)

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
    const order = { ...reach(), webhookId: webhook.id, state: null, limit: 100, after: null }
    expect(await stand.log.list(order, signal())).toBeNull()
  })

  test('a page goes on after the last of the page before, to the millisecond that it names', async () => {
    const webhook = await added(onlyCasts)
    for (const id of ['bal_a', 'bal_b', 'bal_c', 'bal_d', 'bal_e', 'bal_f']) await stand.cast('poll_q', [id])
    const whole = await deliveries(webhook.id)
    const places = whole.map(({ createdAt, id }) => `${createdAt} ${id}`)
    expect(places).toEqual(places.toSorted().toReversed())
    const order = { ...reach(), webhookId: webhook.id, state: null, limit: 1 }
    for (const [at, after] of [null, ...whole].entries())
      expect(await stand.log.list({ ...order, after }, signal())).toEqual(whole.slice(at, at + 1))
  })

  test('a page says whether there is such a webhook, which only its own workspace is told', async () => {
    const webhook = await added(onlyCasts)
    const list = (order: object) =>
      stand.log.list(
        { ...reach(), webhookId: webhook.id, state: null, limit: 2, after: null, ...order },
        signal(),
      )
    expect(await list({})).toEqual([])
    expect(await list({ state: 'failed' })).toEqual([])
    expect(await list({ workspaceId: `${stand.workspaceId}_test` })).toBeNull()
    expect(await list({ webhookId: 'whk_none' })).toBeNull()
  })
})
