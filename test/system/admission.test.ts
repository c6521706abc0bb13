// Admission on the running stack: a plan's limit is kept at both edges and told in headers, a second tenant and the voters of the
// first notice nothing, and a Redis that stalls keeps nobody out.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedisServer } from '../../dev/redis.ts'
import { type Stack, startStack } from '../../dev/stack.ts'
import { scopes } from '../../src/application/ports.ts'
import { ownerRoutes, parametersOf, pathOf } from '../support/route-table.ts'
import { clientOf, eventually, type SystemAnswer, type SystemClient } from './client.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-admission-'))
let stack: Stack
let here: SystemClient
let there: SystemClient

beforeAll(async () => {
  stack = await startStack({ dataFolder: folder, edges: 2 })
  const [one = '', other = ''] = stack.edges
  here = clientOf(one)
  there = clientOf(other)
})

afterAll(async () => {
  await Promise.all([here?.close(), there?.close()])
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const aWorkspace = async (plan: string): Promise<string> => {
  const made = await here.ask('POST', '/v1/workspaces', {
    key: stack.rootKey,
    body: { name: 'A tenant', plan },
  })
  expect(made.status).toBe(201)
  return made.json.apiKey
}
const aPoll = async (key: string): Promise<string> => {
  const options = ['a', 'b'].map((id) => ({ id, label: id }))
  const question = { id: 'where', type: 'choice', prompt: 'Where?', options }
  const made = await here.ask('POST', '/v1/polls', {
    key,
    body: { title: 'Admission', questions: [question] },
  })
  expect(made.status).toBe(201)
  return made.json.id
}
const cast = (client: SystemClient, pollId: string, voter: string) =>
  client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'Voter-Id': voter.padEnd(16, '.') },
    body: { answers: { where: 'a' } },
  })
/** The dearest call there is, so that a quota ends soon. */
const dear = (client: SystemClient, key: string) =>
  client.ask('GET', '/v1/polls/poll_0123456789abcdefghjkmnpqrs/export', { key })
/** Calls until one is refused; a plan of 600 has 60 of these. */
const untilRefused = async (client: SystemClient, key: string): Promise<SystemAnswer> => {
  for (let call = 0; call < 300; call++) {
    const answer = await dear(client, key)
    if (answer.status === 429) return answer
    expect(answer.status).toBe(404)
  }
  throw new Error('300 of the dearest calls were let in')
}

describe('a plan’s limit', () => {
  it('is 429 with headers at both edges, for this tenant alone, and its voters go on', async () => {
    const [busy, quiet] = [await aWorkspace('free'), await aWorkspace('free')]
    const pollId = await aPoll(busy)
    for (const client of [here, there]) {
      const refused = await untilRefused(client, busy)
      expect(refused.json.code).toBe('rate-limited')
      expect(refused.headers['ratelimit-policy']).toBe('"plan";q=600;w=60')
      expect(refused.headers['ratelimit']).toMatch(/^"plan";r=\d+;t=\d+$/)
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect((await client.ask('GET', '/v1/polls', { key: quiet })).status).toBe(200)
      expect((await client.ask('GET', `/v1/polls/${pollId}/results`)).status).toBe(200)
    }
    for (const client of [here, there])
      expect((await cast(client, pollId, `voter-${client === here}`)).status).toBe(201)
  })

  it('is told by usage, with what is stored', async () => {
    const key = await aWorkspace('pro')
    const pollId = await aPoll(key)
    await cast(here, pollId, 'the-only-voter')
    const usage = await eventually(
      async () => (await here.ask('GET', '/v1/usage', { key })).json,
      ({ ballots }) => ballots.used === 1,
    )
    expect(usage).toMatchObject({
      plan: 'pro',
      calls: { limit: 6_000, windowSeconds: 60 },
      polls: { used: 1, limit: 10_000 },
      perPoll: { shards: 64, viewers: 32_768 },
    })
  })
})

describe('keys', () => {
  const issue = (client: SystemClient, key: string, body: object, headers: Record<string, string> = {}) =>
    client.ask('POST', '/v1/keys', {
      key,
      headers,
      body: { name: 'Another', scopes: ['polls:read'], ...body },
    })

  it('made at one edge open at the other; a revoked one is refused at once where it was revoked', async () => {
    const key = await aWorkspace('pro')
    const { id, apiKey } = (await issue(here, key, {})).json
    for (const client of [here, there])
      expect((await client.ask('GET', '/v1/polls', { key: apiKey })).status).toBe(200)
    expect((await here.ask('DELETE', `/v1/keys/${id}`, { key })).status).toBe(204)
    expect((await here.ask('GET', '/v1/polls', { key: apiKey })).json.code).toBe('key-invalid')
    const log = await there.ask('GET', '/v1/audit-log', { key })
    expect(log.json.data.map(({ action, target }: Said) => [action, target])).toEqual([
      ['key.revoke', id],
      ['key.issue', id],
    ])
  })

  it('are made once by an Idempotency-Key, at whichever edge it comes again', async () => {
    const key = await aWorkspace('pro')
    const once = { 'Idempotency-Key': 'only-once' }
    const done = await issue(here, key, {}, once)
    expect(done.status).toBe(201)
    for (const client of [there, here]) {
      // Both stores may be slow for a moment: then it is told to come again.
      const settled = (body: object) => eventually(() => issue(client, key, body, once), isSettled)
      const again = await settled({})
      expect([again.text, again.headers['idempotency-replayed']]).toEqual([done.text, 'true'])
      const other = await settled({ name: 'Else' })
      expect([other.status, other.json.code]).toEqual([422, 'idempotency-key-reused'])
    }
    expect((await here.ask('GET', '/v1/keys', { key })).json.data).toHaveLength(2)
  })

  it('of another workspace and of tests reach nothing: every route of an owner says 404', async () => {
    const key = await aWorkspace('pro')
    const pollId = await aPoll(key)
    const { id: keyId, apiKey: tests } = (await issue(here, key, { mode: 'test', scopes })).json
    const ids: Record<string, string> = { pollId, keyId, serial: '1', ballotId: `bal_${'0'.repeat(26)}` }
    const theirs = await aWorkspace('free')
    for (const [route] of ownerRoutes) {
      const names = parametersOf(route)
      const [method = ''] = route.split(' ')
      // A test key does see itself.
      for (const presented of names.includes('keyId') ? [theirs] : [theirs, tests]) {
        const answer = await there.ask(method, pathOf(route, ids), {
          key: presented,
          headers: { 'If-Match': '*' },
        })
        if (names.length > 0) expect([route, answer.status]).toEqual([route, 404])
      }
    }
    expect((await here.ask('GET', '/v1/polls', { key: tests })).json.data).toEqual([])
    expect((await here.ask('GET', `/v1/polls/${pollId}`, { key })).json).toMatchObject({
      status: 'open',
      mode: 'live',
    })
  })
})

const isSettled = ({ status }: SystemAnswer) => status !== 409 && status !== 503

interface Said {
  readonly action: string
  readonly target: string
}

describe('a school', () => {
  it('of a thousand behind one address gets every ballot in, whatever the plan', async () => {
    const pollId = await aPoll(await aWorkspace('free'))
    const statuses: number[] = []
    for (let room = 0; room < 20; room++) {
      const pupils = Array.from({ length: 50 }, (_, at) =>
        cast(at % 2 === 0 ? here : there, pollId, `pupil-${room}-${at}`),
      )
      for (const { status } of await Promise.all(pupils)) statuses.push(status)
    }
    expect(statuses.filter((status) => status === 201)).toHaveLength(1_000)
  })
})

const whereRedisRuns = hasRedisServer()
  ? it
  : () => console.log('Not tested: a Redis that stalls, because redis-server is not on PATH.')

describe('while Redis stalls', () => {
  whereRedisRuns('owners and voters are let in, and a limit stands all the same', async () => {
    const [key, pro] = [await aWorkspace('free'), await aWorkspace('pro')]
    const pollId = await aPoll(key)
    const pid = stack.pids['redis']
    if (pid === undefined) throw new Error('the stack has no Redis of its own')
    process.kill(pid, 'SIGSTOP')
    try {
      for (const client of [here, there]) {
        expect((await cast(client, pollId, `voter-${client === here}`)).status).toBe(201)
        expect((await client.ask('GET', '/v1/polls', { key: pro })).status).toBe(200)
        expect((await client.ask('GET', '/v1/usage', { key: pro })).status).toBe(200)
        expect((await untilRefused(client, key)).headers['ratelimit']).toBeDefined()
      }
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  })
})
