// Counting as a whole: one voter at once in many places, a school behind one address, and ten thousand voters over
// sixteen shards whose messages come again and again. At the end box, results, Postgres and export say the same.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { recount } from '../../ops/recount/recount.ts'
import { clientOf, eventually, type SystemAnswer, type SystemClient } from './client.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-counting-'))
let stack: Stack
let client: SystemClient

beforeAll(async () => {
  // So short that most messages are sent again while they are still on their way: duplicates, and out of order.
  const bindings = { edge: { EDGEPOLL_TEST_ADDRESSES: '1' }, count: { RESEND_AFTER_MS: '1200' } }
  stack = await startStack({ dataFolder: folder, bindings })
  client = clientOf(stack.url)
})

afterAll(async () => {
  await client?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const key = () => stack.apiKey ?? ''
const choice = (options: readonly string[]) => ({
  id: 'where',
  type: 'choice',
  prompt: 'Where?',
  options: options.map((id) => ({ id, label: id })),
})
const aPoll = async (changes: object = {}): Promise<string> => {
  const body = { title: 'Counting', questions: [choice(['a', 'b', 'c'])], ...changes }
  const made = await client.ask('POST', '/v1/polls', { key: key(), body })
  expect(made.status).toBe(201)
  return made.json.id
}
const cast = (pollId: string, headers: Record<string, string>, answer = 'a') =>
  client.ask('POST', `/v1/polls/${pollId}/ballots`, { headers, body: { answers: { where: answer } } })
const statuses = (answers: readonly SystemAnswer[]) => answers.map(({ status }) => status).sort()
const published = (pollId: string, ballots: number) =>
  eventually(
    async () =>
      (
        await client.ask('GET', `/v1/polls/${pollId}/results`, {
          key: key(),
          headers: { 'Cache-Control': 'no-cache' },
        })
      ).json,
    (results) => results.ballots === ballots,
  )

describe('one voter', () => {
  it('who votes fifty times at once stores one ballot, and every answer is the same', async () => {
    const pollId = await aPoll()
    const voter = { 'Voter-Id': 'voter-at-fifty-places' }
    const answers = await Promise.all(Array.from({ length: 50 }, () => cast(pollId, voter)))
    expect(statuses(answers)).toEqual([...Array(49).fill(200), 201])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    await published(pollId, 1)
  })

  it('who changes their mind fifty times at once has one of their choices counted', async () => {
    const pollId = await aPoll({ revisions: 'until-close' })
    const voter = { 'Voter-Id': 'voter-of-many-minds' }
    await Promise.all(Array.from({ length: 50 }, (_, at) => cast(pollId, voter, ['a', 'b', 'c'][at % 3])))
    const mine = await client.ask('GET', `/v1/polls/${pollId}/ballots/mine`, { headers: voter })
    const results = await eventually(
      async () => published(pollId, 1),
      ({ questions }) =>
        questions[0].options.some(
          ({ id, votes }: { id: string; votes: number }) => votes === 1 && mine.json.answers.where[0] === id,
        ),
    )
    expect(results.ballots).toBe(1)
  })
})

describe('a school behind one address', () => {
  it('of fifty pupils stores as many ballots as the limit says, and no pupil is shown another’s', async () => {
    const pollId = await aPoll({ dedupe: { by: 'ip', limit: 3 } })
    const pupil = (at: number) => ({
      'Voter-Id': `pupil-${String(at).padStart(12, '0')}`,
      'CF-Connecting-IP': '198.51.100.7',
    })
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => cast(pollId, pupil(at))))
    expect(statuses(answers)).toEqual([...Array(3).fill(201), ...Array(47).fill(409)])
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.id)).size).toBe(3)
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.json).not.toHaveProperty('receipt')
    await published(pollId, 3)
    for (const [at, { status, json }] of answers.entries()) {
      const mine = await client.ask('GET', `/v1/polls/${pollId}/ballots/mine`, { headers: pupil(at) })
      expect(mine.status === 200 ? mine.json.id : null).toBe(status === 201 ? json.id : null)
    }
    const neighbour = { 'Voter-Id': 'neighbour-0000000001', 'CF-Connecting-IP': '198.51.100.8' }
    expect((await cast(pollId, neighbour)).status).toBe(201)
  })
})

describe('challenges', () => {
  it('are asked for by a poll that always wants them, and the test secret passes', async () => {
    const pollId = await aPoll({ challenge: 'always' })
    const voter = { 'Voter-Id': 'voter-with-challenge' }
    expect((await cast(pollId, voter)).json).toMatchObject({ status: 403, code: 'challenge-required' })
    const body = { answers: { where: 'a' }, challengeToken: 'XXXX.DUMMY.TOKEN.XXXX' }
    expect((await client.ask('POST', `/v1/polls/${pollId}/ballots`, { headers: voter, body })).status).toBe(
      201,
    )
  })

  it('are asked of a network that brings in new voters too fast, and of nobody else', async () => {
    const pollId = await aPoll({ challenge: 'suspicious' })
    const from = (at: number, address: string) => ({
      'Voter-Id': `voter-${address}-${String(at).padStart(6, '0')}`,
      'CF-Connecting-IP': address,
    })
    const fast: SystemAnswer[] = []
    for (let at = 0; at < 30; at++) fast.push(await cast(pollId, from(at, `203.0.113.${at + 1}`)))
    expect(fast.slice(0, 20).every(({ status }) => status === 201)).toBe(true)
    expect(fast.at(-1)?.json).toMatchObject({ code: 'challenge-required' })
    expect((await cast(pollId, from(1, '192.0.2.1'))).status).toBe(201)
  })
})

describe('ten thousand voters over sixteen shards', () => {
  it('with retries, doubles and messages that come again are equal in box, results, Postgres and export', async () => {
    const pollId = await aPoll({ expectedVoters: 79_321, revisions: 'until-close' })
    const voters = Array.from({ length: 10_000 }, (_, at) => ({
      headers: { 'Voter-Id': `voter-${String(at).padStart(10, '0')}`, 'Idempotency-Key': `key-${at}` },
      answer: ['a', 'b', 'c'][at % 3],
      again: at % 10 === 0,
      revises: at % 50 === 1,
    }))
    const queue = [...voters]
    const lane = async () => {
      for (let voter = queue.pop(); voter !== undefined; voter = queue.pop()) {
        const { headers, answer, again, revises } = voter
        const first = await cast(pollId, headers, answer)
        expect(first.status).toBe(201)
        if (again) expect((await cast(pollId, headers, answer)).json).toEqual(first.json)
        if (revises)
          expect(
            (await cast(pollId, { 'Voter-Id': headers['Voter-Id'] }, 'c')).json.revision,
          ).toBeLessThanOrEqual(2)
      }
    }
    await Promise.all(Array.from({ length: 100 }, lane))

    const closed = await client.ask('POST', `/v1/polls/${pollId}/close`, { key: key() })
    expect(closed.json).toMatchObject({ status: 'closed', final: true })
    const results = await published(pollId, 10_000)
    expect(results.final).toBe(true)
    expect((await cast(pollId, { 'Voter-Id': 'voter-who-is-too-late' })).json.code).toBe('poll-closed')

    const exported = await eventually(
      () => client.ask('GET', `/v1/polls/${pollId}/export`, { key: key() }),
      ({ status }) => status === 200,
    )
    const lines = exported.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const log: unknown[] = []
    for (let shard = 0; shard < 16; shard++) {
      const page = await client.ask('GET', `/v1/polls/${pollId}/log?shard=${shard}`)
      log.push(
        ...page.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      )
    }
    const recounted = recount(lines, log, results)
    expect(recounted.findings).toContain('no differences')
    expect(recounted.results.ballots).toBe(10_000)

    const postgres = new pg.Client(stack.databaseUrl)
    await postgres.connect()
    const { rows } = await postgres.query(
      `select answers -> 'where' ->> 0 as id, count(*)::int as votes from ballots where poll_id = $1 group by 1 order by 1`,
      [pollId],
    )
    await postgres.end()
    expect(rows).toEqual(
      results.questions[0].options.map(({ id, votes }: { id: string; votes: number }) => ({ id, votes })),
    )

    const audit = await client.ask('POST', `/v1/operator/polls/${pollId}/reconcile`, { key: stack.rootKey })
    expect(audit.json.shards).toHaveLength(16)
    expect(audit.json.shards.every(({ verdict }: { verdict: string }) => verdict === 'equal')).toBe(true)
    const shares = audit.json.shards.map(
      ({ ballotsInBox }: { ballotsInBox: number }) => ballotsInBox / 10_000,
    )
    expect(Math.min(...shares)).toBeGreaterThan(0.03)
    expect(Math.max(...shares)).toBeLessThan(0.1)
  })
})
