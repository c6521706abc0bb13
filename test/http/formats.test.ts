// One API in three formats: what is asked for, what comes back under which name, and that it says the same.
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/representation/formats.ts'
import { anApi, lunch, rootKey } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'
import { speaking } from '../support/speaking.ts'

const formats = {
  json: ['application/json'],
  msgpack: ['application/vnd.msgpack', 'application/msgpack', 'application/x-msgpack'],
  protobuf: ['application/protobuf', 'application/x-protobuf'],
} as const
type Format = keyof typeof formats
const every = Object.entries(formats).flatMap(([format, types]) =>
  types.map((type) => [type, format as Format] as const),
) // as spelt above

const voter = { 'Voter-Id': 'a-voter-of-these-tests' }

/** Null and empty lists are fields that a message does not set. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([, each]) => each !== null && !(typeof each === 'object' && Object.keys(each).length === 0),
  )
  return Object.fromEntries(kept.map(([name, each]) => [name, bare(each)]))
}

describe('answers', () => {
  test.each(every)('Accept: %s is answered under that name', async (type, format) => {
    const api = anApi()
    const ask = speaking(api)
    const poll = await api.aPoll()
    await api.vote(poll.id)
    await api.counting.published()
    for (const [path, shape] of [
      ['', 'poll'],
      ['/results', 'results'],
    ] as const) {
      const plain = await ask('GET', `/v1/polls/${poll.id}${path}`)
      const other = await ask('GET', `/v1/polls/${poll.id}${path}`, { Accept: type })
      expect([other.status, other.headers.get('content-type')]).toEqual([200, type])
      expect(other.headers.get('vary')).toBe('Accept, Authorization, X-API-Key')
      expect(other.headers.get('etag')).toBe(plain.headers.get('etag')?.replace('json', format))
      expect(bare(other.says(shape))).toEqual(bare(plain.says(shape)))
    }
  })

  test.each(every)('a 304 in %s is about that representation', async (type) => {
    const api = anApi()
    const ask = speaking(api)
    const poll = await api.aPoll()
    for (const path of ['', '/results']) {
      const first = await ask('GET', `/v1/polls/${poll.id}${path}`, { Accept: type })
      const tag = first.headers.get('etag') ?? ''
      const again = await ask('GET', `/v1/polls/${poll.id}${path}`, {
        Accept: type,
        'If-None-Match': `W/${tag}`,
      })
      expect([
        again.status,
        again.bytes.byteLength,
        again.headers.get('etag'),
        again.headers.get('vary'),
      ]).toEqual([304, 0, tag, 'Accept, Authorization, X-API-Key'])
      const other = await ask('GET', `/v1/polls/${poll.id}${path}`, {
        Accept: type === 'application/json' ? 'application/msgpack' : 'application/json',
        'If-None-Match': tag,
      })
      expect(other.status).toBe(200)
    }
  })

  test.each([
    ['application/json;q=0.5, application/msgpack', 'application/msgpack'],
    ['application/json;q=0.5, application/x-protobuf;q=0.4, */*;q=0.1', 'application/json'],
    ['application/json;q=0, application/*', 'application/vnd.msgpack'],
    [
      'application/json;q=0, application/vnd.msgpack;q=0, application/msgpack;q=0, application/x-msgpack;q=0, */*',
      'application/protobuf',
    ],
    ['application/protobuf, application/json', 'application/protobuf'],
    ['*/*', 'application/json'],
    ['application/*;q=0.5', 'application/json'],
    ['text/html, */*;q=0.1', 'application/json'],
    ['', 'application/json'],
    ['text/html, application/x-protobuf;q=0.1', 'application/x-protobuf'],
  ])('Accept: %j is answered in %s', async (accept, type) => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await speaking(api)('GET', `/v1/polls/${poll.id}`, { Accept: accept })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
  })

  test('Protocol Buffers are for polls, ballots, results and proofs; everything else speaks MessagePack too', async () => {
    const api = anApi()
    const ask = speaking(api)
    const poll = await api.aPoll({ dedupe: { by: 'invite' } })
    const key = { Authorization: `Bearer ${api.key()}` }
    const others = [
      ['POST', '/v1/workspaces', { Authorization: `Bearer ${rootKey}` }, { name: 'Dev' }],
      ['POST', `/v1/polls/${poll.id}/invites`, key, { count: 1 }],
      ['GET', `/v1/polls/${poll.id}/log/checkpoint`, key, null],
      ['GET', '/v1/operator/polls', { Authorization: `Bearer ${rootKey}` }, null],
    ] as const
    for (const [method, path, headers, body] of others) {
      const sent = body === null ? undefined : new Uint8Array(encode('msgpack', body, null) as Uint8Array) // msgpack gives bytes
      const type = body === null ? {} : { 'Content-Type': 'application/msgpack' }
      const answer = await ask(method, path, { ...headers, ...type, Accept: 'application/msgpack' }, sent)
      expect([path, answer.status < 300, answer.headers.get('content-type')]).toEqual([
        path,
        true,
        'application/msgpack',
      ])
      expect(
        (await ask(method, path, { ...headers, ...type, Accept: 'application/protobuf' }, sent)).status,
      ).toBe(406)
    }
  })

  test('refusals are problem documents whatever was asked for', async () => {
    const api = anApi()
    for (const [type] of every) {
      const answer = await api.ask('GET', '/v1/polls/poll_none', { headers: { Accept: type } })
      expectProblem(answer, 404, 'poll-not-found')
    }
  })

  test.each(['text/html', 'application/xml', 'application/json;q=0', 'image/*'])(
    'Accept: %s cannot be met',
    async (accept) => {
      const api = anApi()
      const poll = await api.aPoll()
      for (const path of [`/v1/polls/${poll.id}`, `/v1/polls/${poll.id}/results`])
        expectProblem(await api.ask('GET', path, { headers: { Accept: accept } }), 406, 'not-acceptable')
    },
  )

  test('nothing is done for a request whose answer could not be read', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.vote(poll.id, voter['Voter-Id'], { where: ['pizza'] }, { Accept: 'text/html' })
    expectProblem(answer, 406, 'not-acceptable')
    await api.counting.published()
    expect((await api.ask('GET', `/v1/polls/${poll.id}/results`)).json.ballots).toBe(0)
  })
})

describe('the same poll and ballot in three formats', () => {
  const draft = {
    ...lunch,
    description: 'Every “Tuesday”',
    opensAt: '2026-01-01T00:00:00.000Z',
    labels: { team: 'ops', ['__proto__']: 'too' },
    expectedVoters: 10,
  }

  test('a poll is made, read and listed', async () => {
    const api = anApi()
    const ask = speaking(api)
    const key = { Authorization: `Bearer ${api.key()}` }
    const made = []
    for (const format of ['json', 'msgpack', 'protobuf'] as const) {
      const [type] = formats[format]
      const answer = await ask(
        'POST',
        '/v1/polls',
        { ...key, 'Content-Type': type, Accept: type },
        encode(format, draft, 'pollDraft'),
      )
      expect([format, answer.status, answer.headers.get('content-type')]).toEqual([format, 201, type])
      expect(answer.headers.get('etag')).toBe(`"poll-1-${format}"`)
      const { id, urls, createdAt, ...rest } = Object(bare(answer.says('poll')))
      made.push(rest)
    }
    expect(made[1]).toEqual(made[0])
    expect(made[2]).toEqual(made[0])
    expect(Object.keys(made[2].labels)).toEqual(['team', '__proto__'])
  })

  test('a ballot in one is a repeat of it in another, with the same receipt, and `mine` says the same', async () => {
    const api = anApi()
    const ask = speaking(api)
    const poll = await api.aPoll()
    const path = `/v1/polls/${poll.id}/ballots`
    const body = { answers: { why: '\ufeffbecause 🍕', where: 'pizza' } }
    const receipts = new Set<string>()
    for (const [at, format] of (['protobuf', 'msgpack', 'json'] as const).entries()) {
      const [type] = formats[format]
      const cast = await ask(
        'POST',
        path,
        { ...voter, 'Content-Type': type, Accept: type },
        encode(format, body, 'ballotDraft'),
      )
      expect([format, cast.status, cast.headers.get('idempotency-replayed')]).toEqual([
        format,
        at === 0 ? 201 : 200,
        at === 0 ? null : 'true',
      ])
      receipts.add(Object(cast.says('ballot')).receipt)
      const mine = await ask('GET', `${path}/mine`, { ...voter, Accept: type })
      expect(Object(mine.says('ownBallot')).answers).toEqual({ where: ['pizza'], why: '\ufeffbecause 🍕' })
    }
    expect(receipts.size).toBe(1)
    const [receipt = ''] = receipts
    const { ballot } = JSON.parse(atob(receipt.split('.')[1] ?? ''))
    const proofs = []
    for (const [type] of every)
      proofs.push(
        bare((await ask('GET', `/v1/polls/${poll.id}/receipts/${ballot}`, { Accept: type })).says('proof')),
      )
    for (const proof of proofs) expect(proof).toEqual(proofs[0])
  })
})

/** Status, code and pointers of what a ballot that should not be taken is answered with. */
const refusalOf = async (type: string, body: string | Uint8Array): Promise<unknown[]> => {
  const api = anApi()
  const poll = await api.aPoll()
  const headers = { ...voter, 'Content-Type': type }
  const answer = await speaking(api)('POST', `/v1/polls/${poll.id}/ballots`, headers, body)
  const { code, errors } = JSON.parse(new TextDecoder().decode(answer.bytes))
  return [answer.status, code, errors.map((fault: { pointer: string }) => fault.pointer)]
}

describe('bodies', () => {
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
        headers: { ...voter, 'Content-Type': type },
        body,
      })
    expectProblem(await ask('text/plain', '{}'), 415, 'media-type-unsupported')
    expectProblem(await ask('application/x-www-form-urlencoded', 'a=1'), 415, 'media-type-unsupported')
    expectProblem(await ask('application/json', '{'), 400, 'body-malformed')
    expect((await ask('text/plain', '{}')).headers.get('accept-post')).toContain('application/json')
  })

  test.each([
    [
      '/v1/polls',
      'application/json, application/vnd.msgpack, application/msgpack, application/x-msgpack, application/protobuf, application/x-protobuf',
    ],
    [
      '/v1/polls/:id/ballots',
      'application/json, application/vnd.msgpack, application/msgpack, application/x-msgpack, application/protobuf, application/x-protobuf',
    ],
    [
      '/v1/polls/:id/invites',
      'application/json, application/vnd.msgpack, application/msgpack, application/x-msgpack',
    ],
  ])('%s says what it takes', async (path, types) => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await speaking(api)(
      'POST',
      path.replace(':id', poll.id),
      { Authorization: `Bearer ${api.key()}`, ...voter, 'Content-Type': 'text/xml' },
      '<a/>',
    )
    expect([answer.status, answer.headers.get('accept-post')]).toEqual([415, types])
  })

  test.each([
    ['application/json', '{"answers":{"where":["pizza"],"where":["sushi"]}}', '/answers/where'],
    ['application/json', '{"answers":{"why":"\\u0000"}}', '/answers/why'],
    [
      'application/msgpack',
      new Uint8Array([0x81, 0xa7, ...new TextEncoder().encode('answers'), 0x81, 0xa1, 0x61, 0xc4, 0]),
      '/answers/a',
    ],
    ['application/protobuf', new Uint8Array([0x48, 1]), '/9'],
  ])('malformed %s is 400 with a pointer', async (type, body, pointer) => {
    expect(await refusalOf(type, body)).toEqual([400, 'body-malformed', [pointer]])
  })

  test.each([
    ['application/json', '{"answers":{},"__proto__":{"a":1},"extra":1}'],
    [
      'application/msgpack',
      encode('msgpack', JSON.parse('{"answers":{},"__proto__":{"a":1},"extra":1}'), null),
    ],
  ])('unknown members in %s are 422, `__proto__` too', async (type, body) => {
    expect(await refusalOf(type, body)).toEqual([422, 'ballot-invalid', ['/__proto__', '/extra']])
  })

  test('an answer to a question named `__proto__` is seen in every format', async () => {
    const body = JSON.parse('{"answers":{"where":["pizza"],"__proto__":["x"]}}')
    for (const format of ['json', 'msgpack', 'protobuf'] as const) {
      const refusal = await refusalOf(formats[format][0], encode(format, body, 'ballotDraft'))
      expect([format, ...refusal]).toEqual([format, 422, 'ballot-invalid', ['/answers/__proto__']])
    }
  })

  test('a change comes as a merge patch in JSON or MessagePack; a message cannot say what to take away', async () => {
    const api = anApi()
    const poll = await api.aPoll({ description: 'x' })
    const ask = speaking(api)
    const headers = { Authorization: `Bearer ${api.key()}`, 'If-Match': '*' }
    const patch = (type: string, body: string | Uint8Array) =>
      ask('PATCH', `/v1/polls/${poll.id}`, { ...headers, 'Content-Type': type }, body)
    expect((await patch('application/msgpack', encode('msgpack', { description: null }, null))).status).toBe(
      200,
    )
    expect((await patch('application/merge-patch+json', '{"title":"Dinner?"}')).status).toBe(200)
    expect((await patch('application/protobuf', new Uint8Array())).status).toBe(415)
    expect(Object((await ask('GET', `/v1/polls/${poll.id}`)).says('poll'))).toMatchObject({
      title: 'Dinner?',
      description: null,
    })
  })
})
