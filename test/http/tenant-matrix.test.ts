// The tenant matrix: every route against everybody who may not ask it. Made from the app's routes and test/support/route-table.ts.
import { describe, expect, test } from 'vitest'
import { scopes } from '../../src/application/ports.ts'
import { type Answer, type Api, anApi, rootKey } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'
import {
  access,
  everyThing,
  type Ids,
  keyRoutes,
  missingIds,
  ownerRoutes,
  parametersOf,
  pathOf,
  routesOf,
  things,
} from '../support/route-table.ts'
import { tenantThings } from '../support/tenant-things.ts'

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
    const own = await everyThing(api, api.key())
    const untouched = await watched(api, 'ws_first')
    return {
      api,
      own,
      missing: missingIds,
      /** Asks with input that is bad, so that nothing would be done if it came so far: every refusal goes before it. */
      ask: (presented: string | undefined, ids: Ids = own) =>
        api.ask(method, pathOf(route, ids), { key: presented, headers, ...about }),
      untouched,
    }
  }

  test('asks for a key, and for one that is good', async () => {
    const { api, ask, untouched, missing } = await stand()
    expectProblem(await ask(undefined), 401, 'key-required')
    expectProblem(await ask(undefined, missing), 401, 'key-required')
    for (const presented of [rootKey, 'nonsense', spent(api, 'revoked'), spent(api, 'expired')])
      for (const ids of [undefined, missing]) expectProblem(await ask(presented, ids), 401, 'key-invalid')
    await untouched()
  })

  test('asks for its scope, once what it is about is there', async () => {
    const { api, ask, missing, untouched } = await stand()
    const others = scopes.filter((each) => each !== scope)
    const answer = await ask(api.key('ws_first', others))
    expectProblem(answer, 403, 'scope-missing')
    expect(answer.json.scope).toBe(scope)
    if (names.length > 0) expect((await ask(api.key('ws_first', others), missing)).status).toBe(404)
    await untouched()
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
    await untouched()
  })
})

describe.each(keyRoutes)('%s', (route) => {
  const [method = '', path = ''] = route.split(' ')
  const stand = async () => {
    const api = anApi()
    const order = { key: rootKey, body: { name: 'Acme', plan: 'enterprise' } }
    const made = async () => (await api.ask('POST', '/v1/workspaces', order)).json.id
    return {
      api,
      first: await made(),
      other: await made(),
      ask: (key?: string) => api.ask(method, path, { key }),
    }
  }

  test('asks for a key, and for one that is good', async () => {
    const { api, first, ask } = await stand()
    expect((await ask(api.key(first, []))).status).toBe(200)
    expectProblem(await ask(), 401, 'key-required')
    for (const presented of [rootKey, 'nonsense', spent(api, 'revoked'), spent(api, 'expired')])
      expectProblem(await ask(presented), 401, 'key-invalid')
  })

  test('says the same to others, whatever a workspace does, and to each its own', async () => {
    const { api, first, other, ask } = await stand()
    const [tests, theirs] = [api.key(first, [], 'enterprise', 'test'), api.key(other, [])]
    const told = async (key: string) => {
      const { asOf: _at, ...document } = (await ask(key)).json
      return document
    }
    const before = [await told(tests), await told(theirs)]
    const ids = await everyThing(api, api.key(first))
    await api.counting.archived()
    expect([await told(tests), await told(theirs)]).toEqual(before)
    for (const id of namesIn(ids)) expect(JSON.stringify(before)).not.toContain(id)
    const own = (document: { workspaceId?: string; id?: string }) => document.workspaceId ?? document.id
    expect(before.map(own)).toEqual([expect.stringContaining(first), other])
  })
})

/** Of these each has two ids, and the second one could be of a thing that lies in somebody else's. */
const nested = ownerRoutes.flatMap(([route]) => {
  const [outer, inner] = parametersOf(route)
  return outer !== undefined && inner !== undefined && inner !== 'questionId' ? [[route, inner] as const] : []
})

test('ids of a second level are tried', () => {
  expect([...new Set(nested.map(([, inner]) => inner))].toSorted()).toEqual([
    'ballotId',
    'deliveryId',
    'serial',
  ])
})

test.each(nested)('%s, of my own with their %s in it, is as if it were not there', async (route, inner) => {
  const api = anApi()
  const theirs = await everyThing(api, api.key())
  const me = api.key('ws_other')
  const mine = { ...missingIds }
  for (const name of ['pollId', 'webhookId']) mine[name] = (await things[name]?.make(api, me)) ?? ''
  const untouched = await watched(api, 'ws_first')
  const [method = ''] = route.split(' ')
  const ask = (key: string, ids: Ids) => api.ask(method, pathOf(route, ids), { key })
  const answer = await ask(me, { ...mine, [inner]: theirs[inner] ?? '' })
  const nobodys = await ask(me, mine)
  expect([answer.status, answer.text && said(answer)]).toEqual([
    nobodys.status,
    nobodys.text && said(nobodys),
  ])
  // A serial is a number in its own poll, and one may be revoked before it is issued.
  if (inner === 'serial') expect(answer.status).toBe(204)
  else expectProblem(answer, 404, inner === 'ballotId' ? 'ballot-not-found' : 'delivery-not-found')
  await untouched()
  expect((await ask(api.key(), theirs)).status).toBeLessThan(300) // the way there was right
})

const lists = ownerRoutes.flatMap(([route]) =>
  route.startsWith('GET ') && parametersOf(route).length === 0 ? [route.slice('GET '.length)] : [],
)

test.each(lists)(
  '%s has nothing of another workspace’s, and for tests nothing that is live',
  async (path) => {
    const api = anApi()
    const own = await everyThing(api, api.key())
    const strangers = [api.key('ws_other'), api.key('ws_first', scopes, 'enterprise', 'test')]
    for (const each of strangers) await everyThing(api, each) // so that no list is empty
    const seen = async (key: string) => (await api.ask('GET', path, { key })).text
    const shown = await seen(api.key())
    expect(namesIn(own).some((id) => shown.includes(id))).toBe(true)
    for (const each of strangers) {
      const text = await seen(each)
      for (const id of namesIn(own)) expect(text).not.toContain(id)
    }
  },
)

describe('what a test key makes', () => {
  // Keys are the account's: a live one sees and ends those of its tests.
  const apart = ownerRoutes.filter(([route]) => /:(pollId|webhookId)/.test(route))
  test.each(apart)('is not there for a live key: %s', async (route) => {
    const api = anApi()
    const tests = api.key('ws_first', scopes, 'enterprise', 'test')
    const path = pathOf(route, await everyThing(api, tests))
    const untouched = await watched(api, 'ws_first_test')
    const [method = ''] = route.split(' ')
    const answer = await api.ask(method, path, { key: api.key() })
    expectProblem(answer, 404, route.includes(':pollId') ? 'poll-not-found' : 'webhook-not-found')
    await untouched()
    expect((await api.ask(method, path, { key: tests })).status).not.toBe(404)
  })

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

/** Fails where anything of this workspace is not as it was; more keys it may have. */
const watched = async (api: Api, workspaceId: string): Promise<() => Promise<void>> => {
  const before = await tenantThings(api, workspaceId)
  const one = [expect.anything()]
  expect(before).toMatchObject({ webhooks: one, deliveries: one })
  expect(before.polls).toMatchObject([{ ballots: one, invites: [...one, ...one] }])
  return async () => {
    const { keys, ...now } = await tenantThings(api, workspaceId)
    expect({ ...now, keys: keys.slice(0, before.keys.length) }).toEqual(before)
  }
}

/** Ids that are nowhere but in what is about their thing. */
const namesIn = (ids: Ids): readonly string[] => Object.values(ids).filter((id) => id.includes('_'))

/** What a refusal says, but for the request it names. */
const said = ({ json }: Answer) => ({ ...json, instance: '' })

const spent = (api: Api, how: 'revoked' | 'expired'): string => {
  const key = api.key()
  const row = [...api.keys.rows.values()].at(-1)
  if (row === undefined) throw new Error('no key was made')
  api.keys.rows.set(row.id, { ...row, [`${how}At`.replace('expiredAt', 'expiresAt')]: 1 })
  return key
}
