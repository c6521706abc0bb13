// What is offered is what can be answered: every route, asked for each media type we know. Made from the app's own routes.
import { describe, expect, test } from 'vitest'
import { plainTypes, votingTypes } from '../../src/representation/formats.ts'
import { type Answer, type Api, anApi, lunch } from '../support/api.ts'
import { openApi } from '../support/openapi.ts'
import { operationAt } from '../support/openapi-operations.ts'
import { orderOf, ownerOrders, send } from '../support/owner-orders.ts'
import { readable, reads, voter } from '../support/reads.ts'
import { parametersOf, pathOf } from '../support/route-table.ts'

/** They have one format, or choose by something else than negotiation: asked for another they answer in their own. */
const ownFormat = /^GET (?!\/v1\/)|^GET \/v1\/polls\/:pollId\/(export|log|results\/live)$/
const asked = [...votingTypes, 'text/csv', 'application/x-ndjson', 'text/event-stream', 'text/html', '*/*']
/** Whoever would rather have a message, and takes JSON. */
const rather = 'application/protobuf, application/json;q=0.5'

/** Answered as was asked, or said that it cannot be. */
const kept = (accept: string, { status, headers }: Answer) => {
  const type = headers.get('content-type')?.split(';')[0] ?? null
  if (status === 406) return type === 'application/problem+json'
  if (status === 204) return type === null
  return status < 300 && (accept === '*/*' ? plainTypes[0] === type : type === accept)
}

/** What our document says that a 2xx of this can be. */
const described = (method: string, path: string): readonly string[] =>
  Object.entries(operationAt(openApi, method, path)?.responses ?? {}).flatMap(([status, { content }]) =>
    status.startsWith('2') ? Object.keys(content) : [],
  )

describe.each(reads)('%s', (route) => {
  test('is never a fault, whatever is asked for', async () => {
    const { api, ask } = await readable(route)
    for (const accept of [...asked, rather]) {
      for (const [method, query] of [
        ['GET', ''],
        ['HEAD', ''],
        ['GET', '?fields=id'],
      ] as const) {
        const { status } = await ask(accept, method, query)
        expect([accept, method, query, status < 500]).toEqual([accept, method, query, true])
      }
    }
    expect(api.counting.events.filter(({ type }) => type === 'unexpected')).toEqual([])
  })
})

describe.each(reads.filter((route) => !ownFormat.test(route)))('%s', (route) => {
  test('answers as asked, or 406: exactly as our document says', async () => {
    const { ask, path } = await readable(route)
    expect((await ask('application/json')).status).toBe(200)
    const documented = described('GET', path)
    for (const accept of asked) {
      const answer = await ask(accept)
      expect([accept, answer.status, kept(accept, answer)]).toEqual([accept, answer.status, true])
      expect((await ask(accept, 'HEAD')).status).toBe(answer.status)
      if (documented.includes(accept)) expect([accept, answer.status]).toEqual([accept, 200])
    }
    const type = documented.includes('application/protobuf') ? 'application/protobuf' : 'application/json'
    expect((await ask(rather)).headers.get('content-type')).toBe(type)
  })
})

/** Voters' writes, beside the owners'. */
const casts = ['POST /v1/polls/:pollId/ballots', 'PUT /v1/polls/:pollId/ballots/mine']

describe.each([...Object.keys(ownerOrders), ...casts])('%s', (route) => {
  const write = async (api: Api, accept: string): Promise<Answer> => {
    if (!casts.includes(route)) return send(api, route, await orderOf(route, api), { Accept: accept })
    const { id } = await api.aPoll({ revisions: 'until-close' })
    if (route.startsWith('PUT')) await api.vote(id)
    const headers = { Accept: accept, 'Voter-Id': voter }
    const body = { answers: { where: ['sushi'] } }
    return api.ask(route.split(' ')[0] ?? '', pathOf(route, { pollId: id }), { headers, body })
  }

  test('answers as asked, or 406: exactly as our document says', async () => {
    const api = anApi()
    const ids = Object.fromEntries(parametersOf(route).map((name) => [name, 'x']))
    const documented = described(route.split(' ')[0] ?? '', pathOf(route, ids))
    for (const accept of asked) {
      const answer = await write(api, accept)
      expect([accept, answer.status, kept(accept, answer)]).toEqual([accept, answer.status, true])
      if (documented.includes(accept)) expect([accept, answer.status < 300]).toEqual([accept, true])
    }
    expect(api.counting.events.filter(({ type }) => type === 'unexpected')).toEqual([])
  })
})

test('a ballot is sent where the list of them is read, and only one of the two has a message', async () => {
  const api = anApi()
  const { id } = await api.aPoll(lunch)
  const Accept = 'application/protobuf'
  const cast = await api.vote(id, voter, { where: ['pizza'] }, { Accept })
  expect([cast.status, cast.headers.get('content-type')]).toEqual([201, Accept])
  const list = (accept: string) =>
    api.ask('GET', `/v1/polls/${id}/ballots`, { key: api.key(), headers: { Accept: accept } })
  const refused = await list(Accept)
  expect([refused.status, refused.json.code]).toEqual([406, 'not-acceptable'])
  expect(refused.json.detail).not.toContain('protobuf')
  expect((await list(rather)).status).toBe(200)
})
