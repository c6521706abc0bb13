// The tenant matrix: every route against everybody who may not ask it. Made from the app's routes and test/support/route-table.ts.
import { describe, expect, test } from 'vitest'
import { scopes } from '../../src/application/ports.ts'
import { type Answer, type Api, anApi, rootKey } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'
import { access, ownerRoutes, parametersOf, pathOf, routesOf, things } from '../support/route-table.ts'

describe('the route table', () => {
  test('has a line for every route of the app, and none for anything else', () => {
    const routes = routesOf(anApi())
    const missing = routes.filter((route) => access[route] === undefined)
    expect(
      missing.map(
        (route) => `add to access in test/support/route-table.ts: '${route}': '<who may ask, or the scope>'`,
      ),
    ).toEqual([])
    expect(Object.keys(access).filter((route) => !routes.includes(route))).toEqual([])
  })

  test('can make something for every parameter of an owner’s route', () => {
    const unknown = ownerRoutes.flatMap(([route]) => parametersOf(route).filter((name) => !(name in things)))
    expect(
      [...new Set(unknown)].map(
        (name) => `add to things in test/support/route-table.ts: ${name}: { missing, make }`,
      ),
    ).toEqual([])
  })
})

describe.each(ownerRoutes)('%s', (route, scope) => {
  const [method = ''] = route.split(' ')
  const names = parametersOf(route)
  const about = ['POST', 'PATCH', 'PUT'].includes(method) ? { body: '{' } : {}
  const headers = {
    ...('body' in about && { 'Content-Type': 'application/json' }),
    ...(method === 'POST' && { 'Idempotency-Key': 'one-for-all' }), // no refusal is kept under it
    'If-Match': '*',
  }

  const stand = async () => {
    const api = anApi()
    const key = api.key()
    const own: Record<string, string> = {}
    const missing: Record<string, string> = {}
    for (const name of names) {
      own[name] = (await things[name]?.make(api, key)) ?? ''
      missing[name] = things[name]?.missing ?? ''
    }
    const before = JSON.stringify([...api.keys.rows.values()].map(({ lastUsedAt: _used, ...row }) => row))
    const done = api.keys.log.entries.length
    return {
      api,
      own,
      missing,
      /** Asks with input that is bad, so that nothing would be done if it came so far: every refusal goes before it. */
      ask: (presented: string | undefined, ids = own) =>
        api.ask(method, pathOf(route, ids), { key: presented, headers, ...about }),
      untouched: () => {
        const rows = [...api.keys.rows.values()].map(({ lastUsedAt: _used, ...row }) => row)
        expect(JSON.stringify(rows.slice(0, JSON.parse(before).length))).toBe(before)
        expect(api.keys.log.entries.length).toBe(done)
      },
    }
  }

  test('asks for a key, and for one that is good', async () => {
    const { api, ask, untouched, missing } = await stand()
    expectProblem(await ask(undefined), 401, 'key-required')
    expectProblem(await ask(undefined, missing), 401, 'key-required')
    for (const presented of [rootKey, 'nonsense', spent(api, 'revoked'), spent(api, 'expired')])
      for (const ids of [undefined, missing]) expectProblem(await ask(presented, ids), 401, 'key-invalid')
    untouched()
  })

  test('asks for its scope, once what it is about is there', async () => {
    const { api, ask, missing, untouched } = await stand()
    const others = scopes.filter((each) => each !== scope)
    const answer = await ask(api.key('ws_first', others))
    expectProblem(answer, 403, 'scope-missing')
    expect(answer.json.scope).toBe(scope)
    if (names.length > 0) expect((await ask(api.key('ws_first', others), missing)).status).toBe(404)
    untouched()
  })

  if (names.length === 0) return // it is about nothing that could be somebody else's
  test('of another workspace, of tests, and of nobody are all one: 404', async () => {
    const { api, ask, missing, untouched } = await stand()
    const theirs = api.key('ws_other')
    const tests = api.key('ws_first', scopes, 'enterprise', 'test')
    const foreign = [
      await ask(theirs),
      await ask(tests),
      await ask(theirs, missing),
      await ask(tests, missing),
    ]
    const [first] = foreign
    if (first === undefined) throw new Error('nothing was asked')
    expect(first.json.code).toMatch(/-not-found$/)
    for (const answer of foreign) {
      expectProblem(answer, 404, first.json.code)
      expect(said(answer)).toEqual(said(first))
    }
    untouched()
  })
})

describe('what a test key makes', () => {
  test.each(ownerRoutes.filter(([route]) => parametersOf(route).includes('pollId')))(
    'is not there for a live key: %s',
    async (route) => {
      const api = anApi()
      const tests = api.key('ws_first', scopes, 'enterprise', 'test')
      const ids = Object.fromEntries(parametersOf(route).map((name) => [name, things[name]?.missing ?? '']))
      const pollId = (await things['pollId']?.make(api, tests)) ?? ''
      const path = pathOf(route, { ...ids, pollId })
      const answer = await api.ask(route.split(' ')[0] ?? '', path, { key: api.key() })
      expectProblem(answer, 404, 'poll-not-found')
    },
  )

  test('is in its own lists and usage alone, and anybody may vote in it', async () => {
    const api = anApi()
    const [live, tests, theirs] = [
      api.key(),
      api.key('ws_first', scopes, 'enterprise', 'test'),
      api.key('ws_other'),
    ]
    const pollId = (await things['pollId']?.make(api, tests)) ?? ''
    const seen = async (key: string) =>
      (await api.ask('GET', '/v1/polls', { key })).json.data.map(({ id }: { id: string }) => id)
    expect([await seen(live), await seen(tests), await seen(theirs)]).toEqual([[], [pollId], []])
    const used = async (key: string) => (await api.ask('GET', '/v1/usage', { key })).json.polls.used
    expect([await used(live), await used(tests), await used(theirs)]).toEqual([0, 1, 0])
    const { id } = (await api.ask('GET', `/v1/polls/${pollId}`)).json.questions[0].options[0]
    const { json } = await api.ask('GET', `/v1/polls/${pollId}`)
    expect((await api.vote(pollId, 'a-voter', { [json.questions[0].id]: [id] })).status).toBe(201)
  })
})

describe('a key of another workspace, or of tests, where anybody may read', () => {
  const strangers = [
    ['another workspace', 'ws_other', 'live'],
    ['tests', 'ws_first', 'test'],
  ] as const

  test.each(strangers)(
    '%s: gets the public view of a poll, and sees no hidden results',
    async (_who, ws, mode) => {
      const api = anApi()
      const poll = await api.aPoll({ results: 'hidden', labels: { team: 'ops' } })
      const key = api.key(ws, scopes, 'enterprise', mode)
      const path = `/v1/polls/${poll.id}`
      expect((await api.ask('GET', path, { key })).json).toEqual((await api.ask('GET', path)).json)
      for (const part of ['results', 'log', 'log/checkpoint', 'receipts/bal_0123456789abcdefghjkmnpqrs']) {
        const answer = await api.ask('GET', `${path}/${part}`, { key })
        const nobodys = await api.ask('GET', `${path}/${part}`)
        expect([part, answer.status, answer.json.code]).toEqual([part, nobodys.status, nobodys.json.code])
      }
      expectProblem(await api.ask('GET', `${path}/results`, { key }), 403, 'results-hidden')
      const own = api.key('ws_first', scopes, 'enterprise', 'live')
      expect((await api.ask('GET', `${path}/results`, { key: own })).status).toBe(200)
    },
  )
})

const operatorRoutes = Object.entries(access).filter(([, who]) => who === 'operator')

test.each(operatorRoutes)('%s is for the operator alone', async (route) => {
  const api = anApi()
  const [method = ''] = route.split(' ')
  const path = pathOf(route, { pollId: (await api.aPoll()).id })
  const done = api.keys.log.entries.length
  expectProblem(await api.ask(method, path), 401, 'key-required')
  expectProblem(await api.ask(method, path, { key: api.key() }), 401, 'key-invalid')
  expect(api.keys.log.entries.length).toBe(done)
})

/** What a refusal says, but for the request it names. */
const said = ({ json }: Answer) => ({ ...json, instance: '' })

const spent = (api: Api, how: 'revoked' | 'expired'): string => {
  const key = api.key()
  const row = [...api.keys.rows.values()].at(-1)
  if (row === undefined) throw new Error('no key was made')
  api.keys.rows.set(row.id, { ...row, [`${how}At`.replace('expiredAt', 'expiresAt')]: 1 })
  return key
}
