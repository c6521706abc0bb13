// edgepoll.v1.PollService, called by the official Connect client in both of its encodings: the same ballots, results and
// refusals as REST.
import { type Client, Code, ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-web'
import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { leftMs } from '../../src/kernel/deadline.ts'
import { PollService, ProblemSchema } from '../../src/representation/procedures.ts'
import { type Api, anApi, origin } from '../support/api.ts'
import { heldToDocument } from '../support/openapi.ts'

const encodings = [
  ['JSON', false],
  ['binary', true],
] as const

interface Called {
  readonly client: Client<typeof PollService>
  readonly api: Api
  /** Every answer as it came. */
  readonly answers: Response[]
}

const calling = (useBinaryFormat: boolean, useHttpGet = false): Called => {
  const api = anApi()
  const app = heldToDocument(createApp(api.services))
  const answers: Response[] = []
  const transport = createConnectTransport({
    baseUrl: origin,
    useBinaryFormat,
    useHttpGet,
    fetch: async (input, init) => {
      const answer = await app.fetch(new Request(input, init))
      answers.push(answer.clone())
      return answer
    },
  })
  return { client: createClient(PollService, transport), api, answers }
}

const voter = { 'Voter-Id': 'a-voter-of-these-tests' }
const pizza = { answers: { where: { value: { case: 'choices' as const, value: { ids: ['pizza'] } } } } }

const errorOf = async (call: Promise<unknown>): Promise<ConnectError> => {
  try {
    await call
  } catch (error) {
    return ConnectError.from(error)
  }
  throw new Error('the call went well')
}

/** The code of the protocol, and what our problem says beside it. */
const noOf = async (call: Promise<unknown>) => {
  const error = await errorOf(call)
  const [problem] = error.findDetails(ProblemSchema)
  expect(error.metadata.get('edgepoll-problem') ?? undefined).toBe(problem?.code)
  return {
    code: Code[error.code],
    problem: problem?.code,
    pointers: problem?.errors.map(({ pointer }) => pointer),
  }
}

test('a ballot knows how long its caller waits: as long as any request, or as the caller says', async () => {
  const { client, api } = calling(false)
  const { id: pollId } = await api.aPoll()
  const left: number[] = []
  const { castBallot, clock } = api.services
  Object.assign(api.services, {
    castBallot: (...[order, signal]: Parameters<typeof castBallot>) => {
      left.push(leftMs(signal, clock))
      return castBallot(order, signal)
    },
  })
  await client.castBallot({ pollId, ballot: pizza }, { headers: voter })
  await client.castBallot({ pollId, ballot: pizza }, { headers: voter, timeoutMs: 3_000 })
  expect(left[0]).toBeLessThanOrEqual(10_000)
  expect(left[1]).toBeLessThanOrEqual(3_000)
})

describe.each(encodings)('in %s', (_name, binary) => {
  test('a poll is read, a ballot cast, and its results read', async () => {
    const { client, api } = calling(binary)
    const { id: pollId } = await api.aPoll({ dedupe: { by: 'session' }, results: 'always' })
    const { poll } = await client.getPoll({ pollId })
    expect(poll).toMatchObject({ id: pollId, title: 'Lunch?', version: 1n })
    expect(poll?.questions[0]?.type).toMatchObject({
      case: 'choice',
      value: { min: 1, max: 1, shuffle: false },
    })

    const { ballot, outcome } = await client.castBallot({ pollId, ballot: pizza }, { headers: voter })
    expect([ballot?.pollId, ballot?.revision, outcome]).toEqual([pollId, 1, 1])
    await api.counting.published()
    const { results } = await client.getResults({ pollId })
    expect(results?.ballots).toBe(1n)
    expect(results?.questions[0]?.type).toMatchObject({
      case: 'choice',
      value: {
        options: [
          { id: 'pizza', votes: 1n, share: 1 },
          { id: 'sushi', votes: 0n, share: 0 },
        ],
      },
    })
  })

  test('a ballot is the one that REST knows: a repeat in either way gets the first receipt', async () => {
    const { client, api, answers } = calling(binary)
    const { id: pollId } = await api.aPoll()
    const rest = await api.vote(pollId, voter['Voter-Id'], { where: 'pizza' })
    const again = await client.castBallot({ pollId, ballot: pizza }, { headers: voter })
    expect(again.ballot?.receipt).toBe(rest.json.receipt)
    expect(again.outcome).toBe(3)
    expect(answers[0]?.headers.get('idempotency-replayed')).toBe('true')
    const text = { answers: { where: { value: { case: 'text', value: 'pizza' } } } } as const
    expect((await client.castBallot({ pollId, ballot: text }, { headers: voter })).ballot?.receipt).toBe(
      rest.json.receipt,
    )
  })

  test('an owner’s key opens what it opens in REST', async () => {
    const { client, api } = calling(binary)
    const { id: pollId } = await api.aPoll({ results: 'hidden', labels: { team: 'ops' } })
    const headers = { Authorization: `Bearer ${api.key()}` }
    expect((await client.getPoll({ pollId })).poll?.labels).toEqual({})
    expect((await client.getPoll({ pollId }, { headers })).poll?.labels).toEqual({ team: 'ops' })
    expect(await noOf(client.getResults({ pollId }))).toMatchObject({
      code: 'PermissionDenied',
      problem: 'results-hidden',
    })
    expect((await client.getResults({ pollId }, { headers })).results?.ballots).toBe(0n)
    expect(
      await noOf(client.getPoll({ pollId }, { headers: { Authorization: 'Bearer ep_live_nonsense' } })),
    ).toMatchObject({ code: 'Unauthenticated' })
  })

  test('an Idempotency-Key counts as in REST', async () => {
    const { client, api } = calling(binary)
    const { id: pollId } = await api.aPoll({ revisions: 'until-close' })
    const headers = { ...voter, 'Idempotency-Key': 'one' }
    await client.castBallot({ pollId, ballot: pizza }, { headers })
    const sushi = { answers: { where: { value: { case: 'text', value: 'sushi' } } } } as const
    expect(await noOf(client.castBallot({ pollId, ballot: sushi }, { headers }))).toMatchObject({
      code: 'FailedPrecondition',
      problem: 'idempotency-key-reused',
    })
    expect((await client.castBallot({ pollId, ballot: sushi }, { headers: voter })).ballot?.revision).toBe(2)
  })

  test('a refusal has a code of the protocol, and the problem with its pointers beside it', async () => {
    const { client, api } = calling(binary)
    const { id: pollId } = await api.aPoll()
    const cast = (ballot: object, headers: HeadersInit = voter) =>
      client.castBallot({ pollId, ballot }, { headers })
    expect(await noOf(client.getPoll({ pollId: 'poll_none' }))).toMatchObject({
      code: 'NotFound',
      problem: 'poll-not-found',
    })
    expect(await noOf(client.getResults({ pollId: '' }))).toMatchObject({
      code: 'NotFound',
      problem: 'poll-not-found',
    })
    expect(await noOf(cast(pizza, {}))).toMatchObject({
      code: 'InvalidArgument',
      problem: 'voter-id-required',
    })
    expect(await noOf(cast({}))).toMatchObject({
      code: 'InvalidArgument',
      problem: 'ballot-invalid',
      pointers: ['/answers/where'],
    })
    expect(await noOf(cast({ answers: { nothing: {} } }))).toMatchObject({
      problem: 'ballot-invalid',
      pointers: ['/answers/where', '/answers/nothing'],
    })
    expect(
      await noOf(cast({ answers: { why: { value: { case: 'text', value: 'a\u0000b' } } } })),
    ).toMatchObject({ code: 'InvalidArgument', problem: 'body-malformed' })
    await cast(pizza)
    expect(
      await noOf(cast({ answers: { where: { value: { case: 'text', value: 'sushi' } } } })),
    ).toMatchObject({ code: 'AlreadyExists', problem: 'already-voted' })
    await api.ask('POST', `/v1/polls/${pollId}/close`, { key: api.key() })
    expect(await noOf(cast(pizza, { 'Voter-Id': 'another-voter-of-these' }))).toMatchObject({
      code: 'FailedPrecondition',
      problem: 'poll-closed',
    })
  })

  test('a message beyond 64 KiB is refused without being read', async () => {
    const { client, api } = calling(binary)
    const { id: pollId } = await api.aPoll()
    const ballot = { answers: { why: { value: { case: 'text', value: 'x'.repeat(70_000) } } } } as const
    expect(await noOf(client.castBallot({ pollId, ballot }, { headers: voter }))).toMatchObject({
      code: 'ResourceExhausted',
      problem: 'body-too-large',
    })
  })

  test('objects that cannot be reached are unavailable, and said to be safe to ask again', async () => {
    const { client, api } = calling(binary)
    const { id: pollId } = await api.aPoll()
    api.counting.unreachable = true
    const error = await errorOf(client.castBallot({ pollId, ballot: pizza }, { headers: voter }))
    expect([Code[error.code], error.metadata.get('retry-after')]).toEqual(['Unavailable', '1'])
  })

  test('reading by GET may be kept by caches as in REST', async () => {
    const { client, api, answers } = calling(binary, true)
    const { id: pollId } = await api.aPoll()
    expect((await client.getPoll({ pollId })).poll?.id).toBe(pollId)
    expect((await client.getResults({ pollId })).results?.pollId).toBe(pollId)
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual([
      'public, max-age=1',
      'public, max-age=1',
    ])
    await client.castBallot({ pollId, ballot: pizza }, { headers: voter })
    expect(answers[2]?.headers.get('cache-control')).toBe('no-store')
    expect(await noOf(client.getPoll({ pollId: 'poll_none' }))).toMatchObject({ code: 'NotFound' })
    expect(answers[3]?.headers.get('cache-control')).toBe('no-store')
  })
})

describe('what no client sends', () => {
  const send = async (path: string, init: RequestInit) => {
    const api = anApi()
    const answer = await heldToDocument(createApp(api.services)).fetch(
      new Request(`${origin}/edgepoll.v1.PollService/${path}`, init),
    )
    expect(api.counting.events.filter(({ type }) => type === 'unexpected')).toEqual([])
    return answer
  }
  const post = (type: string, body: BodyInit) => ({ method: 'POST', headers: { 'Content-Type': type }, body })

  test.each([
    ['CastBallot', post('application/json', '{"pollId":"x","pollId":"x"}'), '/pollId'],
    [
      'CastBallot',
      post('application/json', '{"ballot":{"answers":{"a":{"text":"\\ud800"}}}}'),
      '/ballot/answers/a/text',
    ],
    ['CastBallot', post('application/proto', new Uint8Array([0x0a, 1, 0x61, 0x0a, 1, 0x61])), '/pollId'],
    ['GetPoll', post('application/proto', new Uint8Array([0x12, 0])), '/2'],
  ])('%s %j is malformed, with a pointer', async (path, init, pointer) => {
    const answer = await send(path, init)
    const error: unknown = await answer.json()
    expect([answer.status, answer.headers.get('edgepoll-problem')]).toEqual([400, 'body-malformed'])
    expect(error).toMatchObject({
      code: 'invalid_argument',
      details: [{ type: 'edgepoll.v1.Problem', debug: { errors: [{ pointer }] } }],
    })
  })

  test.each([
    ['GetPoll', post('application/json', '{'), 400],
    ['GetPoll', post('application/json', '[]'), 400],
    ['GetPoll', post('application/json', '{"unknown":1}'), 400],
    ['GetPoll', post('application/proto', 'not protobuf'), 400],
    ['GetPoll', post('text/plain', ''), 415],
    ['GetPoll', post('application/connect+json', ''), 415],
    ['GetPoll', post('application/grpc-web+proto', ''), 415],
    ['GetPoll?encoding=proto&message=%00%ff', { method: 'GET' }, 400],
    ['GetPoll?encoding=proto&base64=1&message=!!!', { method: 'GET' }, 404],
    ['GetPoll?encoding=xml&message=x', { method: 'GET' }, 415],
    ['GetPoll', { method: 'GET' }, 400],
    ['CastBallot?encoding=json&message={}', { method: 'GET' }, 405],
    ['Nothing', post('application/json', '{}'), 404],
  ])('%s %j is %i', async (path, init, status) => {
    expect((await send(path, init)).status).toBe(status)
  })
})
