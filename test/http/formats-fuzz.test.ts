// Generated requests in each format, sound, nearly sound and not at all: whatever comes in, the answer is never a 500, and
// refusals are problem documents. `EDGEPOLL_FUZZ` sets how many a format, `EDGEPOLL_SEED` which.
import { fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import type { Format } from '../../src/representation/codec.ts'
import { encode, plainTypes, votingTypes } from '../../src/representation/formats.ts'
import type { Shape } from '../../src/representation/messages.ts'
import { PollService } from '../../src/representation/procedures.ts'
import { exampleOf } from '../contracts/shapes.ts'
import { seed } from '../laws/seed.ts'
import { anApi, lunch, origin, rootKey } from '../support/api.ts'
import { heldToDocument } from '../support/openapi.ts'

const { EDGEPOLL_FUZZ: count = '10000' } = process.env
vi.setConfig({ testTimeout: 180_000 })

interface Generated {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array<ArrayBuffer> | null
}

interface Target {
  readonly method: string
  readonly path: string
  /** Bodies that would do. */
  readonly bodies: readonly object[]
  readonly shape: Shape | null
  /** Bearer. */
  readonly key: 'owner' | 'root' | null
}

const ballots = [
  { answers: { where: ['pizza'] } },
  { answers: { where: 'sushi', why: 'close by' } },
  { answers: { where: [] }, inviteCode: 'ABCD' },
  ...exampleOf('ballotDraft'),
]

const reads = (path: string, shape: Shape | null = null): Target => ({
  method: 'GET',
  path,
  bodies: [],
  shape,
  key: null,
})

const targetsOf = (pollId: string, ballotId: string): readonly Target[] => {
  const poll = `/v1/polls/${pollId}`
  const text = { answers: { where: { text: 'pizza' }, why: { number: 3 } } }
  const choices = { answers: { where: { choices: { ids: ['pizza'] } } } }
  const call = (procedure: string, ...bodies: object[]): Target => ({
    method: 'POST',
    path: `/edgepoll.v1.PollService/${procedure}`,
    bodies,
    shape: null,
    key: null,
  })
  return [
    { method: 'POST', path: `${poll}/ballots`, bodies: ballots, shape: 'ballotDraft', key: null },
    { method: 'PUT', path: `${poll}/ballots/mine`, bodies: ballots, shape: 'ballotDraft', key: null },
    {
      method: 'POST',
      path: '/v1/polls',
      bodies: [lunch, ...exampleOf('pollDraft')],
      shape: 'pollDraft',
      key: 'owner',
    },
    { method: 'PATCH', path: poll, bodies: [{ title: 'x' }, { labels: null }], shape: null, key: 'owner' },
    { method: 'POST', path: `${poll}/invites`, bodies: [{ count: 3 }], shape: null, key: 'owner' },
    {
      method: 'POST',
      path: '/v1/workspaces',
      bodies: [{ name: 'Dev', plan: 'pro' }],
      shape: null,
      key: 'root',
    },
    call('GetPoll', { pollId }),
    call('GetResults', { pollId }),
    call('CastBallot', { pollId, ballot: choices }, { pollId, ballot: text }),
    reads(poll, 'poll'),
    reads(`${poll}/results`, 'results'),
    reads(`${poll}/ballots/mine`, 'ownBallot'),
    reads(`${poll}/receipts/${ballotId}`, 'proof'),
    reads(`${poll}/log/checkpoint`),
    ...[
      reads('/v1/polls', 'pollPage'),
      reads(`${poll}/ballots`),
      reads(`${poll}/ballots/${ballotId}`),
      reads(`${poll}/questions/why/texts`),
      reads(`${poll}/invites`),
      reads(`${poll}/results/timeline`),
      reads(`${poll}/results/breakdown`),
      reads('/v1/keys'),
      reads('/v1/webhooks'),
      reads('/v1/usage'),
    ].map((target) => ({ ...target, key: 'owner' as const })),
  ]
}

/** Any JSON value, the awkward ones more often than not. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    true,
    -0,
    2 ** 53,
    -1.5,
    1e308,
    '',
    '\u0000',
    '\ud800',
    '__proto__',
    [],
    {},
    [[[]]],
    'x'.repeat(3_000),
  ),
)

/** The document with one of its values replaced, taken out, or a member put in. */
const altered = (document: object): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.nat(), fc.nat(4), anything, fc.constantFrom('extra', '__proto__', 'id', 'a/b', ''))
    .map(([place, how, value, name]) => {
      const copy: unknown = JSON.parse(JSON.stringify(document))
      const holders: { of: Record<string, unknown>; at: string }[] = []
      const walk = (each: unknown): void => {
        if (typeof each !== 'object' || each === null) return
        const of = each as Record<string, unknown> // of a list, its places
        for (const at of Object.keys(of)) {
          holders.push({ of, at })
          walk(of[at])
        }
      }
      walk(copy)
      const holder = holders[place % Math.max(1, holders.length)]
      if (holder === undefined || how === 0) return copy
      if (how === 1) delete holder.of[holder.at]
      else if (how === 2)
        Object.defineProperty(holder.of, name, { value, enumerable: true, configurable: true })
      else holder.of[holder.at] = value
      return copy
    })

const broken = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.nat(), fc.nat(3), fc.nat(255)).map(([place, how, byte]) => {
    const at = place % (bytes.byteLength + 1)
    if (how === 0) return bytes.subarray(0, at)
    if (how === 1) return new Uint8Array([...bytes.subarray(0, at), byte, ...bytes.subarray(at)])
    return bytes.map((each, index) => (index === at ? byte : each))
  })

const asBytes = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body

const procedures = PollService.method

/** null: this document cannot be said in this format. */
const written = (format: Format, document: unknown, target: Target): Uint8Array | null => {
  const procedure = Object.values(procedures).find(({ name }) => target.path.endsWith(`/${name}`))
  try {
    if (procedure !== undefined && format === 'protobuf')
      return toBinary(procedure.input, fromJson(procedure.input, document as JsonValue)) // it may be none: then it throws
    return asBytes(encode(format, document as object, target.shape)) // whatever it is: that is the point
  } catch {
    return null
  }
}

const bodies = (format: Format, target: Target): fc.Arbitrary<Uint8Array | null> => {
  if (target.bodies.length === 0) return fc.constant(null)
  const document = fc.constantFrom(...target.bodies)
  const whole = document.map((each) => written(format, each, target) ?? new Uint8Array())
  const odd = document.chain((each) =>
    altered(each).map(
      (other) => written(format, other, target) ?? written(format, each, target) ?? new Uint8Array(),
    ),
  )
  return fc.oneof(
    { weight: 3, arbitrary: whole },
    { weight: 6, arbitrary: odd },
    { weight: 3, arbitrary: odd.chain(broken) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
    {
      weight: 1,
      arbitrary: anything.map((value) => written(format === 'protobuf' ? 'msgpack' : format, value, target)),
    },
  )
}

/** How this format is called where this target takes it, or what else the target takes. */
const spokenBy = (
  format: Format,
  { path, shape, method }: Target,
): { format: Format; types: readonly string[] } => {
  if (path.startsWith('/edgepoll'))
    return format === 'protobuf'
      ? { format, types: ['application/proto'] }
      : { format: 'json', types: ['application/json'] }
  if (format === 'json') return { format, types: ['application/json'] }
  if (format === 'protobuf' && shape !== null) return { format, types: votingTypes.slice(plainTypes.length) }
  return method === 'GET' && format === 'protobuf'
    ? { format: 'json', types: ['*/*'] }
    : { format: 'msgpack', types: plainTypes.slice(1) }
}

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 })
const visible = fc.string({ unit: fc.constantFrom(...'aZ9-_.~!"\\,;=*/ '), maxLength: 40 })

const rarely = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare })

const queries = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('?fields=id', '?fields=questions(id,options(label)),title', '?fields=final'),
  },
  { weight: 1, arbitrary: fc.constantFrom('?limit=3', '?cursor=abc', '?status=open', '?fields=', '?x=1') },
  { weight: 1, arbitrary: visible.map((text) => `?fields=${encodeURIComponent(text)}`) },
)

const requests = (wanted: Format, targets: readonly Target[]): fc.Arbitrary<Generated> =>
  fc.constantFrom(...targets).chain((target) => {
    const { format, types } = spokenBy(wanted, target)
    return fc
      .record({
        body: bodies(format, target),
        type: rarely(fc.constantFrom(...types), visible),
        accept: rarely(
          fc.constantFrom(...types, '*/*'),
          fc.oneof(
            // Of any route's, for it is offered where it should not be that a fault hides.
            fc.constantFrom(...votingTypes, 'application/*;q=0.5', 'text/html', 'application/json;q=0', ''),
            visible,
          ),
        ),
        voter: rarely(
          fc.nat(300).map((number): string | undefined => `voter-of-the-fuzz-${number}`),
          maybe(visible),
        ),
        idempotency: rarely(maybe(fc.nat(300).map(String)), visible),
        condition: rarely(maybe(fc.constantFrom('*', '"poll-1-json"', 'W/"poll-1"')), visible),
        query: target.method === 'GET' ? queries : fc.constant(''),
        anonymous: rarely(fc.constant(false), fc.constant(true)),
      })
      .map(({ body, type, accept, voter, idempotency, condition, query, anonymous }) => ({
        method: target.method,
        path: target.path + query,
        headers: {
          'Content-Type': type,
          Accept: accept,
          ...(voter !== undefined && { 'Voter-Id': voter }),
          ...(idempotency !== undefined && { 'Idempotency-Key': idempotency }),
          ...(condition !== undefined && { 'If-Match': condition, 'If-None-Match': condition }),
          ...(target.key !== null && !anonymous && { Authorization: target.key }),
        },
        body: body && new Uint8Array(body),
      }))
  })

test.each(['json', 'msgpack', 'protobuf'] as const)('%s', async (format) => {
  console.log(`${count} requests in ${format}, seed ${seed}`)
  const api = anApi()
  const app = heldToDocument(createApp(api.services))
  const poll = await api.aPoll({ revisions: 'until-close', results: 'always' })
  const cast = await api.vote(poll.id)
  await api.counting.archived()
  const keys: Readonly<Record<string, string>> = { owner: api.key(), root: rootKey }
  const statuses = new Map<number, number>()

  const send = async (generated: Generated) => {
    const { method, path, headers, body } = generated
    const { Authorization: who } = headers
    const authorization = who === undefined ? {} : { Authorization: `Bearer ${keys[who]}` }
    const request = new Request(new URL(path, origin), {
      method,
      headers: { ...headers, ...authorization },
      body,
    })
    const answer = await app.fetch(request)
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    const text = await answer.text()
    const shown = JSON.stringify({ ...generated, body: body && Buffer.from(body).toString('base64') })
    if (answer.status >= 500) throw new Error(`${answer.status} ${text} for ${shown}`)
    if (answer.status >= 400 && !path.startsWith('/edgepoll'))
      expect(answer.headers.get('content-type'), shown).toBe('application/problem+json')
  }

  const generated = fc.sample(requests(format, targetsOf(poll.id, cast.json.id)), {
    numRuns: Number(count),
    seed,
  })
  for (let at = 0; at < generated.length; at += 100) {
    await Promise.all(generated.slice(at, at + 100).map(send))
    await api.counting.published()
  }
  expect(api.counting.events.filter(({ type }) => type === 'unexpected')).toEqual([])
  console.log(
    format,
    [...statuses]
      .sort()
      .map(([status, times]) => `${status}: ${times}`)
      .join(', '),
  )
  for (const status of [200, 201, 304, 400, 406, 415, 422])
    expect([status, (statuses.get(status) ?? 0) > 0]).toEqual([status, true])
})
