// The audit log: every route by which an owner or the operator changes something leaves one entry, and refusals leave none.
import { describe, expect, test } from 'vitest'
import { ownerWrites } from '../../src/http/owner-writes.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { anApi, rootKey } from '../support/api.ts'
import { orderOf, send } from '../support/owner-orders.ts'
import { expectProblem } from '../support/problems.ts'
import { access, routesOf } from '../support/route-table.ts'

const writes = ownerWrites.map((write) => [`${write.method} ${write.path}`, write] as const)

test('every route that changes something for an owner or the operator is in the table of writes', () => {
  const changing = routesOf(anApi()).filter(
    (route) => !/^(GET|HEAD|OPTIONS) /.test(route) && !['anybody', 'voter'].includes(access[route] ?? ''),
  )
  const known = new Set<string>(writes.map(([route]) => route))
  expect(
    changing
      .filter((route) => !known.has(route))
      .map((route) => {
        const [method, path] = route.split(' ')
        return `add to src/http/owner-writes.ts: { method: '${method}', path: '${path}', scope: '${access[route]}', action: '<thing>.<deed>' }`
      }),
  ).toEqual([])
  expect([...known].filter((route) => !changing.includes(route))).toEqual([])
  for (const [route, { scope }] of writes)
    expect([route, scope ?? 'operator']).toEqual([route, access[route]])
})

describe.each(writes)('%s', (route, { action }) => {
  test('leaves one entry when it is done: who, what, to what, by which request', async () => {
    const api = anApi()
    const order = await orderOf(route, api)
    const before = api.keys.log.entries.length
    const answer = await send(api, route, order)
    expect([answer.status, answer.text]).toEqual([expect.toSatisfy((status) => status < 300), answer.text])
    const [entry, ...more] = api.keys.log.entries.slice(before)
    expect(more).toEqual([])
    const operator = order.key === rootKey
    expect(entry).toMatchObject({
      id: expect.stringMatching(/^aud_[0-9a-z]{26}$/),
      workspaceId: operator ? 'operator' : (order.workspaceId ?? 'ws_first'),
      actor: operator ? 'operator' : `key_${order.key.split('_')[2]}`,
      action,
      target: order.target ?? answer.json.id,
      requestId: answer.headers.get('x-request-id'),
    })
  })

  test('leaves none when it is refused', async () => {
    const api = anApi()
    const order = await orderOf(route, api)
    const before = api.keys.log.entries.length
    const wrong = order.key === rootKey ? api.key() : api.key('ws_first', [])
    expect((await send(api, route, { ...order, key: wrong })).status).toBeGreaterThanOrEqual(400)
    expect(api.keys.log.entries.length).toBe(before)
  })
})

describe('the log', () => {
  const closeAll = async (mode: 'live' | 'test', times: number) => {
    const api = anApi()
    const key = api.key('ws_first', undefined, 'enterprise', mode)
    for (let n = 0; n < times; n++) {
      await api.ask('POST', '/v1/keys', { key, body: { name: `n${n}`, scopes: ['polls:read'] } })
      await api.counting.time.advance(1)
    }
    return { api, key }
  }

  test('is read newest first, page by page, without a gap or a repeat', async () => {
    const { api, key } = await closeAll('live', 7)
    const pages: string[][] = []
    let path = '/v1/audit-log?limit=3'
    while (path !== '') {
      const answer = await api.ask('GET', path, { key })
      pages.push(answer.json.data.map(({ target }: { target: string }) => target))
      path = /<https:\/\/[^/]+([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? ''
      expect(path === '').toBe(answer.json.nextCursor === null)
    }
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1])
    expect(pages.flat()).toEqual(api.keys.log.entries.map(({ target }) => target).toReversed())
  })

  test('shows a workspace its own, and test keys what test keys did', async () => {
    const { api, key: tests } = await closeAll('test', 2)
    const live = api.key()
    await api.ask('POST', '/v1/polls', { key: live, body: { title: 'x', questions: [] } }) // refused: no entry
    const made = await api.aPoll()
    const seen = async (key: string, query = '') =>
      (await api.ask('GET', `/v1/audit-log${query}`, { key })).json.data.map(
        ({ action }: { action: string }) => action,
      )
    expect(await seen(live)).toEqual(['poll.create'])
    expect(api.keys.log.entries.at(-1)?.target).toBe(made.id)
    expect(await seen(tests)).toEqual(['key.issue', 'key.issue'])
    expect(await seen(live, '?mode=test')).toEqual(['key.issue', 'key.issue'])
    expect(await seen(api.key('ws_other'))).toEqual([])
    expectProblem(await api.ask('GET', '/v1/audit-log?mode=live', { key: tests }), 400, 'query-invalid')
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=nonsense',
    'mode=both',
    'colour=red',
    'limit=1&limit=2',
  ])('refuses ?%s', async (query) => {
    const api = anApi()
    expectProblem(await api.ask('GET', `/v1/audit-log?${query}`, { key: api.key() }), 400, 'query-invalid')
  })

  test('that Postgres does not take is told as an event, and what was done is done', async () => {
    const api = anApi()
    api.keys.log.add = () => Promise.reject(new Unavailable('postgres'))
    api.pauses = async () => undefined // the tries that follow an answer come at once
    const answer = await api.ask('POST', '/v1/polls', { key: api.key(), body: { title: 'x', questions } })
    expect(answer.status).toBe(201)
    await expect
      .poll(() => api.counting.events.find(({ type }) => type === 'audit-failed'))
      .toMatchObject({ entry: { action: 'poll.create', target: answer.json.id } })
  })
})

const questions = [{ type: 'nps', prompt: 'Would you?' }]
