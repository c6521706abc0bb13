// Admission on the running stack: a plan's limit is kept at both edges and told in headers, a second tenant and the voters of the
// first notice nothing, and a Redis that stalls keeps nobody out.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedisServer } from '../../dev/redis.ts'
import { type Stack, startStack } from '../../dev/stack.ts'
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
