// The round-trip law: what a route asks of Postgres is written down, and is the same for a page of one and of a hundred.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { type Answer, lunch, rootKey } from '../support/api.ts'
import { orderOf, ownerOrders, send } from '../support/owner-orders.ts'
import { withPostgres } from '../support/postgres.ts'
import { redisKinds, withRedis } from '../support/redis.ts'
import { access, pathOf, routesOf } from '../support/route-table.ts'
import { type CountedEdge, countedEdge } from './round-trips/edge.ts'
import { type RoundTrips, roundTrips } from './round-trips/table.ts'

const postgres = withPostgres()
const redis = withRedis(redisKinds('the round-trip law')[0] ?? 'in memory')
let edge: CountedEdge
let ids: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  edge = await countedEdge(postgres, redis)
  ids = await seed()
}, 60_000)
afterAll(() => void vi.unstubAllGlobals())

describe('the round-trip law', () => {
  test('every route has its line, and every line its route', () => {
    expect(Object.keys(roundTrips).toSorted()).toEqual(routesOf(edge).toSorted())
  })

  test('more than one is explained', () => {
    const silent = Object.entries(roundTrips).filter(([, { trips, why }]) => trips > 1 && why === undefined)
    expect(silent).toEqual([])
  })

  test.each(Object.entries(roundTrips))('%s', async (route, law) => {
    const ask = await askedBy(route, law)
    const seen: (readonly string[])[] = []
    for (const query of law.pages ?? ['']) {
      const { answer, waited, after } = await edge.countWhile(() => ask(query))
      const what = `${route} ${query} → ${answer.status} ${answer.text.slice(0, 300)}`
      if (law.status === undefined) expect([200, 201, 204], what).toContain(answer.status)
      else expect(answer.status, what).toBe(law.status)
      if (law.pages !== undefined) expect(itemsOf(answer), what).toBe(Number(query.split('=')[1]))
      expect(waited.length, `${what}\n${waited.flat().join('\n')}`).toBe(law.trips)
      expect(waited.every((statements) => statements.length === 1)).toBe(true)
      expect(after, 'nobody waits for these, and they are not counted').toEqual([])
      seen.push(waited.flat())
    }
    expect(new Set(seen.map((statements) => statements.join())).size, 'a page is a page').toBe(1)
  })

  test('an Idempotency-Key costs two more, which claim and keep the answer, and its repeat nothing', async () => {
    const order = { ...(await orderOf(once, edge)), headers: { 'Idempotency-Key': 'once' } }
    const first = await edge.countWhile(() => send(edge, once, order))
    const again = await edge.countWhile(() => send(edge, once, order))
    expect(again.answer.text).toBe(first.answer.text)
    expect(first.waited.length + first.after.length).toBe((roundTrips[once]?.trips ?? 0) + 2)
    expect([...again.waited, ...again.after]).toEqual([])
  })

  test('a poll made with one costs nothing more: its id says what was done', async () => {
    const order = { key: edge.key(), headers: { 'Idempotency-Key': 'a-poll' }, body: lunch }
    const { waited, after } = await edge.countWhile(() => edge.ask('POST', '/v1/polls', order))
    expect(waited.length + after.length).toBe(roundTrips['POST /v1/polls']?.trips)
  })

  test('a key that this isolate has not seen costs one more, and one that notes its use', async () => {
    const body = { name: 'New', scopes: ['polls:read'] }
    const { json } = await edge.ask('POST', '/v1/keys', { key: edge.key(), body })
    const asked = await edge.countWhile(() => edge.ask('GET', '/v1/polls', { key: json.apiKey }))
    expect(asked.answer.status).toBe(200)
    expect(asked.waited.length + asked.after.length).toBe(3)
  })
})

const once = 'POST /v1/keys'

const itemsOf = ({ json }: Answer): number => json.data.length

const askedBy = async (
  route: string,
  { order = {} }: RoundTrips,
): Promise<(query: string) => Promise<Answer>> => {
  const [method = ''] = route.split(' ')
  if (ownerOrders[route] !== undefined) {
    const owners = await orderOf(route, edge)
    if (owners.key !== edge.key() && owners.key !== rootKey)
      await edge.ask('GET', '/v1/usage', { key: owners.key })
    return () => send(edge, route, owners)
  }
  const keyed = access[route] === 'voter' || access[route] === 'anybody' ? {} : { key: edge.key() }
  const { body, query, ids: own = () => ({}), ...rest } = order
  const pollId = ids['pollId'] ?? ''
  const asked = query?.(pollId) ?? ''
  return (page) =>
    edge.ask(method, `${pathOf(route, { ...ids, ...own(ids) })}?${asked || page}`.replace(/\?$/, ''), {
      ...keyed,
      ...rest,
      body: body?.(pollId),
    })
}

/** A poll with a hundred and more of everything that is listed. */
const seed = async () => {
  const { json: poll } = await edge.ask('POST', '/v1/polls', { key: edge.key(), body: lunch })
  const { json: keys } = await edge.ask('GET', '/v1/keys', { key: edge.key() })
  const record = async () => {
    for (const each of edge.counting.postgres.polls.values())
      await pollRecords(openDatabase(postgres)).record(each, AbortSignal.timeout(5_000))
  }
  await record()
  const { json: cast } = await edge.vote(poll.id)
  const many = 'generate_series(1, 150) as n'
  await postgres.query(
    `insert into ballots (poll_id, id, revision, cast_at, answers, shard, seq, country, salt)
     select $1, 'bal_' || lpad(n::text, 26, '0'), 1, now(), '{"where":["pizza"],"why":"so"}', 0, n, 'DE', 's' from ${many}`,
    [poll.id],
  )
  await postgres.query(
    `insert into rollups (poll_id, dimension, minute, ballots)
     select $1, 'total', date_trunc('hour', now()) - n * interval '1 hour', 1 from ${many}`,
    [poll.id],
  )
  await postgres.query(
    `insert into invites (poll_id, serial, workspace_id, hash, issued_at)
     select $1, n, $2, '\\x00', now() from ${many}`,
    [poll.id, edge.workspaceId],
  )
  await postgres.query(
    `insert into api_keys (id, workspace_id, mode, scopes, secret_hash, created_at)
     select 'key_' || lpad(n::text, 16, '0'), $1, 'live', '{polls:read}', '\\x00', now() from ${many}`,
    [edge.workspaceId],
  )
  await postgres.query(
    `insert into audit_log (id, workspace_id, at, actor, action, target, request_id)
     select 'aud_' || n, $1, now(), 'key_1', 'poll.close', 'poll_1', 'r' from ${many}`,
    [edge.workspaceId],
  )
  await postgres.query(
    `insert into polls (id, workspace_id, title, phase, archived, version, definition, created_at)
     select 'poll_' || lpad(n::text, 26, '0'), $1, 'Lunch', phase, false, 1, definition, now() from polls, ${many} where id = $2`,
    [edge.workspaceId, poll.id],
  )
  await postgres.query(
    `insert into webhooks (id, workspace_id, url, description, events, generation, created_at)
     select 'whk_' || lpad(n::text, 26, '0'), $1, 'https://example.com/', '', '{poll.closed}', 1, now() from generate_series(1, 40) as n`,
    [edge.workspaceId],
  )
  const webhookId = 'whk_00000000000000000000000001'
  await postgres.query(
    `insert into deliveries (id, workspace_id, webhook_id, event, poll_id, payload, state, attempts, created_at)
     select 'msg_a' || lpad(n::text, 31, '0'), $1, $2, 'poll.closed', $3, '{}', 'delivered', 1, now() from ${many}`,
    [edge.workspaceId, webhookId, poll.id],
  )
  return {
    webhookId,
    deliveryId: 'msg_none',
    pollId: poll.id,
    keyId: keys.data[0].id,
    workspaceId: edge.workspaceId,
    ballotId: 'bal_00000000000000000000000001',
    castId: cast.id,
    questionId: 'why',
    serial: '1',
    file: 'favicon.svg',
    reason: 'poll-not-found',
    method: 'GetPoll',
  }
}
