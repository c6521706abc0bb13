// What HTTP itself requires, whatever the resource: methods, formats, sizes, other origins, and refusals that all look alike.
import { describe, expect, test } from 'vitest'
import { problems } from '../../src/http/problems.ts'
import { type Answer, anApi, lunch, origin, rootKey } from '../support/api.ts'

/** That an answer is a problem document as RFC 9457 wants it, and ours. */
const expectProblem = (answer: Answer, status: number, code: string): void => {
  expect([answer.status, answer.json.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.json).toMatchObject({
    type: `${origin}/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  })
  expect(answer.headers.get('x-request-id')).toBe(`req_${answer.json.instance.slice('urn:uuid:'.length)}`)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
}

describe('methods', () => {
  test.each([
    ['/v1/polls', 'PUT', 'POST'],
    ['/v1/workspaces', 'GET', 'POST'],
    ['/v1/polls/poll_x', 'POST', 'GET, HEAD, DELETE'],
    ['/v1/polls/poll_x/results', 'POST', 'GET, HEAD'],
    ['/v1/polls/poll_x/results', 'DELETE', 'GET, HEAD'],
    ['/v1/polls/poll_x/close', 'GET', 'POST'],
    ['/v1/polls/poll_x/ballots', 'DELETE', 'POST'],
    ['/livez', 'POST', 'GET, HEAD'],
  ])('%s does not take %s, and says what it takes', async (path, method, takes) => {
    const answer = await anApi().ask(method, path)
    expectProblem(answer, 405, 'method-not-allowed')
    const allowed = new Set(answer.headers.get('allow')?.split(', '))
    for (const each of takes.split(', ')) expect(allowed).toContain(each)
    expect(allowed).not.toContain(method)
  })

  test('HEAD has the headers of GET and no body', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const path of [
      `/v1/polls/${poll.id}`,
      `/v1/polls/${poll.id}/results`,
      '/livez',
      '/v1/polls/poll_none',
    ]) {
      const [get, head] = [await api.ask('GET', path), await api.ask('HEAD', path)]
      expect([path, head.status, head.text]).toEqual([path, get.status, ''])
      for (const name of ['etag', 'cache-control', 'content-type', 'vary'])
        expect([path, name, head.headers.get(name)]).toEqual([path, name, get.headers.get(name)])
    }
  })

  test('a path that is none is 404', async () => {
    for (const path of [
      '/',
      '/v2/polls',
      '/v1',
      '/v1/polls/a/b/c',
      '/v1/polls//results',
      '/.env',
      '/v1/pollsx',
    ])
      expectProblem(await anApi().ask('GET', path), 404, 'not-found')
  })
})

describe('formats', () => {
  test.each(['text/html', 'application/xml', 'application/json;q=0', 'image/*'])(
    'Accept: %s cannot be met',
    async (accept) => {
      const api = anApi()
      const poll = await api.aPoll()
      for (const path of [`/v1/polls/${poll.id}`, `/v1/polls/${poll.id}/results`])
        expectProblem(await api.ask('GET', path, { headers: { Accept: accept } }), 406, 'not-acceptable')
    },
  )

  test.each(['*/*', 'application/json', 'application/*;q=0.5', 'text/html, */*;q=0.1'])(
    'Accept: %s can',
    async (accept) => {
      const api = anApi()
      const poll = await api.aPoll()
      const answer = await api.ask('GET', `/v1/polls/${poll.id}`, { headers: { Accept: accept } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    },
  )

  test('a refusal is a problem document whatever was asked for', async () => {
    const api = anApi()
    const answer = await api.ask('GET', '/v1/polls/poll_none', { headers: { Accept: 'application/json' } })
    expectProblem(answer, 404, 'poll-not-found')
  })

  test('nothing is done for a request whose answer could not be read', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.vote(
      poll.id,
      'a-voter-of-these-tests',
      { where: ['pizza'] },
      { Accept: 'text/html' },
    )
    expectProblem(answer, 406, 'not-acceptable')
    await api.counting.published()
    expect((await api.ask('GET', `/v1/polls/${poll.id}/results`)).json.ballots).toBe(0)
  })

  test.each([
    ['POST', '/v1/polls', 'owner'],
    ['POST', '/v1/polls/:id/ballots', 'voter'],
    ['PUT', '/v1/polls/:id/ballots/mine', 'voter'],
    ['POST', '/v1/polls/:id/invites', 'owner'],
    ['POST', '/v1/workspaces', 'operator'],
  ])('%s %s wants JSON, in a type that says so', async (method, path, who) => {
    const api = anApi()
    const poll = await api.aPoll()
    const keys: Readonly<Record<string, string>> = { owner: api.key(), operator: rootKey }
    const ask = (type: string, body: string) =>
      api.ask(method, path.replace(':id', poll.id), {
        key: keys[who],
        headers: { 'Voter-Id': 'a-voter-of-these-tests', 'Content-Type': type },
        body,
      })
    expectProblem(await ask('text/plain', '{}'), 415, 'media-type-unsupported')
    expectProblem(await ask('application/x-www-form-urlencoded', 'a=1'), 415, 'media-type-unsupported')
    expectProblem(await ask('application/json', '{'), 400, 'body-malformed')
    expect((await ask('text/plain', '{}')).headers.get('accept-post')).toContain('application/json')
  })
})

describe('sizes', () => {
  test('a ballot may have 64 KiB and not a byte more', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const sized = (bytes: number) => {
      const empty = JSON.stringify({ answers: { where: ['pizza'] }, inviteCode: '' }).length
      return JSON.stringify({ answers: { where: ['pizza'] }, inviteCode: 'x'.repeat(bytes - empty) })
    }
    const headers = { 'Voter-Id': 'a-voter-of-these-tests', 'Content-Type': 'application/json' }
    const send = (bytes: number) =>
      api.ask('POST', `/v1/polls/${poll.id}/ballots`, { headers, body: sized(bytes) })
    expect((await send(65_536)).status).toBe(422)
    expectProblem(await send(65_537), 413, 'body-too-large')
  })

  test('other bodies may have a megabyte', async () => {
    const api = anApi()
    const key = api.key()
    const headers = { 'Content-Type': 'application/json' }
    const sized = (bytes: number) => JSON.stringify({ ...lunch, title: 'x'.repeat(bytes) })
    expect((await api.ask('POST', '/v1/polls', { key, headers, body: sized(1_000_000) })).status).toBe(422)
    expectProblem(
      await api.ask('POST', '/v1/polls', { key, headers, body: sized(1_048_576) }),
      413,
      'body-too-large',
    )
  })

  test('an answer to a large wrong body is small', async () => {
    const api = anApi()
    const questions = Array.from({ length: 40_000 }, () => ({ type: 'x' }))
    const answer = await api.ask('POST', '/v1/polls', { key: api.key(), body: { ...lunch, questions } })
    expect(answer.status).toBe(422)
    expect(answer.text.length).toBeLessThan(50_000)
  })
})

describe('other origins', () => {
  test('a preflight is answered at once, for every method and header the API has', async () => {
    const api = anApi()
    const answer = await api.ask('OPTIONS', '/v1/polls/poll_x/ballots', {
      headers: {
        Origin: 'https://shop.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'voter-id',
      },
    })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    const methods = answer.headers.get('access-control-allow-methods') ?? ''
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(methods).toContain(method)
    const headers = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase()
    for (const header of [
      'authorization',
      'content-type',
      'idempotency-key',
      'if-none-match',
      'voter-id',
      'edgepoll-receipt',
    ])
      expect(headers).toContain(header)
  })

  test('a preflight allows what reading one’s own ballot takes', async () => {
    const answer = await anApi().ask('OPTIONS', '/v1/polls/poll_x/ballots/mine', {
      headers: { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'GET' },
    })
    const headers = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase()
    for (const header of ['invite-code', 'voter-token']) expect(headers).toContain(header)
  })

  test('a preflight asks for no key and knows no poll', async () => {
    const api = anApi()
    api.keysAway = true
    api.counting.unreachable = true
    const headers = {
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': 'POST',
      Authorization: 'nonsense',
    }
    expect((await api.ask('OPTIONS', '/v1/polls', { headers })).status).toBe(204)
  })

  test('every answer may be read, refusals too, with the headers that matter', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const answer of [
      await api.vote(poll.id),
      await api.ask('GET', '/v1/nothing'),
      await api.ask('GET', `/v1/polls/${poll.id}`),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      const exposed = answer.headers.get('access-control-expose-headers') ?? ''
      for (const header of ['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed', 'X-Request-Id'])
        expect(exposed).toContain(header)
    }
  })
})

describe('which no comes first', () => {
  const bad = { body: '{', headers: { 'Content-Type': 'application/json' } }

  test('a key that is not valid, on every path, also on one that is not there', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const path of [`/v1/polls/${poll.id}`, '/v1/polls/poll_none', '/v1/nothing', '/livez'])
      expectProblem(await api.ask('GET', path, { key: 'nonsense' }), 401, 'key-invalid')
    expect((await api.ask('GET', '/livez', { key: 'nonsense' })).headers.get('www-authenticate')).toContain(
      'Bearer',
    )
  })

  test('a missing key before a missing poll and a bad body', async () => {
    const api = anApi()
    expectProblem(await api.ask('POST', '/v1/polls', bad), 401, 'key-required')
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/close'), 401, 'key-required')
    expectProblem(await api.ask('DELETE', '/v1/polls/poll_none'), 401, 'key-required')
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/invites', bad), 401, 'key-required')
  })

  test('a missing poll before a key that may not', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const reader = api.key('ws_first', ['polls:read'])
    const stranger = api.key('ws_other', ['polls:read'])
    expectProblem(await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: reader }), 403, 'scope-missing')
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/close', { key: reader }), 404, 'poll-not-found')
    expectProblem(
      await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: stranger }),
      404,
      'poll-not-found',
    )
    expectProblem(await api.ask('DELETE', '/v1/polls/poll_none', { key: reader }), 404, 'poll-not-found')
    expectProblem(await api.ask('GET', '/v1/polls/poll_none/export', { key: reader }), 404, 'poll-not-found')
  })

  test('a missing poll before a bad body', async () => {
    const api = anApi()
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/ballots', bad), 404, 'poll-not-found')
    expectProblem(await api.ask('PUT', '/v1/polls/poll_none/ballots/mine', bad), 404, 'poll-not-found')
    expectProblem(
      await api.ask('POST', '/v1/polls/poll_none/invites', { ...bad, key: api.key() }),
      404,
      'poll-not-found',
    )
  })

  test('a key that may not before a bad body', async () => {
    const api = anApi()
    const key = api.key('ws_first', ['polls:read'])
    expectProblem(await api.ask('POST', '/v1/polls', { ...bad, key }), 403, 'scope-missing')
  })

  test('a bad body before a ballot that does not fit', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const path = `/v1/polls/${poll.id}/ballots`
    expectProblem(await api.ask('POST', path, bad), 400, 'body-malformed')
    expectProblem(await api.ask('POST', path, { body: { answers: 5 } }), 422, 'ballot-invalid')
  })

  test('a voter who may not vote before a ballot that does not fit', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    expectProblem(
      await api.ask('POST', `/v1/polls/${poll.id}/ballots`, { body: { answers: {} } }),
      400,
      'voter-id-required',
    )
  })

  test('a ballot that does not fit before one that comes too late', async () => {
    const api = anApi()
    const poll = await api.aPoll({ closesAt: '2026-11-24T12:00:01Z' })
    await api.counting.time.advance(2_000)
    expectProblem(await api.vote(poll.id, undefined, { where: ['nowhere'] }), 422, 'ballot-invalid')
    expectProblem(await api.vote(poll.id), 409, 'poll-closed')
  })
})

describe('the pages that problems point to', () => {
  test.each(Object.entries(problems))('%s', async (reason, { status, title }) => {
    const answer = await anApi().ask('GET', `/problems/${reason}`)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ code: reason, status, title })
  })

  test.each(['nothing', '__proto__', 'constructor', 'toString', ''])('%j is none of them', async (reason) => {
    expect((await anApi().ask('GET', `/problems/${reason}`)).status).toBe(404)
  })
})

describe('when something is wrong here', () => {
  test('a bug is 500, says nothing of itself, and is reported with the request’s id', async () => {
    const api = anApi()
    const services = api.services as { readPollFor: unknown }
    services.readPollFor = () => Promise.reject(new Error('select secret from voters'))
    const answer = await api.ask('GET', '/v1/polls/poll_x')
    expectProblem(answer, 500, 'unexpected')
    expect(answer.text).not.toContain('secret')
    expect(answer.text).not.toContain('.ts')
    expect(api.counting.events).toContainEqual(
      expect.objectContaining({
        type: 'unexpected',
        error: expect.stringContaining('select secret'),
        requestId: answer.json.instance.slice('urn:uuid:'.length),
      }),
    )
  })

  test('keys cannot be checked: 503, and what is public without one goes on', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    api.keysAway = true
    const answer = await api.ask('GET', `/v1/polls/${poll.id}`, { key: api.key() })
    expectProblem(answer, 503, 'unavailable')
    expect(answer.headers.get('retry-after')).toBe('1')
    expect((await api.vote(poll.id)).status).toBe(201)
  })

  test('a key that was known before still opens while Postgres is away, and a revoked or unknown one never', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const known = api.key()
    await api.ask('GET', `/v1/polls/${poll.id}`, { key: known })
    api.keysAway = true
    await api.counting.time.advance(5 * 60_000)
    expect((await api.ask('POST', `/v1/polls/${poll.id}/archive`, { key: known })).status).toBe(200)
    expect((await api.ask('GET', '/livez', { key: `${known.slice(0, -1)}x` })).status).toBe(401)
    await api.counting.time.advance(11 * 60_000)
    expect((await api.ask('GET', '/livez', { key: known })).status).toBe(503)
  })
})

describe('every request', () => {
  test('is reported once, by its route and not its path', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    api.counting.events.length = 0
    await api.ask('GET', `/v1/polls/${poll.id}/results`)
    expect(api.counting.events).toEqual([
      {
        type: 'request',
        requestId: expect.any(String),
        route: '/v1/polls/:pollId/results',
        method: 'GET',
        status: 200,
        durationMs: 0,
      },
    ])
  })

  test('that is refused is reported with the reason', async () => {
    const api = anApi()
    await api.ask('GET', '/v1/polls/poll_none')
    expect(api.counting.events).toContainEqual(
      expect.objectContaining({ status: 404, code: 'poll-not-found' }),
    )
  })
})

describe('health', () => {
  test('being alive depends on nothing', async () => {
    const api = anApi()
    Object.assign(api.healthy, { counting: false, postgres: false, redis: false })
    const answer = await api.ask('GET', '/livez')
    expect([answer.status, answer.json, answer.headers.get('cache-control')]).toEqual([
      200,
      { status: 'pass' },
      'no-store',
    ])
  })

  test.each<[string, object, number, string]>([
    ['everything there', {}, 200, 'pass'],
    ['Postgres away', { postgres: false }, 200, 'warn'],
    ['Redis away', { redis: false }, 200, 'warn'],
    ['both away', { postgres: false, redis: false }, 200, 'warn'],
    ['counting away', { counting: false }, 503, 'fail'],
  ])('being ready with %s', async (_what, state, status, says) => {
    const api = anApi()
    Object.assign(api.healthy, state)
    const answer = await api.ask('GET', '/readyz')
    expect([answer.status, answer.json.status]).toEqual([status, says])
    expect(answer.headers.get('content-type')).toBe('application/health+json')
  })
})
