// What the archive promises of webhooks: how they are managed, and what they hear.
import { beforeEach, describe, expect, test } from 'vitest'
import { withPostgres } from '../support/postgres.ts'
import { aWebhook } from '../support/webhooks.ts'
import { onlyCasts, type Stand, signal, standsOver, using } from './webhook-stand.ts'

const postgres = withPostgres()

describe.each(Object.entries(standsOver(postgres)))('webhooks, %s', (_where, make) => {
  let stand: Stand
  beforeEach(async () => {
    stand = await make()
  })
  const { reach, unmade, added, taken, deliveries } = using(() => stand)

  test('are found as they were made, by their own workspace only', async () => {
    const webhook = await added({ pollId: 'poll_x' })
    expect(await stand.book.find(reach(), webhook.id, signal())).toEqual(webhook)
    expect(await stand.book.find({ workspaceId: 'ws_other' }, webhook.id, signal())).toBeNull()
  })

  test('are as many as the plan has', async () => {
    await added()
    expect(await stand.book.add(reach(), unmade(), 1, signal())).toBe('full')
  })

  test('that are there already are answered as they are, however many there may be', async () => {
    const webhook = await added()
    const again = { ...webhook, url: 'https://example.net/', createdAt: webhook.createdAt + 1 }
    expect(await stand.book.add(reach(), again, 1, signal())).toEqual(webhook)
    expect(await stand.book.list({ ...reach(), limit: 9, after: null }, signal())).toEqual([webhook])
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
})

test('a poll that was away from Postgres for all of its life opens and closes at once', async () => {
  const stand = await standsOver(postgres).Postgres()
  const webhook = aWebhook({ events: ['poll.opened', 'poll.closed'], createdAt: 1 })
  await stand.book.add({ workspaceId: stand.workspaceId }, webhook, 9, signal())
  expect(await stand.closed('poll_whole')).toHaveLength(2)
})
