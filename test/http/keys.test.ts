// Keys over HTTP: made, shown once, listed, renamed, replaced, revoked; and who may give what.
import { describe, expect, it, test } from 'vitest'
import { scopes } from '../../src/application/ports.ts'
import { type Api, anApi } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const issue = async (api: Api, key: string, body: object = {}) =>
  api.ask('POST', '/v1/keys', { key, body: { name: 'The website', scopes: ['polls:read'], ...body } })
const list = (api: Api, key: string) => api.ask('GET', '/v1/polls', { key })
const idOf = (apiKey: string) => `key_${apiKey.split('_')[2]}`

describe('a new key', () => {
  it('is shown once, opens what it may, and no more', async () => {
    const api = anApi()
    const answer = await issue(api, api.key())
    expect(answer.status).toBe(201)
    const { apiKey, ...key } = answer.json
    expect(key).toEqual({
      id: idOf(apiKey),
      name: 'The website',
      mode: 'live',
      scopes: ['polls:read'],
      createdAt: '2026-11-24T12:00:00.000Z',
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
      replacedBy: null,
    })
    expect(answer.headers.get('location')).toBe(`https://edge.test/v1/keys/${key.id}`)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await list(api, apiKey)).status).toBe(200)
    expectProblem(await issue(api, apiKey), 403, 'scope-missing')
    const seen = await api.ask('GET', '/v1/keys', { key: api.key() })
    expect(seen.text).not.toContain(apiKey.split('_')[3])
  })

  it('ends by itself', async () => {
    const api = anApi()
    const { apiKey } = (await issue(api, api.key(), { expiresAt: '2026-11-24T13:00:00+00:30' })).json
    expect((await list(api, apiKey)).status).toBe(200)
    await api.counting.time.advance(30 * 60_000)
    expectProblem(await list(api, apiKey), 401, 'key-invalid')
  })

  it('can do no more than the key that asks', async () => {
    const api = anApi()
    const some = api.key('ws_first', ['keys:write', 'polls:read'])
    expectProblem(await issue(api, some, { scopes: ['polls:read', 'exports:read'] }), 403, 'key-exceeds')
    const tests = api.key('ws_first', scopes, 'enterprise', 'test')
    expectProblem(await issue(api, tests, { mode: 'live' }), 403, 'key-exceeds')
    const made = await issue(api, tests)
    expect([made.status, made.json.mode, made.json.apiKey.slice(0, 8)]).toEqual([201, 'test', 'ep_test_'])
    expect((await issue(api, api.key(), { mode: 'test' })).json.mode).toBe('test')
  })

  test.each([
    ['no name', { name: undefined }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a long name', { name: 'x'.repeat(201) }, '/name'],
    ['half a letter', { name: '\ud800' }, null],
    ['no scopes', { scopes: [] }, '/scopes'],
    ['a scope twice', { scopes: ['polls:read', 'polls:read'] }, '/scopes'],
    ['a scope that is none', { scopes: ['all'] }, '/scopes/0'],
    ['a mode that is none', { mode: 'prod' }, '/mode'],
    ['an end that is past', { expiresAt: '2026-11-24T11:59:59Z' }, '/expiresAt'],
    ['an end that is now', { expiresAt: '2026-11-24T12:00:00Z' }, '/expiresAt'],
    ['an end that is no time', { expiresAt: 'soon' }, '/expiresAt'],
    ['a member that is not known', { admin: true }, '/admin'],
  ])('is refused with %s', async (_what, body, pointer) => {
    const api = anApi()
    const answer = await issue(api, api.key(), body)
    if (pointer === null) return expect(answer.status).toBeLessThan(500)
    expectProblem(answer, 422, 'key-draft-invalid')
    expect(answer.json.errors[0].pointer).toBe(pointer)
  })
})

describe('keys', () => {
  it('are listed newest first, page by page', async () => {
    const api = anApi()
    const key = api.key()
    for (let n = 0; n < 4; n++) {
      await api.counting.time.advance(1)
      await issue(api, key, { name: `n${n}` })
    }
    const first = await api.ask('GET', '/v1/keys?limit=3', { key })
    const names = (answer: typeof first) => answer.json.data.map(({ name }: { name: string }) => name)
    expect(names(first)).toEqual(['n3', 'n2', 'n1'])
    const next = /<https:\/\/[^/]+([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await api.ask('GET', next, { key })
    expect([names(second), second.json.nextCursor]).toEqual([['n0', 'Key 1'], null])
    for (const query of ['limit=0', 'cursor=x', 'colour=red'])
      expectProblem(await api.ask('GET', `/v1/keys?${query}`, { key }), 400, 'query-invalid')
  })

  it('of tests alone are seen with a test key', async () => {
    const api = anApi()
    const tests = api.key('ws_first', scopes, 'enterprise', 'test')
    const live = api.key()
    const seen = async (key: string) =>
      (await api.ask('GET', '/v1/keys', { key })).json.data.map(({ id }: { id: string }) => id)
    expect(await seen(tests)).toEqual([idOf(tests)])
    expect((await seen(live)).toSorted()).toEqual([idOf(tests), idOf(live)].toSorted())
    for (const [method, part] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const)
      expectProblem(
        await api.ask(method, `/v1/keys/${idOf(live)}${part}`, { key: tests }),
        404,
        'key-not-found',
      )
  })

  it('are renamed, and nothing else of them changes', async () => {
    const api = anApi()
    const key = api.key()
    const path = `/v1/keys/${idOf(key)}`
    const before = (await api.ask('GET', path, { key })).json
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    const renamed = await api.ask('PATCH', path, { key, headers, body: { name: 'The app' } })
    expect([renamed.status, renamed.json]).toEqual([200, { ...before, name: 'The app' }])
    expectProblem(await api.ask('PATCH', path, { key, body: { scopes: [] } }), 422, 'key-draft-invalid')
  })

  it('say when they were used, to ten minutes', async () => {
    const api = anApi()
    const key = api.key()
    const used = async () => {
      await list(api, key)
      return (await api.ask('GET', `/v1/keys/${idOf(key)}`, { key })).json.lastUsedAt
    }
    expect(await used()).toBe('2026-11-24T12:00:00.000Z')
    await api.counting.time.advance(9 * 60_000)
    expect(await used()).toBe('2026-11-24T12:00:00.000Z')
    await api.counting.time.advance(60_000)
    expect(await used()).toBe('2026-11-24T12:10:00.000Z')
  })
})

describe('a key that is replaced', () => {
  const rotate = (api: Api, key: string, of: string, body?: object) =>
    api.ask('POST', `/v1/keys/${idOf(of)}/rotate`, { key, ...(body && { body }) })

  it('opens for the overlap, while the new one opens too', async () => {
    const api = anApi()
    const key = api.key()
    const old = (await issue(api, key)).json.apiKey
    const rotated = await rotate(api, key, old, { overlapSeconds: 90 })
    expect(rotated.status).toBe(201)
    expect(rotated.json).toMatchObject({
      name: 'The website',
      mode: 'live',
      scopes: ['polls:read'],
      expiresAt: null,
    })
    const fresh = rotated.json.apiKey
    const open = async () => [(await list(api, old)).status, (await list(api, fresh)).status]
    expect(await open()).toEqual([200, 200])
    await api.counting.time.advance(89_999)
    expect(await open()).toEqual([200, 200])
    await api.counting.time.advance(1)
    expect(await open()).toEqual([401, 200])
    const { json } = await api.ask('GET', `/v1/keys/${idOf(old)}`, { key })
    expect(json).toMatchObject({ replacedBy: idOf(fresh), expiresAt: '2026-11-24T12:01:30.000Z' })
  })

  it('opens for a day unless said, and not at all with an overlap of 0, also where it was just used', async () => {
    const api = anApi()
    const key = api.key()
    const [one, two] = [(await issue(api, key)).json.apiKey, (await issue(api, key)).json.apiKey]
    expect((await rotate(api, key, one)).status).toBe(201)
    const { json } = await api.ask('GET', `/v1/keys/${idOf(one)}`, { key })
    expect(json.expiresAt).toBe('2026-11-25T12:00:00.000Z')
    expect((await list(api, two)).status).toBe(200)
    await rotate(api, key, two, { overlapSeconds: 0 })
    expectProblem(await list(api, two), 401, 'key-invalid')
  })

  it('replaces itself, and is good for as long again where it had an end', async () => {
    const api = anApi()
    const key = (await issue(api, api.key(), { scopes: ['keys:write'], expiresAt: '2026-11-24T13:00:00Z' }))
      .json.apiKey
    await api.counting.time.advance(30 * 60_000)
    const rotated = await rotate(api, key, key, { overlapSeconds: 0 })
    expect(rotated.json.expiresAt).toBe('2026-11-24T13:30:00.000Z')
    expect((await list(api, key)).status).toBe(401)
  })

  it('is replaced once, and not when it is over or may more than who asks', async () => {
    const api = anApi()
    const key = api.key()
    const old = (await issue(api, key)).json.apiKey
    await rotate(api, key, old)
    expectProblem(await rotate(api, key, old), 409, 'key-over')
    const less = api.key('ws_first', ['keys:write'])
    expectProblem(await rotate(api, less, key), 403, 'key-exceeds')
    expectProblem(await rotate(api, key, key, { overlapSeconds: -1 }), 422, 'key-draft-invalid')
    expectProblem(await rotate(api, key, key, { overlapSeconds: 2_592_001 }), 422, 'key-draft-invalid')
  })
})

describe('a key that is revoked', () => {
  const revoke = (api: Api, key: string, of: string, query = '') =>
    api.ask('DELETE', `/v1/keys/${idOf(of)}${query}`, { key })

  it('is refused at once where it was revoked, though it was just used, and also while Postgres is away', async () => {
    const api = anApi()
    const key = api.key()
    const other = api.key('ws_first', ['polls:read'])
    expect((await list(api, other)).status).toBe(200)
    expect((await revoke(api, key, other)).status).toBe(204)
    api.keysAway = true
    expect((await list(api, other)).status).not.toBe(200)
    api.keysAway = false
    expectProblem(await list(api, other), 401, 'key-invalid')
    expect((await revoke(api, key, other)).status).toBe(204)
  })

  it('elsewhere is refused within a minute; while Postgres is away it opens for ten minutes and no longer', async () => {
    const api = anApi()
    const other = api.key('ws_first', ['polls:read'])
    expect((await list(api, other)).status).toBe(200)
    const row = api.keys.rows.get(idOf(other))
    if (row === undefined) throw new Error('the key is not there')
    api.keys.rows.set(row.id, { ...row, revokedAt: api.services.clock.now() })
    await api.counting.time.advance(60_000)
    expectProblem(await list(api, other), 401, 'key-invalid')

    const known = api.key()
    expect((await list(api, known)).status).toBe(200)
    api.keysAway = true
    await api.counting.time.advance(10 * 60_000)
    expect((await list(api, known)).status).toBe(200)
    await api.counting.time.advance(60_000)
    expectProblem(await list(api, known), 503, 'unavailable')
  })

  it('is not the last one that can manage keys, unless forced', async () => {
    const api = anApi()
    const key = api.key()
    expectProblem(await revoke(api, key, key), 409, 'last-key')
    expectProblem(await revoke(api, key, key, '?force=yes'), 400, 'query-invalid')
    expect((await list(api, key)).status).toBe(200)
    expect((await revoke(api, key, key, '?force=true')).status).toBe(204)
    expectProblem(await list(api, key), 401, 'key-invalid')
  })
})
