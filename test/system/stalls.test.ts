// What a voter notices of a Postgres or a Redis that goes silent, slow or away in the middle of answers: nothing. And
// what is missing afterwards: no ballot.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { addressOf, type FaultyStores, faultyStores, through } from '../support/faulty-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import { clientOf, eventually, type SystemAnswer, type SystemClient } from './client.ts'

/** How long a store says nothing: short here, 30 s in a soak. */
const stallSeconds = Number(process.env['EDGEPOLL_STALL_SECONDS'] || 5)

const postgres = withPostgres()
const folder = mkdtempSync(join(tmpdir(), 'edgepoll-stalls-'))
/** Between the gateway and Postgres itself. */
let server: FaultProxy
/** Between the Workers and the gateways. */
let stores: FaultyStores
let stack: Stack
let client: SystemClient

beforeAll(async () => {
  server = await startFaultProxy({ upstream: () => addressOf(postgres.url) })
  stores = await faultyStores()
  stack = await startStack({
    dataFolder: folder,
    databaseUrl: through(server, postgres.url),
    detour: stores.detour,
    bindings: { count: { RESEND_AFTER_MS: '2000' } },
  })
  client = clientOf(stack.url)
})

afterEach(() => {
  for (const proxy of [server, stores.postgres, stores.redis]) proxy.heal()
})

afterAll(async () => {
  await client?.close()
  await stack?.stop()
  await stores?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const key = () => stack.apiKey ?? ''
const questions = [
  {
    id: 'where',
    type: 'choice',
    prompt: 'Where?',
    options: ['a', 'b'].map((id) => ({ id, label: id })),
  },
]

const aPoll = async (): Promise<string> => {
  const made = await client.ask('POST', '/v1/polls', { key: key(), body: { title: 'Stalls', questions } })
  expect(made.status, made.text).toBe(201)
  return made.json.id
}

const vote = (pollId: string, at: number): Promise<SystemAnswer> =>
  client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'Voter-Id': `voter-${String(at).padStart(10, '0')}` },
    body: { answers: { where: at % 3 === 0 ? 'b' : 'a' } },
  })

/** As a client does it: who is turned away because the machine is busy comes again, until there is an answer. */
const voteAtLast = async (pollId: string, at: number): Promise<SystemAnswer> => {
  for (;;) {
    const answer = await vote(pollId, at)
    if (answer.status !== 503 || answer.json.code !== 'overloaded') return answer
    await pause(100)
  }
}

/** A few voters at a time, again and again while it is so. Every one of them must be accepted. */
const voteWhile = async (pollId: string, wanted: () => boolean): Promise<ReadonlySet<string>> => {
  const accepted = new Set<string>()
  let next = 0
  const lane = async () => {
    while (wanted()) {
      const answer = await voteAtLast(pollId, next++)
      expect(answer.status, answer.text).toBe(201)
      accepted.add(answer.json.id)
      await pause(20)
    }
  }
  await Promise.all(Array.from({ length: 6 }, lane))
  return accepted
}

const counted = (pollId: string, ballots: number) =>
  eventually(
    async () => (await client.ask('GET', `/v1/polls/${pollId}/results`)).json,
    (results) => results.ballots === ballots,
  )

/** Accepted = in the box = counted = archived = exported, ballot by ballot. */
const expectAllThere = async (pollId: string, accepted: ReadonlySet<string>): Promise<void> => {
  await counted(pollId, accepted.size)
  const rows = await eventually(
    () => postgres.query<{ id: string }>('select id from ballots where poll_id = $1', [pollId]),
    ({ length }) => length >= accepted.size,
    120_000,
  )
  expect(new Set(rows.map(({ id }) => id))).toEqual(accepted)
  const exported = await eventually(
    () => client.ask('GET', `/v1/polls/${pollId}/export`, { key: key() }),
    ({ status, headers }) =>
      status === 200 && headers['edgepoll-archived'] === `${accepted.size}/${accepted.size}`,
  )
  const lines = exported.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ id }) => id).toSorted()).toEqual([...accepted].toSorted())
  const audit = await client.ask('POST', `/v1/operator/polls/${pollId}/reconcile`, { key: stack.rootKey })
  const shards: readonly { readonly verdict: string; readonly ballotsInBox: number }[] = audit.json.shards
  expect(shards.every(({ verdict }) => verdict === 'equal')).toBe(true)
  expect(shards.reduce((sum, { ballotsInBox }) => sum + ballotsInBox, 0)).toBe(accepted.size)
}

describe(`a stall of ${stallSeconds} s under load`, () => {
  test.each([
    ['Postgres', () => server],
    ['the way to Postgres', () => stores.postgres],
    ['Redis', () => stores.redis],
  ])('of %s delays no ballot and loses none', async (_, proxyOf) => {
    const pollId = await aPoll()
    const proxy = proxyOf()
    proxy.impose({ stalled: true })
    const until = performance.now() + stallSeconds * 1000
    const accepted = await voteWhile(pollId, () => performance.now() < until)
    // The stall goes on while these are asked: whatever waited for the store would wait here, too.
    await counted(pollId, accepted.size)
    await client.ask('GET', '/readyz')
    expect(proxy.fired().stall).toBeGreaterThan(0)
    proxy.heal()
    await expectAllThere(pollId, accepted)
  })
})

/** Each makes the consumer wait twice as long before it tries again. */
const breaks = stallSeconds < 30 ? 1 : 4

describe('a Postgres', () => {
  test('whose connections break in the middle of answers gets every ballot once', async () => {
    const pollId = await aPoll()
    let rounds = 0
    const breaking = (async () => {
      for (; rounds < breaks; rounds++) {
        const { cut } = server.fired()
        server.impose({ cutAfterBytes: 1_500 }) // a new session's greeting passes, its answers do not
        await eventually(
          async () => server.fired().cut,
          (now) => now > cut,
          90_000,
        )
        server.heal()
        await eventually(
          async () => server.reset(),
          (connections) => connections > 0,
        )
      }
    })()
    const accepted = await voteWhile(pollId, () => rounds < breaks)
    await breaking
    await expectAllThere(pollId, accepted)
  })

  test('that is slow and far away delays no ballot', async () => {
    const pollId = await aPoll()
    server.impose({ latencyMs: 200, bytesPerSecond: 50_000 })
    const before = server.fired()
    const until = performance.now() + 2_000
    const accepted = await voteWhile(pollId, () => performance.now() < until)
    await counted(pollId, accepted.size)
    await eventually(
      async () => server.fired(),
      ({ latency, rate }) => latency > before.latency && rate > before.rate,
    )
    server.heal()
    await expectAllThere(pollId, accepted)
  })
})

describe('connections to the gateways', () => {
  test('are kept open: fifty questions one after the other need no more than a few', async () => {
    for (const proxy of [stores.postgres, stores.redis]) proxy.impose({ latencyMs: 1 })
    const before = [stores.postgres, stores.redis].map((proxy) => ({
      accepted: proxy.accepted(),
      pieces: proxy.fired().latency,
    }))
    for (let at = 0; at < 50; at++) {
      expect((await client.ask('GET', '/v1/polls?limit=1', { key: key() })).status).toBe(200)
      await client.ask('GET', '/readyz')
    }
    const grown = [stores.postgres, stores.redis].map((proxy, at) => ({
      accepted: proxy.accepted() - (before[at]?.accepted ?? 0),
      pieces: proxy.fired().latency - (before[at]?.pieces ?? 0),
    }))
    for (const { accepted, pieces } of grown) {
      expect(pieces).toBeGreaterThanOrEqual(100) // a question and its answer each pass: they were asked
      expect(accepted).toBeLessThanOrEqual(5)
    }
  })
})
