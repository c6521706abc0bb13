// Ballots over HTTP: what a voter sends, and what they are answered first, again, and instead.
import { describe, expect, test } from 'vitest'
import { encodeMsgpack } from '../../src/representation/msgpack.ts'
import { anApi } from '../support/api.ts'

const voter = 'voter-0123456789'
const castTo = (pollId: string) => `/v1/polls/${pollId}/ballots`
const mine = (pollId: string) => `/v1/polls/${pollId}/ballots/mine`

describe('a ballot', () => {
  test('is answered 201 with what it is known by from now on', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const cast = await api.vote(poll.id)
    expect(cast.status).toBe(201)
    expect(cast.json).toEqual({
      id: expect.stringMatching(/^bal_[0-9a-z]{26}$/),
      pollId: poll.id,
      castAt: '2026-11-24T12:00:00.000Z',
      revision: 1,
      receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    expect(cast.headers.get('cache-control')).toBe('no-store')
    expect(cast.headers.get('idempotency-replayed')).toBeNull()
  })

  test('may name a single choice by itself', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    expect((await api.vote(poll.id, voter, { where: 'pizza' })).status).toBe(201)
    expect((await api.vote(poll.id, voter, { where: ['pizza'] })).headers.get('idempotency-replayed')).toBe(
      'true',
    )
  })

  test('is counted once, and shown', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const each of ['ann', 'bob', 'ann']) await api.vote(poll.id, each)
    await api.counting.published()
    const results = await api.ask('GET', `/v1/polls/${poll.id}/results`)
    expect(results.json).toMatchObject({
      ballots: 2,
      questions: [{ options: [{ votes: 2 }, { votes: 0 }] }, {}],
    })
  })

  test('of questions called as inherited members are is a ballot like any other', async () => {
    const api = anApi()
    const questions = ['__proto__', 'constructor', 'toString'.toLowerCase()].map((id) => ({
      id,
      type: 'nps',
      prompt: id,
      required: true,
    }))
    const poll = await api.aPoll({ questions })
    const body = '{"answers":{"__proto__":9,"constructor":3,"tostring":10}}'
    const cast = await api.ask('POST', castTo(poll.id), {
      headers: { 'Voter-Id': voter, 'Content-Type': 'application/json' },
      body,
    })
    expect(cast.status, cast.text).toBe(201)
  })
})

describe('the same ballot again', () => {
  test('is answered 200 with the first answer, and says so', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const first = await api.vote(poll.id)
    await api.counting.time.advance(60_000)
    const again = await api.vote(poll.id)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    expect(again.json).toEqual(first.json)
  })

  test('with other answers is refused', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await api.vote(poll.id)
    const other = await api.vote(poll.id, undefined, { where: ['sushi'] })
    expect([other.status, other.json.code]).toEqual([409, 'already-voted'])
  })

  test('with other answers is a revision where those are allowed', async () => {
    const api = anApi()
    const poll = await api.aPoll({ revisions: 'until-close' })
    const first = await api.vote(poll.id)
    const revised = await api.vote(poll.id, undefined, { where: ['sushi'] })
    expect([revised.status, revised.headers.get('idempotency-replayed')]).toEqual([200, null])
    expect(revised.json).toMatchObject({ id: first.json.id, revision: 2 })
  })
})

describe('an Idempotency-Key', () => {
  test('in quotes is the same key as without', async () => {
    const api = anApi()
    const poll = await api.aPoll({ dedupe: { by: 'none' } })
    const send = (key: string) =>
      api.ask('POST', castTo(poll.id), {
        headers: { 'Idempotency-Key': key },
        body: { answers: { where: ['pizza'] } },
      })
    const first = await send('key-1')
    expect(first.status).toBe(201)
    expect((await send('"key-1"')).json).toEqual(first.json)
    expect((await send('Key-1')).status).toBe(201)
  })

  test('with other content is refused', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const key = { 'Idempotency-Key': 'key-1' }
    await api.vote(poll.id, voter, { where: ['pizza'] }, key)
    const other = await api.vote(poll.id, voter, { where: ['sushi'] }, key)
    expect([other.status, other.json.code]).toEqual([422, 'idempotency-key-reused'])
  })

  test('belongs to its voter', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const key = { 'Idempotency-Key': 'key-1' }
    expect((await api.vote(poll.id, 'ann', { where: ['pizza'] }, key)).status).toBe(201)
    expect((await api.vote(poll.id, 'bob', { where: ['sushi'] }, key)).status).toBe(201)
  })

  test.each(['', ' ', '""', 'a b', 'ä', 'x'.repeat(256), '\t'])(
    'that is %j is refused, or none',
    async (key) => {
      const api = anApi()
      const poll = await api.aPoll()
      const answer = await api.vote(poll.id, voter, { where: ['pizza'] }, { 'Idempotency-Key': key })
      expect([answer.status, answer.json.code]).toEqual([400, 'header-invalid'])
    },
  )

  test.each(['x', 'x'.repeat(255), '"', '"a', 'a"b', '~!@#$%^&*()'])('that is %j is taken', async (key) => {
    const api = anApi()
    const poll = await api.aPoll()
    expect((await api.vote(poll.id, voter, { where: ['pizza'] }, { 'Idempotency-Key': key })).status).toBe(
      201,
    )
  })
})

describe('a Voter-Id', () => {
  test('is required where each voter has one ballot', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.ask('POST', castTo(poll.id), { body: { answers: { where: ['pizza'] } } })
    expect([answer.status, answer.json.code]).toEqual([400, 'voter-id-required'])
  })

  test.each([
    '',
    'short',
    'x'.repeat(129),
    'fifteen-letters',
    'with a space in it',
    'ümläute-are-not-visible',
  ])('that is %j is refused', async (id) => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.ask('POST', castTo(poll.id), {
      headers: { 'Voter-Id': id },
      body: { answers: { where: ['pizza'] } },
    })
    expect([answer.status, answer.json.code]).toEqual([400, 'header-invalid'])
  })

  test.each(['x'.repeat(16), 'x'.repeat(128)])('of %j is taken', async (id) => {
    const api = anApi()
    const poll = await api.aPoll()
    expect((await api.vote(poll.id, id)).status).toBe(201)
  })
})

describe('a poll that anybody may vote in as often as they like', () => {
  test('says where a retry would not be known as one', async () => {
    const api = anApi()
    const poll = await api.aPoll({ dedupe: { by: 'none' } })
    const cast = (headers: Record<string, string>) =>
      api.ask('POST', castTo(poll.id), { headers, body: { answers: { where: ['pizza'] } } })
    const unsafe = await cast({})
    expect([unsafe.status, unsafe.headers.get('edgepoll-retry-safe')]).toEqual([201, 'false'])
    expect((await cast({})).json.id).not.toBe(unsafe.json.id)
    expect((await cast({ 'Idempotency-Key': 'key' })).headers.get('edgepoll-retry-safe')).toBeNull()
    expect((await cast({ 'Voter-Id': voter })).headers.get('edgepoll-retry-safe')).toBeNull()
  })
})

describe('an account', () => {
  const tokenFor = async (payload: object): Promise<string> => {
    const { SignJWT } = await import('jose')
    return new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .sign(new TextEncoder().encode('a secret of at least 32 characters'))
  }
  const dedupe = {
    by: 'account',
    keys: [{ kid: 'k', alg: 'HS256', secret: 'a secret of at least 32 characters' }],
  }
  const soon = () => Math.floor(Date.now() / 1_000) + 600

  test('votes by its token', async () => {
    const api = anApi()
    const poll = await api.aPoll({ dedupe })
    const voterToken = await tokenFor({ sub: 'user-1', aud: poll.id, exp: soon() })
    const body = { answers: { where: ['pizza'] }, voterToken }
    expect((await api.ask('POST', castTo(poll.id), { body })).status).toBe(201)
    expect((await api.ask('POST', castTo(poll.id), { body })).status).toBe(200)
  })

  test.each<[string, object]>([
    ['a number for a subject', { sub: 42 }],
    ['a list for a subject', { sub: ['user-1'] }],
    ['an object for a subject', { sub: { id: 1 } }],
    ['nothing for a subject', { sub: null }],
    ['another audience', { sub: 'user-1', aud: 'poll_other' }],
    ['an end in the past', { sub: 'user-1', exp: 1 }],
  ])('with %s in its token is refused, not an accident', async (_what, claims) => {
    const api = anApi()
    const poll = await api.aPoll({ dedupe })
    const voterToken = await tokenFor({ aud: poll.id, exp: soon(), ...claims })
    const answer = await api.ask('POST', castTo(poll.id), {
      body: { answers: { where: ['pizza'] }, voterToken },
    })
    expect([answer.status, answer.json.code]).toEqual([401, 'token-invalid'])
  })
})

describe('an invite', () => {
  test('lets its holder vote once, until it is revoked', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll({ dedupe: { by: 'invite' } })
    const issued = await api.ask('POST', `/v1/polls/${poll.id}/invites`, { key, body: { count: 2 } })
    expect(issued.status).toBe(201)
    const [first, second] = issued.json.codes
    const vote = (inviteCode?: string) =>
      api.ask('POST', castTo(poll.id), { body: { answers: { where: ['pizza'] }, inviteCode } })
    expect((await vote(first)).status).toBe(201)
    expect((await vote(first.toUpperCase().replaceAll('-', ' '))).status).toBe(200)
    expect([(await vote()).status, (await vote()).json.code]).toEqual([401, 'invite-required'])
    expect((await vote('0000-0000-0000-0000-0000')).json.code).toBe('invite-invalid')
    expect((await api.ask('DELETE', `/v1/polls/${poll.id}/invites/2`, { key })).status).toBe(204)
    expect([(await vote(second)).status, (await vote(second)).json.code]).toEqual([403, 'invite-invalid'])
  })
})

describe('a voter’s own ballot', () => {
  test('is theirs to read, as it stands', async () => {
    const api = anApi()
    const poll = await api.aPoll({ revisions: 'until-close' })
    await api.vote(poll.id, voter, { where: ['pizza'], why: '  kept as sent  ' })
    const revised = await api.vote(poll.id, voter, { where: ['sushi'] })
    const own = await api.ask('GET', mine(poll.id), { headers: { 'Voter-Id': voter } })
    expect(own.status).toBe(200)
    expect(own.json).toEqual({ ...revised.json, answers: { where: ['sushi'] } })
    expect(own.headers.get('cache-control')).toBe('private, no-store')
  })

  test('is nobody else’s', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await api.vote(poll.id, voter)
    const other = await api.ask('GET', mine(poll.id), { headers: { 'Voter-Id': 'somebody-else-altogether' } })
    expect([other.status, other.json.code]).toEqual([404, 'ballot-not-found'])
    expect((await api.ask('GET', mine(poll.id))).json.code).toBe('voter-id-required')
  })

  test('is changed by PUT, which never casts a first one', async () => {
    const api = anApi()
    const poll = await api.aPoll({ revisions: 'until-close' })
    const put = (answers: object) =>
      api.ask('PUT', mine(poll.id), { headers: { 'Voter-Id': voter }, body: { answers } })
    expect((await put({ where: ['pizza'] })).json.code).toBe('ballot-not-found')
    await api.vote(poll.id, voter)
    const revised = await put({ where: ['sushi'] })
    expect([revised.status, revised.json.revision]).toEqual([200, 2])
  })

  test('is gone once its owner has erased it, and the proof says so', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll()
    const { id } = (await api.vote(poll.id, voter)).json
    expect((await api.ask('DELETE', `${castTo(poll.id)}/${id}`, { key })).status).toBe(204)
    expect((await api.ask('DELETE', `${castTo(poll.id)}/${id}`, { key })).status).toBe(204)
    expect((await api.ask('GET', mine(poll.id), { headers: { 'Voter-Id': voter } })).status).toBe(404)
    const proof = await api.ask('GET', `/v1/polls/${poll.id}/receipts/${id}`)
    expect([proof.status, proof.json.code, proof.json.proof.entry.kind]).toEqual([
      410,
      'ballot-erased',
      'erase',
    ])
    expect((await api.vote(poll.id, voter, { where: ['sushi'] })).json.code).toBe('already-voted')
  })
})

describe('what cannot be counted', () => {
  test('names every fault with a pointer to it', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.vote(poll.id, voter, { where: ['nowhere'], why: 5, who: 'me' })
    expect([answer.status, answer.json.code]).toEqual([422, 'ballot-invalid'])
    expect(answer.json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/answers/where/0',
      '/answers/why',
      '/answers/who',
    ])
  })

  test('names members that are not known here', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.ask('POST', castTo(poll.id), {
      headers: { 'Voter-Id': voter },
      body: { answers: { where: ['pizza'] }, comment: 'hello' },
    })
    expect([answer.status, answer.json.errors]).toEqual([
      422,
      [{ pointer: '/comment', detail: expect.any(String) }],
    ])
  })

  test('never changes the count', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await api.vote(poll.id, voter, {})
    await api.vote(poll.id, voter, { where: [] })
    await api.vote(poll.id, voter, { where: null })
    await api.counting.published()
    expect((await api.ask('GET', `/v1/polls/${poll.id}/results`)).json).toMatchObject({
      ballots: 0,
      version: 0,
    })
  })
})

describe('a ballot that grows on its way', () => {
  /** A control character is one byte in MessagePack and six in JSON, which is what goes to the archive. */
  const controls = '\u0001'.repeat(5_000)
  const why = Array.from({ length: 12 }, (_, at) => ({
    id: `why${at}`,
    type: 'text',
    prompt: 'Why?',
    maxLength: 5_000,
  }))

  test('is refused, or small enough for the queue: it must never keep its neighbours from the archive', async () => {
    const api = anApi()
    const poll = await api.aPoll({ questions: why, expectedVoters: 10 })
    await api.vote(poll.id, 'before', { why0: 'x' })
    const answers = Object.fromEntries(why.map(({ id }) => [id, controls]))
    const grown = await api.ask('POST', castTo(poll.id), {
      headers: { 'Voter-Id': voter, 'Content-Type': 'application/vnd.msgpack' },
      body: encodeMsgpack({ answers }),
    })
    expect([201, 413, 422]).toContain(grown.status)
    await api.vote(poll.id, 'after', { why0: 'x' })
    await api.counting.archived()
    const rows = await api.counting.postgres.page(poll.id, null, 100, AbortSignal.timeout(1_000))
    expect(rows).toHaveLength(grown.status === 201 ? 3 : 2)
  })
})

describe('while counting cannot be reached', () => {
  test('a ballot’s outcome is unknown, and the same request later tells', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await api.vote(poll.id, 'somebody-else') // the edge knows the poll
    api.counting.unreachable = true
    const unknown = await api.vote(poll.id, voter)
    expect([unknown.status, unknown.json.code, unknown.headers.get('retry-after')]).toEqual([
      503,
      'outcome-unknown',
      '1',
    ])
    api.counting.unreachable = false
    expect([200, 201]).toContain((await api.vote(poll.id, voter)).status)
  })

  test('a poll that the edge does not know is unavailable, not absent', async () => {
    const api = anApi()
    api.counting.unreachable = true
    const answer = await api.ask('GET', '/v1/polls/poll_0123456789abcdefghjkmnpqrs')
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable'])
  })
})
