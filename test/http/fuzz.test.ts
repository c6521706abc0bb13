// Two thousand hostile requests over every route there is: whatever comes in, nothing unexpected happens, and every no is a
// problem document. EDGEPOLL_SEED chooses which.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { seed } from '../laws/seed.ts'
import { anApi, lunch, origin, rootKey } from '../support/api.ts'
import { heldToDocument } from '../support/openapi.ts'

const requests = 2_000

test(`no request is answered with a 500 (EDGEPOLL_SEED=${seed})`, { timeout: 120_000 }, async () => {
  const api = anApi()
  const app = heldToDocument(createApp(api.services))
  const poll = await api.aPoll({ questions: everyKind, revisions: 'until-close' })
  const hidden = await api.aPoll({ results: 'hidden' })
  const { id: ballotId } = (await api.vote(poll.id, 'a-voter-of-these-tests', { q1: ['o1'] })).json
  const known = {
    pollIds: [poll.id, hidden.id],
    ballotId,
    keys: [api.key(), api.key('ws_other', []), rootKey],
  }
  const routes = [...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path))]
  expect(routes.length).toBeGreaterThan(15)

  const tried = { ok: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(aRequest(routes, known), async ({ method, path, headers, body }) => {
      const request = requestOf(method, path, headers, body)
      if (request === null) return // no HTTP client could send it
      api.counting.events.length = 0
      const response = await app.fetch(request)
      const text = await response.text()
      const what = `${method} ${path} ${JSON.stringify(headers)} ${String(body).slice(0, 200)} → ${response.status} ${text.slice(0, 300)}`
      expect(
        api.counting.events.filter(({ type }) => type === 'unexpected'),
        what,
      ).toEqual([])
      expect(response.status, what).toBeLessThan(500)
      expect(text, what).not.toMatch(/\bat \S+ \(.*\.ts|node_modules|SQLITE|select .* from/i)
      if (response.status < 400) tried.ok++
      else tried.refused++
      const procedure = path.includes('PollService')
      const page = path.startsWith('/p/')
      if (response.status >= 400 && method !== 'HEAD' && !page && !procedure)
        expect(response.headers.get('content-type'), what).toBe('application/problem+json')
    }),
    { seed, numRuns: requests },
  )
  expect(tried.ok).toBeGreaterThan(50)
  expect(tried.refused).toBeGreaterThan(500)

  // After all that the poll still counts.
  expect((await api.vote(poll.id, 'a-voter-who-comes-late', { q1: ['o1'] })).status).toBe(201)
})

const everyKind = [
  { type: 'choice', prompt: 'Where?', options: [{ label: 'Pizza' }, { label: 'Sushi' }] },
  { type: 'ranking', prompt: 'Rank', options: [{ label: 'A' }, { label: 'B' }, { label: 'C' }] },
  { type: 'rating', prompt: 'How?' },
  { type: 'nps', prompt: 'Recommend?' },
  { type: 'text', prompt: 'Why?' },
]

interface Known {
  readonly pollIds: readonly string[]
  readonly ballotId: string
  readonly keys: readonly string[]
}

/** Text that breaks careless code: of names, of numbers, of formats, of languages. */
const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'toString',
    '../..',
    '%00',
    '%2e%2e%2f',
    '%E0%A4%A',
    "' or 1=1 --",
    '<script>alert(1)</script>',
    '=cmd|calc',
    '\u2028',
    '\u202e',
    '🍕',
    'null',
    'NaN',
    '-1',
    '0',
    '1e999',
    '9007199254740993',
    '*',
    '"',
    '\\',
    'a'.repeat(3_000),
    'W/"poll-1-json"',
    '"results-1-json"',
  ),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.record({
    answers: fc.dictionary(
      fc.oneof(fc.constantFrom('q1', 'q2', 'q3', 'q4', 'q5', 'where', '__proto__'), nasty),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 6 },
    ),
  }),
  fc.constant({ answers: { q1: ['o1'], q3: 4, q4: 9 } }),
  fc.record({
    answers: fc.constant({ q1: 'o2' }),
    inviteCode: nasty,
    voterToken: nasty,
    challengeToken: nasty,
  }),
  fc
    .dictionary(
      fc.constantFrom(
        ...Object.keys(lunch),
        'dedupe',
        'opensAt',
        'closesAt',
        'results',
        'labels',
        'status',
        'expectedVoters',
        'count',
        'name',
        'plan',
      ),
      fc.jsonValue({ maxDepth: 3 }),
    )
    .map((changes) => ({ ...lunch, ...changes })),
  fc.record({ name: nasty, plan: fc.constantFrom('free', 'pro', 'gold') }),
  fc.record({ count: fc.oneof(fc.integer({ min: -3, max: 20 }), fc.double(), nasty) }),
)

const aBody = fc.oneof(
  { weight: 6, arbitrary: anyJson.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: nasty },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 200 })
      .map((depth) => ['{"answers":'.repeat(depth), '1', '}'.repeat(depth)].join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{"a":1,"a":2}',
      '{"answers":{"q4":1e400}}',
      '{"answers":{"q3":-0}}',
      '\ufeff{}',
      '[]',
      'null',
    ),
  },
  { weight: 2, arbitrary: fc.constant(null) },
)

const aMediaType = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/merge-patch+json',
  'application/vnd.msgpack',
  'application/protobuf',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  ';;;',
)

const aHeader = ({ keys, pollIds }: Known) =>
  fc.oneof(
    fc.tuple(
      fc.constant('Voter-Id'),
      fc.oneof(
        fc.constant('a-voter-of-these-tests'),
        fc.constantFrom('x'.repeat(16), 'x'.repeat(128)),
        nasty,
      ),
    ),
    fc.tuple(fc.constant('Idempotency-Key'), fc.oneof(fc.constantFrom('key-1', '"key-1"', '""'), nasty)),
    fc.tuple(
      fc.constant('Authorization'),
      fc.oneof(
        fc.constantFrom(...keys).map((key) => `Bearer ${key}`),
        nasty,
      ),
    ),
    fc.tuple(fc.constant('X-API-Key'), fc.oneof(fc.constantFrom(...keys), nasty)),
    fc.tuple(
      fc.constant('Accept'),
      fc.oneof(
        fc.constantFrom(
          '*/*',
          'application/json',
          'text/html',
          'application/vnd.msgpack',
          'application/protobuf',
          'application/json;q=0',
          ',;,',
          'text/event-stream',
        ),
        nasty,
      ),
    ),
    fc.tuple(fc.constant('Content-Type'), fc.oneof(aMediaType, nasty)),
    fc.tuple(
      fc.constantFrom('If-None-Match', 'If-Match'),
      fc.oneof(fc.constantFrom('*', '"poll-1-json"', 'W/"poll-2"', '"'), nasty),
    ),
    fc.tuple(fc.constant('Edgepoll-Receipt'), nasty),
    fc.tuple(fc.constant('Upgrade'), fc.constantFrom('websocket', 'h2c')),
    fc.tuple(fc.constant('Origin'), fc.oneof(fc.constantFrom(origin, 'null', 'https://evil.example'), nasty)),
    fc.tuple(
      fc.constantFrom(
        'Invite-Code',
        'Voter-Token',
        'CF-Connecting-IP',
        'Cookie',
        'Content-Encoding',
        'Range',
        'Last-Event-ID',
        'Traceparent',
        'Expect',
        'Sec-Fetch-Site',
      ),
      nasty,
    ),
    fc.tuple(
      fc.constant('Cookie'),
      fc.constantFrom(...pollIds).map((id) => `voter=${id}; receipt=%E0%A4%A`),
    ),
  )

const aParameter = ({ pollIds, ballotId }: Known, name: string) =>
  name === 'pollId'
    ? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pollIds) }, { weight: 1, arbitrary: nasty })
    : name === 'ballotId'
      ? fc.oneof({ weight: 2, arbitrary: fc.constant(ballotId) }, { weight: 1, arbitrary: nasty })
      : fc.oneof(fc.constantFrom('1', 'already-voted', 'mine'), nasty)

const aPath = (routes: readonly string[], known: Known) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(...routes).chain((route) => {
        const names = [...route.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
        return fc
          .tuple(...names.map((name) => aParameter(known, name)))
          .map((values) =>
            names.reduce((path, name, at) => path.replace(`:${name}`, encodePart(values[at] ?? '')), route),
          )
      }),
    },
    { weight: 1, arbitrary: nasty.map((text) => `/${encodePart(text)}`) },
  )

const aQuery = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.constantFrom(
            'limit',
            'cursor',
            'shard',
            'status',
            'fields',
            'format',
            'after',
            'receipt',
            'interval',
            'by',
            'x',
          ),
          fc.oneof(nasty, fc.constantFrom('1', '100', 'id', 'title,questions(id)', 'questions(((', 'ndjson')),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${encodePart(value)}`).join('&')}`),
  },
)

const aRequest = (routes: readonly string[], known: Known) =>
  fc
    .tuple(
      fc.constantFrom(
        'GET',
        'GET',
        'POST',
        'POST',
        'POST',
        'PUT',
        'PATCH',
        'HEAD',
        'OPTIONS',
        'DELETE',
        'PROPFIND',
      ),
      aPath(routes, known),
      aQuery,
      fc.array(aHeader(known), { maxLength: 5 }),
      fc.option(aMediaType, { nil: null, freq: 4 }),
      aBody,
    )
    // Deleting or closing a poll would leave the rest of the requests without one; test/http/polls does that.
    .filter(
      ([method, path]) =>
        !(method === 'DELETE' && /^\/v1\/polls\/[^/]+$/.test(path)) && !path.endsWith('/close'),
    )
    .map(([method, path, query, headers, type, body]) => ({
      method,
      path: path + query,
      headers: { ...(type !== null && { 'Content-Type': type }), ...Object.fromEntries(headers) },
      body: method === 'GET' || method === 'HEAD' ? null : body,
    }))

/** Text in a path or query: what is already encoded, well or badly, stays as it is. */
const encodePart = (text: string): string =>
  text.includes('%') ? text : encodeURIComponent(text.toWellFormed())

/** null: not even a client that means ill could write this request down. */
const requestOf = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer> | null,
): Request | null => {
  try {
    return new Request(origin + path, { method, headers, body })
  } catch {
    return null
  }
}
