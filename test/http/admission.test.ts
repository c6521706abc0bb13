// Who may come in, over HTTP: quotas and their headers, ballots beside them, challenges for networks, caps of plans, usage.
import { describe, expect, it, test } from 'vitest'
import { admission } from '../../src/admission/admission.ts'
import { attemptsPerMinute, ballotAttempts } from '../../src/admission/ballot-attempts.ts'
import { blocked } from '../../src/admission/blocked.ts'
import { localLimiter } from '../../src/admission/local-limiter.ts'
import { planTerms } from '../../src/application/plan-terms.ts'
import { plans, scopes } from '../../src/application/ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { anApi, lunch } from '../support/api.ts'

/** Quotas as an edge alone keeps them. */
const strict = (clock: Clock) => {
  const limiter = () =>
    blocked(localLimiter({ share: 1, quotaOf: (plan) => planTerms[plan].callsPerMinute }, clock), clock)
  return admission({ byKey: limiter(), byWorkspace: limiter(), ballots: ballotAttempts(clock) })
}
const aStrictApi = () => anApi({ admission: strict })
const none = 'poll_0123456789abcdefghjkmnpqrs'

describe('an owner’s call', () => {
  it('is told its plan’s quota, and what is left of it', async () => {
    const api = aStrictApi()
    const key = api.key('ws_a', scopes, 'free')
    const first = await api.ask('GET', `/v1/polls/${none}`, { key })
    expect(first.status).toBe(404)
    expect(first.headers.get('ratelimit-policy')).toBe('"plan";q=600;w=60')
    expect(first.headers.get('ratelimit')).toBe('"plan";r=599;t=60')
    const list = await api.ask('GET', '/v1/polls', { key })
    expect(list.headers.get('ratelimit')).toBe('"plan";r=597;t=60')
  })

  it('beyond the quota is 429 with Retry-After; another workspace is not touched by that', async () => {
    const api = aStrictApi()
    const key = api.key('ws_a', scopes, 'free')
    for (let call = 0; call < 300; call++) await api.ask('GET', '/v1/polls', { key })
    const refused = await api.ask('GET', '/v1/polls', { key })
    expect([refused.status, refused.json.code]).toEqual([429, 'rate-limited'])
    expect(refused.headers.get('ratelimit')).toBe('"plan";r=0;t=60')
    expect(refused.headers.get('ratelimit-policy')).toBe('"plan";q=600;w=60')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(60)
    const beside = api.key('ws_a', scopes, 'free')
    expect((await api.ask('GET', '/v1/polls', { key: beside })).status).toBe(429)
    const other = api.key('ws_b', scopes, 'free')
    expect((await api.ask('GET', '/v1/polls', { key: other })).status).toBe(200)
    await api.counting.time.advance(60_000)
    expect((await api.ask('GET', '/v1/polls', { key })).status).toBe(200)
  })

  it('is judged by its key before its quota', async () => {
    const answer = await aStrictApi().ask('GET', '/v1/polls', { key: 'ep_live_nonsense' })
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([401, null])
  })

  it('by Connect is told the same', async () => {
    const api = aStrictApi()
    const answer = await api.ask('POST', '/edgepoll.v1.PollService/GetPoll', {
      key: api.key('ws_a', scopes, 'pro'),
      body: { pollId: none },
    })
    expect(answer.headers.get('ratelimit')).toBe('"plan";r=5999;t=60')
  })

  it('of anybody has no quota, and neither have pages and health', async () => {
    const api = aStrictApi()
    const poll = await api.aPoll()
    const key = api.key('ws_a', scopes, 'free')
    const answers = [
      await api.ask('GET', `/v1/polls/${poll.id}`),
      await api.ask('GET', `/v1/polls/${poll.id}/results`),
      await api.ask('GET', '/livez', { key }),
      await api.ask('GET', `/p/${poll.id}`, { key }),
    ]
    for (const { headers } of answers) expect(headers.get('ratelimit')).toBeNull()
  })
})

describe('a ballot', () => {
  it('is taken from each of a thousand voters behind one address', async () => {
    const api = aStrictApi()
    const poll = await api.aPoll()
    const statuses = new Map<number, number>()
    for (let voter = 0; voter < 1_000; voter++) {
      const { status } = await api.vote(poll.id, `pupil-${voter}`)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect([...statuses]).toEqual([[201, 1_000]])
  })

  it('is refused to a voter who tries again and again, and to nobody beside them', async () => {
    const api = aStrictApi()
    const poll = await api.aPoll()
    for (let attempt = 0; attempt < attemptsPerMinute; attempt++)
      expect((await api.vote(poll.id, 'restless')).status).toBe(attempt === 0 ? 201 : 200)
    const refused = await api.vote(poll.id, 'restless')
    expect([refused.status, refused.json.code]).toEqual([429, 'rate-limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(60)
    expect((await api.vote(poll.id, 'a-neighbour')).status).toBe(201)
    const another = await api.aPoll()
    expect((await api.vote(another.id, 'restless')).status).toBe(201)
    await api.counting.time.advance(60_000)
    expect((await api.vote(poll.id, 'restless')).status).toBe(200)
  })

  it('never takes from a quota, whoever sends it', async () => {
    const api = aStrictApi()
    const poll = await api.aPoll()
    const key = api.key('ws_a', scopes, 'free')
    for (let call = 0; call < 300; call++) await api.ask('GET', '/v1/polls', { key })
    expect((await api.ask('GET', '/v1/polls', { key })).status).toBe(429)
    const cast = await api.vote(poll.id, undefined, undefined, { Authorization: `Bearer ${key}` })
    expect([cast.status, cast.headers.get('ratelimit')]).toEqual([201, null])
  })

  it('from a network that is too quick asks for a challenge, and whoever solves it votes', async () => {
    const counts = new Map<string, number>()
    const newVoters = {
      limit: async ({ key }: { key: string }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1)
        return { success: (counts.get(key) ?? 0) <= 20 }
      },
    }
    const api = anApi({ admission: strict, newVoters })
    const poll = await api.aPoll({ challenge: 'suspicious' })
    const calm = await api.aPoll()
    for (let voter = 0; voter < 21; voter++) expect((await api.vote(poll.id, `v-${voter}`)).status).toBe(201)
    const asked = await api.vote(poll.id, 'the-next')
    expect([asked.status, asked.json.code]).toEqual([403, 'challenge-required'])
    const solved = await api.ask('POST', `/v1/polls/${poll.id}/ballots`, {
      headers: { 'Voter-Id': 'the-next........' },
      body: { answers: { where: ['pizza'] }, challengeToken: 'solved' },
    })
    expect(solved.status).toBe(201)
    const elsewhere = await api.vote(poll.id, 'far-away', undefined, { 'CF-Connecting-IP': '198.51.100.7' })
    expect([elsewhere.status, (await api.vote(calm.id, 'the-next')).status]).toEqual([201, 201])
    expect(api.counting.events.filter(({ type }) => type === 'network-suspected')).toHaveLength(1)
    await api.counting.time.advance(60_000)
    expect((await api.vote(poll.id, 'a-minute-later')).status).toBe(201)
  })
})

describe('usage', () => {
  test.each(plans)('of the plan %s tells what it gives and what is used of it', async (plan) => {
    const api = aStrictApi()
    const key = api.key('ws_a', ['polls:write'], plan)
    for (let poll = 0; poll < 2; poll++) {
      const made = await api.ask('POST', '/v1/polls', { key, body: lunch })
      await api.vote(made.json.id)
    }
    await api.counting.archived() // by then it is another window
    const terms = planTerms[plan]
    const answer = await api.ask('GET', '/v1/usage', { key })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
    expect(answer.json).toEqual({
      workspaceId: 'ws_a',
      mode: 'live',
      plan,
      asOf: expect.any(String),
      calls: { limit: terms.callsPerMinute, windowSeconds: 60, remaining: terms.callsPerMinute - 1 },
      polls: { used: 2, limit: terms.polls },
      ballots: { used: 2 },
      perPoll: { shards: terms.shards, viewers: terms.viewers },
    })
  })

  it('is a workspace’s own', async () => {
    const api = aStrictApi()
    await api.aPoll()
    const answer = await api.ask('GET', '/v1/usage', { key: api.key('ws_other') })
    expect(answer.json).toMatchObject({ workspaceId: 'ws_other', polls: { used: 0 }, ballots: { used: 0 } })
  })

  it('takes a key, and no parameters', async () => {
    const api = aStrictApi()
    expect((await api.ask('GET', '/v1/usage')).json.code).toBe('key-required')
    expect((await api.ask('GET', '/v1/usage?plan=pro', { key: api.key() })).json.code).toBe('query-invalid')
    const packed = await api.ask('GET', '/v1/usage', {
      key: api.key(),
      headers: { Accept: 'application/msgpack' },
    })
    expect([packed.status, packed.headers.get('content-type')]).toEqual([200, 'application/msgpack'])
  })
})

describe('what a plan has no room for', () => {
  const make = (api: ReturnType<typeof anApi>, key: string, draft = {}, headers = {}) =>
    api.ask('POST', '/v1/polls', { key, body: { ...lunch, ...draft }, headers })

  it('is a poll over more boxes than it gives', async () => {
    const api = anApi()
    const key = api.key('ws_a', scopes, 'free')
    expect((await make(api, key, { expectedVoters: 20_000 })).json.shards).toBe(4)
    const refused = await make(api, key, { expectedVoters: 20_001 })
    expect([refused.status, refused.json.code]).toEqual([403, 'plan-limit'])
    expect(refused.json.detail).toContain('20000')
    expect((await make(api, api.key('ws_a', scopes, 'pro'), { expectedVoters: 20_001 })).status).toBe(201)
  })

  it('is one poll more than it keeps, until one is deleted; a repeat still gets its first answer', async () => {
    const api = anApi()
    const key = api.key('ws_a', scopes, 'free')
    const most = planTerms.free.polls
    const first = await make(api, key, {}, { 'Idempotency-Key': 'first' })
    for (let poll = 1; poll < most; poll++) expect((await make(api, key)).status).toBe(201)
    const refused = await make(api, key)
    expect([refused.status, refused.json.code]).toEqual([403, 'plan-limit'])
    const repeated = await make(api, key, {}, { 'Idempotency-Key': 'first' })
    expect([repeated.status, repeated.json.id]).toEqual([201, first.json.id])
    expect((await make(api, key, {}, { 'Idempotency-Key': 'another' })).json.code).toBe('plan-limit')
    expect((await make(api, api.key('ws_b', scopes, 'free'))).status).toBe(201)
    await api.ask('DELETE', `/v1/polls/${first.json.id}`, { key })
    expect((await make(api, key)).status).toBe(201)
  })

  it('is not known while Postgres is away: polls can be made', async () => {
    const api = anApi({ usageAway: new Unavailable('postgres') })
    expect((await make(api, api.key('ws_a', scopes, 'free'))).status).toBe(201)
  })
})
