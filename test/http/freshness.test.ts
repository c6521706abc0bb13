// How owners read what they wrote: every write says where it is written to, every read says on what it has seen.
import { describe, expect, test } from 'vitest'
import { ownerWrites } from '../../src/http/owner-writes.ts'
import { readAfterOf } from '../../src/kernel/read-after.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { type Api, anApi, rootKey } from '../support/api.ts'
import { orderOf, send } from '../support/owner-orders.ts'

const routesOf = (whose: 'owner' | 'operator') =>
  ownerWrites
    .filter(({ scope }) => (scope !== null) === (whose === 'owner'))
    .map(({ method, path }) => `${method} ${path}`)

/** An API with a replica, whose tokens count up. */
const replicated = (): Api & { asked: string[] } => {
  const api = Object.assign(anApi(), { asked: [] as string[] })
  Object.assign(api.services, {
    written: async (workspaceId: string) => `main=0/${api.asked.push(workspaceId)}`,
  })
  return api
}

describe.each(routesOf('owner'))('%s', (route) => {
  test('says how far it is written, of the tenant whose write it was', async () => {
    const api = replicated()
    const order = await orderOf(route, api)
    api.asked.length = 0
    const done = await send(api, route, order)
    expect(done.status).toBeLessThan(300)
    expect(done.headers.get('edgepoll-written')).toBe('main=0/1')
    expect(api.asked).toEqual([expect.stringMatching(/^ws_/)])
  })

  test('is as good where that cannot be said, and where there is no replica', async () => {
    for (const written of [async () => null, () => Promise.reject(new Unavailable('postgres'))]) {
      const api = anApi()
      const order = await orderOf(route, api)
      Object.assign(api.services, { written })
      const done = await send(api, route, order)
      expect(done.status).toBeLessThan(300)
      expect(done.headers.has('edgepoll-written')).toBe(false)
    }
  })
})

test.each(routesOf('operator'))('%s of the operator says nothing', async (route) => {
  const api = replicated()
  const order = await orderOf(route, api)
  api.asked.length = 0
  expect((await send(api, route, order)).headers.has('edgepoll-written')).toBe(false)
  expect(api.asked).toEqual([])
})

test('a repeat is answered with the token of the first answer', async () => {
  const api = replicated()
  const route = 'POST /v1/keys'
  const order = await orderOf(route, api)
  const named = { 'Idempotency-Key': 'once' }
  const first = await send(api, route, order, named)
  const again = await send(api, route, order, named)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(again.headers.get('edgepoll-written')).toBe(first.headers.get('edgepoll-written'))
})

test('a write that is refused says nothing', async () => {
  const api = replicated()
  const refused = await api.ask('POST', '/v1/polls', { key: api.key(), body: {} })
  expect([refused.status, refused.headers.has('edgepoll-written')]).toEqual([422, false])
})

test.each([
  ['main=0/1', 'main=0/1'],
  [null, null],
])('a read that names %s asks for what has seen %s', async (sent, seen) => {
  const api = anApi()
  const carried: (string | null)[] = []
  const { listPolls } = api.services
  Object.assign(api.services, {
    listPolls: (...call: Parameters<typeof listPolls>) => {
      carried.push(readAfterOf(call[1]))
      return listPolls(...call)
    },
  })
  const headers: Record<string, string> = sent === null ? {} : { 'Edgepoll-Read-After': sent }
  expect((await api.ask('GET', '/v1/polls', { key: api.key(), headers })).status).toBe(200)
  expect(carried).toEqual([seen])
})

test('pages may read the one and send the other', async () => {
  const api = anApi()
  const preflight = await api.ask('OPTIONS', '/v1/polls', {
    headers: { Origin: 'https://example.com', 'Access-Control-Request-Method': 'GET' },
  })
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Edgepoll-Read-After')
  const read = await api.ask('GET', '/v1/polls', { key: rootKey })
  expect(read.headers.get('access-control-expose-headers')).toContain('Edgepoll-Written')
})
