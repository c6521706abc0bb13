// What HTTP itself requires, whatever the resource: methods, sizes, other origins, and refusals that all look alike.
import { describe, expect, test } from 'vitest'
import { problems } from '../../src/http/problems.ts'
import { anApi, lunch } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

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
    const asked = api.counting.events.filter(({ type }) => type === 'request')
    expect(asked).toEqual([
      {
        type: 'request',
        requestId: expect.any(String),
        route: '/v1/polls/:pollId/results',
        method: 'GET',
        status: 200,
        durationMs: 0,
        colo: '',
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
  test('being alive depends on nothing, and says which version it is that lives', async () => {
    const api = anApi()
    Object.assign(api.healthy, { counting: false, postgres: false, redis: false })
    const answer = await api.ask('GET', '/livez')
    expect([answer.status, answer.json, answer.headers.get('cache-control')]).toEqual([
      200,
      { status: 'pass', releaseId: 'release-of-the-test' },
      'no-store',
    ])
  })

  test.each<[string, object, number, string]>([
    ['everything there', {}, 200, 'pass'],
    ['Postgres away', { postgres: false }, 200, 'warn'],
    ['Redis away', { redis: false }, 200, 'warn'],
    ['KV away', { kv: false }, 200, 'warn'],
    ['all three away', { postgres: false, redis: false, kv: false }, 200, 'warn'],
    ['counting away', { counting: false }, 503, 'fail'],
  ])('being ready with %s', async (_what, state, status, says) => {
    const api = anApi()
    Object.assign(api.healthy, state)
    const answer = await api.ask('GET', '/readyz')
    expect([answer.status, answer.json.status]).toEqual([status, says])
    expect(answer.headers.get('content-type')).toBe('application/health+json')
  })
})
