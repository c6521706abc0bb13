// Polls over HTTP: made and run by the owner, read by anybody, and nobody else’s.
import { describe, expect, test } from 'vitest'
import { anApi, lunch, origin } from '../support/api.ts'

describe('making a poll', () => {
  test('answers 201 with where it is, its tag and all of it', async () => {
    const api = anApi()
    const made = await api.ask('POST', '/v1/polls', { key: api.key(), body: lunch })
    expect(made.status).toBe(201)
    const { id } = made.json
    expect(id).toMatch(/^poll_[0-9a-z]{26}$/)
    expect(made.headers.get('location')).toBe(`${origin}/v1/polls/${id}`)
    expect(made.headers.get('etag')).toMatch(/^"poll-1-/)
    expect(made.json).toMatchObject({
      status: 'open',
      version: 1,
      createdAt: '2026-11-24T12:00:00.000Z',
      urls: {
        self: `${origin}/v1/polls/${id}`,
        results: `${origin}/v1/polls/${id}/results`,
        live: `wss://edge.test/v1/polls/${id}/results/live`,
        page: `${origin}/p/${id}`,
      },
      results: 'always',
      dedupe: { by: 'session' },
      revisions: 'none',
      labels: {},
    })
  })

  test('makes a draft where that is said, which opens when its owner says so', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll({ status: 'draft' })
    expect(poll.status).toBe('draft')
    expect((await api.vote(poll.id)).json.code).toBe('poll-not-open')
    const opened = await api.ask('POST', `/v1/polls/${poll.id}/open`, { key })
    expect([opened.status, opened.json.status]).toEqual([200, 'open'])
    expect((await api.vote(poll.id)).status).toBe(201)
  })

  test('of a later opening makes it scheduled, and it opens by itself', async () => {
    const api = anApi()
    const poll = await api.aPoll({ opensAt: '2026-11-24T12:10:00Z' })
    expect(poll.status).toBe('scheduled')
    expect((await api.vote(poll.id)).json.code).toBe('poll-not-open')
    await api.counting.time.advance(600_000)
    expect((await api.vote(poll.id)).status).toBe(201)
    expect((await api.ask('GET', `/v1/polls/${poll.id}`)).json.status).toBe('open')
  })

  test.each<[string, object, string]>([
    ['no title', { title: '' }, '/title'],
    ['no questions', { questions: [] }, '/questions'],
    [
      'an end before its beginning',
      { opensAt: '2026-11-25T00:00:00Z', closesAt: '2026-11-24T00:00:00Z' },
      '/closesAt',
    ],
    ['something unknown', { colour: 'red' }, '/colour'],
  ])('with %s is refused, with a pointer to it', async (_what, changes, pointer) => {
    const api = anApi()
    const answer = await api.ask('POST', '/v1/polls', { key: api.key(), body: { ...lunch, ...changes } })
    expect([answer.status, answer.json.code]).toEqual([422, 'poll-invalid'])
    expect(answer.json.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer)
  })

  test('by anybody is refused, by a key that may not as well', async () => {
    const api = anApi()
    const refusal = async (key?: string) => {
      const answer = await api.ask('POST', '/v1/polls', { key, body: lunch })
      return [answer.status, answer.json.code]
    }
    expect(await refusal()).toEqual([401, 'key-required'])
    expect(await refusal('ep_live_nonsense')).toEqual([401, 'key-invalid'])
    expect(await refusal(api.key('ws_first', ['polls:read', 'results:read']))).toEqual([403, 'scope-missing'])
  })

  test('does not wait for Postgres, and lists in the end', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    expect([...api.counting.postgres.polls.keys()]).toEqual([poll.id])
  })
})

describe('reading a poll', () => {
  const whole = ['allowedOrigins', 'expectedVoters', 'labels']

  test('shows anybody what a voter needs, and its owner the rest', async () => {
    const api = anApi()
    const poll = await api.aPoll({ labels: { team: 'ops' }, dedupe: { by: 'ip', limit: 3 } })
    const [anybody, owner, stranger] = await Promise.all(
      [undefined, api.key(), api.key('ws_other')].map((key) =>
        api.ask('GET', `/v1/polls/${poll.id}`, { key }),
      ),
    )
    for (const answer of [anybody, stranger]) {
      expect(answer?.json.questions).toHaveLength(2)
      expect(answer?.json.dedupe).toEqual({ by: 'ip' })
      for (const member of whole) expect(answer?.json).not.toHaveProperty(member)
    }
    expect(owner?.json).toMatchObject({ labels: { team: 'ops' }, dedupe: { by: 'ip', limit: 3 } })
  })

  test('never shows secrets, not even to the owner', async () => {
    const api = anApi()
    const key = api.key()
    const dedupe = { by: 'account', keys: [{ kid: 'k', alg: 'HS256', secret: 'a very secret secret' }] }
    const made = await api.ask('POST', '/v1/polls', { key, body: { ...lunch, dedupe } })
    for (const answer of [made, await api.ask('GET', `/v1/polls/${made.json.id}`, { key })]) {
      expect(answer.json.dedupe).toEqual({ by: 'account', keys: [{ kid: 'k', alg: 'HS256' }] })
      expect(answer.text).not.toContain('very secret')
    }
  })

  test('is answered 304 to whoever has it already', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const first = await api.ask('GET', `/v1/polls/${poll.id}`)
    const tag = first.headers.get('etag') ?? ''
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await api.ask('GET', `/v1/polls/${poll.id}`, { headers: { 'If-None-Match': known } })
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag])
    }
    expect(
      (await api.ask('GET', `/v1/polls/${poll.id}`, { headers: { 'If-None-Match': '"x"' } })).status,
    ).toBe(200)
  })

  test('gives another tag where it looks another way: to its owner, and when its status changes by the clock', async () => {
    const api = anApi()
    const poll = await api.aPoll({ closesAt: '2026-11-24T13:00:00Z' })
    const tag = async (key?: string) =>
      (await api.ask('GET', `/v1/polls/${poll.id}`, { key })).headers.get('etag')
    const tags = [await tag(), await tag(api.key())]
    await api.counting.time.advance(3_600_000)
    tags.push(await tag())
    expect(new Set(tags).size).toBe(3)
  })

  test('is publicly cacheable for anybody, and private with a key', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const anybody = await api.ask('GET', `/v1/polls/${poll.id}`)
    expect(anybody.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
    expect(anybody.headers.get('x-request-id')).toBeNull()
    const owner = await api.ask('GET', `/v1/polls/${poll.id}`, { key: api.key() })
    expect(owner.headers.get('cache-control')).toBe('private, no-cache')
    expect(owner.headers.get('x-request-id')).toMatch(/^req_[0-9a-f-]{36}$/)
  })

  test('tells a cache that a key makes a difference, in either header', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const path of ['', '/results']) {
      const answer = await api.ask('GET', `/v1/polls/${poll.id}${path}`)
      const vary = answer.headers.get('vary')?.toLowerCase().split(', ')
      expect(vary).toEqual(expect.arrayContaining(['authorization', 'x-api-key']))
    }
  })

  test('tells a cache which poll a purge of it concerns', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const path of ['', '/results']) {
      const ask = (key?: string) => api.ask('GET', `/v1/polls/${poll.id}${path}`, key ? { key } : {})
      expect((await ask()).headers.get('cache-tag')).toBe(poll.id)
      expect((await ask(api.key())).headers.get('cache-tag')).toBeNull()
    }
  })

  test('takes a key in X-API-Key as well', async () => {
    const api = anApi()
    const poll = await api.aPoll({ labels: { team: 'ops' } })
    const answer = await api.ask('GET', `/v1/polls/${poll.id}`, { headers: { 'X-API-Key': api.key() } })
    expect(answer.json.labels).toEqual({ team: 'ops' })
  })

  test('of an id that nobody made is 404, of whatever shape', async () => {
    const api = anApi()
    for (const id of [
      'poll_0123456789abcdefghjkmnpqrs',
      'poll_',
      'x',
      '%00',
      '%F0%9F%8D%95',
      '..%2f..',
      'a'.repeat(5_000),
      '__proto__',
    ])
      expect([id, (await api.ask('GET', `/v1/polls/${id}`)).json.code]).toEqual([id, 'poll-not-found'])
  })
})

describe('an owner', () => {
  test('closes a poll for good: 200 and final', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll()
    await api.vote(poll.id)
    const closed = await api.ask('POST', `/v1/polls/${poll.id}/close`, { key })
    expect([closed.status, closed.json.status, closed.json.final]).toEqual([200, 'closed', true])
    expect((await api.vote(poll.id, 'somebody-else')).json.code).toBe('poll-closed')
    expect((await api.ask('GET', `/v1/polls/${poll.id}`)).json.status).toBe('closed')
    expect((await api.ask('POST', `/v1/polls/${poll.id}/open`, { key })).json.code).toBe('poll-closed')
    expect((await api.ask('POST', `/v1/polls/${poll.id}/close`, { key })).status).toBe(200)
  })

  test('archives a poll, which goes on', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const archived = await api.ask('POST', `/v1/polls/${poll.id}/archive`, { key: api.key() })
    expect([archived.status, archived.json.archived, archived.json.status]).toEqual([200, true, 'open'])
    expect((await api.vote(poll.id)).status).toBe(201)
  })

  test('deletes a poll, which is then as if it had never been', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll()
    const { id } = (await api.vote(poll.id)).json
    expect((await api.ask('DELETE', `/v1/polls/${poll.id}`, { key })).status).toBe(204)
    await api.counting.time.advance(20_000)
    for (const path of [
      '',
      '/results',
      '/ballots/mine',
      `/receipts/${id}`,
      '/log',
      '/log/checkpoint',
      '/results/live',
    ]) {
      const answer = await api.ask('GET', `/v1/polls/${poll.id}${path}`, {
        headers: { 'Voter-Id': 'a-voter-of-these-tests' },
      })
      expect([path, answer.status]).toEqual([path, 404])
    }
    expect((await api.vote(poll.id)).status).toBe(404)
    expect((await api.ask('DELETE', `/v1/polls/${poll.id}`, { key })).status).toBe(404)
  })

  test('exports every ballot of a closed poll, with what recounting needs', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll()
    for (const voter of ['ann', 'bob', 'cat']) await api.vote(poll.id, voter)
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key })
    await api.counting.archived()
    const exported = await api.ask('GET', `/v1/polls/${poll.id}/export`, { key })
    const rows = exported.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect([exported.status, exported.headers.get('edgepoll-archived'), rows.length]).toEqual([200, '3/3', 3])
    for (const row of rows)
      expect(row).toMatchObject({
        answers: { where: ['pizza'] },
        erased: false,
        revision: 1,
        salt: expect.any(String),
        shard: expect.any(Number),
        seq: expect.any(Number),
      })
  })

  test('gets no half export of a closed poll whose archive is behind', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll()
    await api.vote(poll.id)
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key })
    const exported = await api.ask('GET', `/v1/polls/${poll.id}/export`, { key })
    expect([exported.status, exported.json.code]).toEqual([503, 'archive-behind'])
    expect(exported.headers.get('retry-after')).not.toBeNull()
  })
})

describe('another workspace’s key', () => {
  test('finds nothing to change: the same 404 as for a poll that is not there', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const { id } = (await api.vote(poll.id)).json
    const key = api.key('ws_other')
    const attempts: [string, string, unknown?][] = [
      ['POST', '/open'],
      ['POST', '/close'],
      ['POST', '/archive'],
      ['DELETE', ''],
      ['DELETE', `/ballots/${id}`],
      ['GET', '/export'],
      ['GET', '/ballots'],
      ['GET', `/ballots/${id}`],
      ['GET', '/questions/why/texts'],
      ['GET', '/invites'],
      ['POST', '/invites', { count: 1 }],
      ['DELETE', '/invites/1'],
    ]
    for (const [method, path, body] of attempts) {
      const [foreign, absent] = await Promise.all(
        [poll.id, 'poll_0123456789abcdefghjkmnpqrs'].map((each) =>
          api.ask(method, `/v1/polls/${each}${path}`, { key, body }),
        ),
      )
      expect([method, path, foreign?.status, foreign?.json.code]).toEqual([
        method,
        path,
        404,
        'poll-not-found',
      ])
      expect(absent?.json).toEqual({ ...foreign?.json, instance: expect.any(String) })
    }
    expect((await api.ask('GET', `/v1/polls/${poll.id}`)).json.status).toBe('open')
  })
})
