// Two thousand viewers of one poll: through votes, through the sleep of those who hold their sockets, through a new edge and
// the death of the old one, and through the close. Each of them ends with the same result, and none ever saw one go back.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../bench/load/seeded-random.ts'
import { openDataFolder } from '../../dev/data-folder.ts'
import { type Front, startFront } from '../../dev/front.ts'
import { type Stack, startStack } from '../../dev/stack.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'
import { type Audience, audienceOf } from './viewers.ts'

const viewers = 2_000
const streams = 20
/** After so long without anything to do the runtime puts an object to sleep, its sockets in the runtime's hands. */
const asleepMs = 12_000

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-live-'))
let stack: Stack
let client: SystemClient
let front: Front
let audience: Audience
let pollId = ''
let cast = 0

beforeAll(async () => {
  const bindings = { edge: { LOG_LEVEL: 'info' }, count: { LOG_LEVEL: 'info' } }
  stack = await startStack({ dataFolder: folder, edges: 2, bindings })
  stack.failure.catch(() => undefined) // one edge is killed on purpose
  client = clientOf(edge(1))
  front = await startFront(edge(0))
  const question = {
    id: 'where',
    type: 'choice',
    prompt: 'Where?',
    options: ['a', 'b'].map((id) => ({ id, label: id })),
  }
  const made = await client.ask('POST', '/v1/polls', {
    key: stack.apiKey ?? '',
    body: { title: 'Live', questions: [question] },
  })
  expect(made.status, made.text).toBe(201)
  pollId = made.json.id
  audience = audienceOf(front.url, pollId, seededRandom('viewers'))
}, 180_000)

afterAll(async () => {
  await client?.close()
  await stack?.stop()
  await front?.close()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const edge = (at: number): string => stack.edges[at] ?? ''

/** Votes so many times, and waits until every viewer has been sent the last; when that was accepted. */
const voteAndSee = async (votes: number): Promise<number> => {
  let accepted = 0
  for (let at = 0; at < votes; at++) {
    const headers = { 'Voter-Id': `voter-${String(++cast).padStart(12, '0')}` }
    const answer = await client.ask('POST', `/v1/polls/${pollId}/ballots`, {
      headers,
      body: { answers: { where: cast % 3 === 0 ? 'b' : 'a' } },
    })
    accepted = performance.now()
    expect(answer.status, answer.text).toBe(201)
  }
  await eventually(
    async () => audience.seen(cast),
    (seen) => seen === audience.viewers.length,
  )
  return accepted
}

/** What a process has said, event by event. */
const eventsOf = (name: string): readonly Record<string, unknown>[] =>
  readFileSync(join(openDataFolder(folder).logs, `${name}.log`), 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes('"type"') ? [JSON.parse(line.slice(line.indexOf('{')))] : []))

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN

/** An event stream: the versions it brought, and whether it has ended. */
const stream = async (url: string) => {
  const versions: number[] = []
  const { statusCode, body } = await request(`${url}/v1/polls/${pollId}/results/live`, {
    headers: { Accept: 'text/event-stream' },
  })
  expect(statusCode).toBe(200)
  const listening = { versions, ended: false }
  const listen = async () => {
    let text = ''
    for await (const chunk of body) {
      text += String(chunk)
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const id = /^id: (\d+)$/m.exec(event)?.[1]
        if (id !== undefined) versions.push(Number(id))
      }
    }
    listening.ended = true
  }
  listen().catch(() => undefined) // a stream that breaks has not ended
  return listening
}

describe('two thousand viewers', () => {
  test('find room: those who hold their sockets become more as they come', async () => {
    const began = performance.now()
    await audience.join(viewers)
    expect(audience.open).toBe(viewers)
    const results = await eventually(
      () => client.ask('GET', `/v1/polls/${pollId}/results`),
      ({ headers }) => Number(headers['edgepoll-viewers']) >= viewers / 2,
    )
    console.log(
      `${viewers} sockets opened in ${((performance.now() - began) / 1_000).toFixed(1)} s; the board knows of ${results.headers['edgepoll-viewers']}`,
    )
  })

  test('see every vote, and each version once', async () => {
    const lags: number[] = []
    for (let round = 0; round < 10; round++) {
      const accepted = await voteAndSee(1)
      lags.push(...audience.arrivals(cast).map((at) => at - accepted))
    }
    expect(lags).toHaveLength(10 * viewers)
    console.log(
      `from an accepted ballot to its frame at ${viewers} sockets: p50 ${quantile(lags, 0.5).toFixed(0)} ms, p99 ${quantile(lags, 0.99).toFixed(0)} ms`,
    )
    expect(audience.wrongs).toEqual([])
  })

  test('stay while those who hold their sockets sleep, and go on from the version they have', async () => {
    const before = eventsOf('count').length
    const asleep = () =>
      new Map(
        eventsOf('count')
          .slice(before)
          .filter(({ type }) => type === 'relay-woke')
          .map(({ relay, viewers: here }) => [relay, Number(here)]),
      )
    const sockets = () => [...asleep().values()].reduce((sum, here) => sum + here, 0)
    // The platform's own rule, not luck: whoever has had nothing to do for ten seconds is put to sleep. On a busy machine some
    // are not quite done when the waiting begins.
    for (let round = 0; round < 3 && sockets() < viewers; round++) {
      await pause(asleepMs)
      await voteAndSee(1)
    }
    console.log(`${asleep().size} relays had been asleep, with ${sockets()} sockets`)
    expect(sockets()).toBe(viewers)
    expect(audience.open).toBe(viewers)
    expect(audience.wrongs).toEqual([])
  })

  test('stay where they are when a new edge is published, and come back to it when the old one ends', async () => {
    const before = audience.viewers.map(({ waits }) => waits.length)
    const broken = () => audience.viewers.filter(({ waits }, at) => waits.length > (before[at] ?? 0)).length
    front.sendTo(edge(1))
    await audience.join(1)
    expect(front.open(edge(0))).toBe(viewers)
    await voteAndSee(2)
    expect(broken()).toBe(0)

    const began = performance.now()
    for (const name of ['edge-1', 'edge-1-host']) process.kill(stack.pids[name] ?? 0, 'SIGKILL')
    await eventually(
      async () => broken(),
      (count) => count === viewers,
    )
    await voteAndSee(1) // while most of them are away
    expect(audience.open).toBe(viewers + 1)
    const waits = audience.viewers.flatMap((viewer, at) => viewer.waits.slice(before[at] ?? 0))
    console.log(
      `all back ${((performance.now() - began) / 1_000).toFixed(1)} s after their edge was killed, having waited ${Math.min(...waits).toFixed(0)} to ${Math.max(...waits).toFixed(0)} ms`,
    )
    expect(new Set(waits.map((wait) => Math.floor(wait / 25))).size).toBeGreaterThan(10)
    expect(audience.wrongs).toEqual([])
  })

  test('are all told the same end, which costs no read of results', async () => {
    const listening = await Promise.all(Array.from({ length: streams }, () => stream(edge(1))))
    await voteAndSee(1)
    const reads = () =>
      eventsOf('edge-2').filter(({ type, route }) => type === 'request' && String(route).endsWith('/results'))
        .length
    const before = reads()
    const closed = await client.ask('POST', `/v1/polls/${pollId}/close`, { key: stack.apiKey ?? '' })
    expect(closed.json).toMatchObject({ status: 'closed', final: true })
    await eventually(
      async () => audience.ended,
      (ended) => ended === viewers + 1,
      90_000,
    )
    await eventually(
      async () => listening.filter(({ ended }) => ended).length,
      (ended) => ended === streams,
    )
    expect(reads() - before).toBe(0)

    const { json: results } = await client.ask('GET', `/v1/polls/${pollId}/results`)
    expect(results).toMatchObject({ final: true, ballots: cast })
    const ends = new Set(audience.viewers.map(({ held }) => JSON.stringify(held)))
    expect([...ends].map((end) => JSON.parse(end))).toEqual([results])
    for (const { versions } of listening) {
      expect(versions.at(-1)).toBe(results.version)
      expect(versions).toEqual([...new Set(versions)].toSorted((one, other) => one - other))
    }
    expect(audience.wrongs).toEqual([])
  })
})
