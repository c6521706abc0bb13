// Webhooks over HTTP: made, shown once, judged, listed, changed, rotated, disabled; and what became of what was sent.
import { describe, expect, it, test } from 'vitest'
import { webhookEvents } from '../../src/application/webhook-ports.ts'
import { type Api, anApi } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const hook = 'https://example.com/hook'
const make = (api: Api, key: string, body: object = {}) =>
  api.ask('POST', '/v1/webhooks', { key, body: { url: hook, ...body } })

describe('a new webhook', () => {
  it('hears of everything unless said, and its secret is shown once', async () => {
    const api = anApi()
    const key = api.key()
    const made = await make(api, key)
    expect(made.status).toBe(201)
    const { secret, ...webhook } = made.json
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(webhook).toEqual({
      id: expect.stringMatching(/^whk_[0-9a-hjkmnp-tv-z]{26}$/),
      url: hook,
      description: '',
      events: [...webhookEvents],
      pollId: null,
      enabled: true,
      createdAt: '2026-11-24T12:00:00.000Z',
      disabledAt: null,
      disabledReason: null,
      previousSecretUntil: null,
    })
    expect(made.headers.get('location')).toBe(`https://edge.test/v1/webhooks/${webhook.id}`)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const again = await api.ask('GET', `/v1/webhooks/${webhook.id}`, { key })
    expect(again.json).toEqual(webhook)
    const [listed] = (await api.ask('GET', '/v1/webhooks', { key })).json.data
    expect(listed).toEqual(webhook)
  })

  it('may be of one poll, which must be the workspace’s own', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const made = await make(api, api.key(), { pollId: poll.id, events: ['poll.closed'] })
    expect(made.json).toMatchObject({ pollId: poll.id, events: ['poll.closed'] })
    const foreign = await make(api, api.key('ws_other'), { pollId: poll.id })
    expectProblem(foreign, 404, 'poll-not-found')
  })

  test.each([
    ['http://example.com/', 'https'],
    ['https://127.0.0.1/', 'address'],
    ['https://[::1]/', 'address'],
    ['https://localhost/', 'reachable'],
    ['https://10.1.2.3/', 'address'],
    ['nonsense', 'URL'],
  ])('may not go to %s', async (url, why) => {
    const api = anApi()
    const answer = await make(api, api.key(), { url })
    expectProblem(answer, 422, 'webhook-invalid')
    expect(answer.json.errors).toEqual([{ pointer: '/url', detail: expect.stringContaining(why) }])
  })

  test.each([
    [{ events: [] }, '/events'],
    [{ events: ['poll.deleted'] }, '/events/0'],
    [{ events: ['poll.closed', 'poll.closed'] }, '/events'],
    [{ description: 'x'.repeat(301) }, '/description'],
    [{ secret: 'mine' }, '/secret'],
    [{ url: 7 }, '/url'],
  ])('is refused with %j', async (body, pointer) => {
    const api = anApi()
    const answer = await make(api, api.key(), body)
    expectProblem(answer, 422, 'webhook-invalid')
    expect(answer.json.errors[0].pointer).toBe(pointer)
  })

  it('finds no room beyond what the plan has', async () => {
    const api = anApi()
    const key = api.key('ws_small', undefined, 'free')
    for (let at = 0; at < 5; at++) expect((await make(api, key)).status).toBe(201)
    expectProblem(await make(api, key), 403, 'plan-limit')
  })
})

describe('test and live keys', () => {
  it('have webhooks apart', async () => {
    const api = anApi()
    const live = await make(api, api.key())
    const testKey = api.key('ws_first', undefined, 'enterprise', 'test')
    expectProblem(
      await api.ask('GET', `/v1/webhooks/${live.json.id}`, { key: testKey }),
      404,
      'webhook-not-found',
    )
    expect((await api.ask('GET', '/v1/webhooks', { key: testKey })).json.data).toEqual([])
  })
})

describe('a change', () => {
  it('disables and enables', async () => {
    const api = anApi()
    const key = api.key()
    const { id } = (await make(api, key)).json
    const patch = (body: object) => api.ask('PATCH', `/v1/webhooks/${id}`, { key, body })
    expect((await patch({ enabled: false })).json).toMatchObject({
      enabled: false,
      disabledReason: 'owner',
      disabledAt: '2026-11-24T12:00:00.000Z',
    })
    expect((await patch({ enabled: true, description: 'Again' })).json).toMatchObject({
      enabled: true,
      disabledReason: null,
      description: 'Again',
      url: hook,
    })
    expectProblem(await patch({ url: 'https://192.168.0.1/' }), 422, 'webhook-invalid')
    expectProblem(await patch({ pollId: 'poll_x' }), 422, 'webhook-invalid')
  })

  it('gives another secret, and says until when the old one is good', async () => {
    const api = anApi()
    const key = api.key()
    const made = (await make(api, key)).json
    const rotate = (body?: object) =>
      api.ask('POST', `/v1/webhooks/${made.id}/rotate`, { key, ...(body && { body }) })
    const rotated = await rotate()
    expect(rotated.status).toBe(200)
    expect(rotated.json.secret).toMatch(/^whsec_/)
    expect(rotated.json.secret).not.toBe(made.secret)
    expect(rotated.json.previousSecretUntil).toBe('2026-11-25T12:00:00.000Z')
    expect((await rotate({ overlapSeconds: 0 })).json.previousSecretUntil).toBe('2026-11-24T12:00:00.000Z')
    expectProblem(await rotate({ overlapSeconds: -1 }), 422, 'webhook-invalid')
  })

  it('takes one away for good', async () => {
    const api = anApi()
    const key = api.key()
    const { id } = (await make(api, key)).json
    expect((await api.ask('DELETE', `/v1/webhooks/${id}`, { key })).status).toBe(204)
    expectProblem(await api.ask('DELETE', `/v1/webhooks/${id}`, { key }), 404, 'webhook-not-found')
  })
})

describe('deliveries', () => {
  const told = async () => {
    const api = anApi()
    const key = api.key()
    const { id } = (await make(api, key)).json
    const polls = ['poll_a', 'poll_b', 'poll_c']
    const due = polls.flatMap((pollId, at) =>
      api.webhooks.tables.tellPoll('ws_first', pollId, 'poll.closed', 1_795_500_000_000 + at),
    )
    const path = `/v1/webhooks/${id}/deliveries`
    return { api, key, id, due, path, list: (query = '') => api.ask('GET', `${path}${query}`, { key }) }
  }

  it('are listed newest first, page by page and by state', async () => {
    const { list } = await told()
    const first = await list('?limit=2')
    expect(first.json.data.map(({ pollId }: { pollId: string }) => pollId)).toEqual(['poll_c', 'poll_b'])
    expect(first.json.data[0]).toEqual({
      id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
      event: 'poll.closed',
      pollId: 'poll_c',
      state: 'pending',
      attempts: 0,
      lastStatus: null,
      lastError: null,
      createdAt: new Date(1_795_500_000_002).toISOString(),
      nextAt: new Date(1_795_500_000_002).toISOString(),
      deliveredAt: null,
    })
    expect(first.headers.get('link')).toContain('rel="next"')
    const second = await list(`?limit=2&cursor=${first.json.nextCursor}`)
    expect(second.json.data).toHaveLength(1)
    expect((await list('?state=delivered')).json.data).toEqual([])
    expectProblem(await list('?state=lost'), 400, 'query-invalid')
  })

  it('of no webhook are not there, whatever else is wrong; who may not ask is told so before what is malformed', async () => {
    const { api, list, path } = await told()
    const ask = (where: string, key: string) => api.ask('GET', where, { key })
    for (const query of ['', '?state=lost', '?limit=0', '?cursor=x'])
      for (const where of ['/v1/webhooks/whk_none/deliveries', '/v1/webhooks/%00/deliveries', path])
        for (const key of [api.key('ws_other'), api.key('ws_other', ['polls:read'])])
          expectProblem(await ask(`${where}${query}`, key), 404, 'webhook-not-found')
    const unscoped = api.key('ws_first', ['polls:read'])
    expectProblem(await ask('/v1/webhooks/whk_none/deliveries', unscoped), 404, 'webhook-not-found')
    expectProblem(await ask(`${path}?limit=0`, unscoped), 403, 'scope-missing')
    // Where nothing is wrong nobody looks for the webhook by itself.
    api.webhooks.book.find = async () => Promise.reject(new Error('it was looked for'))
    expect((await list()).status).toBe(200)
  })

  it('can be sent again, unless the webhook is disabled or the body is gone', async () => {
    const { api, key, id, due, path } = await told()
    const redeliver = (delivery: string | undefined) =>
      api.ask('POST', `${path}/${delivery}/redeliver`, { key })
    const again = await redeliver(due[0]?.id)
    expect([again.status, again.json.state, again.json.attempts]).toEqual([202, 'pending', 0])
    expectProblem(await redeliver('msg_none'), 404, 'delivery-not-found')
    const [, { id: old = '' } = {}] = due
    const row = api.webhooks.tables.deliveries.get(old)
    if (row !== undefined)
      api.webhooks.tables.deliveries.set(old, { ...row, state: 'delivered', payload: null })
    expectProblem(await redeliver(old), 409, 'delivery-forgotten')
    await api.ask('PATCH', `/v1/webhooks/${id}`, { key, body: { enabled: false } })
    expectProblem(await redeliver(due[0]?.id), 409, 'webhook-disabled')
  })
})
