// A poll's whole life over HTTP on the real stack: workspace, poll, ballots, results, live frames, rows in Postgres, close,
// export, erasure, deletion; and what goes on while Postgres is away.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compactVerify, importJWK } from 'jose'
import { WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { withPostgres } from '../support/postgres.ts'
import { clientOf, eventually, type SystemAnswer, type SystemClient, statusOf } from './client.ts'

const postgres = withPostgres()
const folder = mkdtempSync(join(tmpdir(), 'edgepoll-life-'))
let stack: Stack
let client: SystemClient
/** Of a workspace that this test made. */
let key = ''

beforeAll(async () => {
  stack = await startStack({
    dataFolder: folder,
    databaseUrl: postgres.url,
    bindings: { count: { RESEND_AFTER_MS: '2000' } },
  })
  client = clientOf(stack.url)
  const made = await client.ask('POST', '/v1/workspaces', {
    key: stack.rootKey,
    body: { name: 'Life', plan: 'pro' },
  })
  expect(made.status, made.text).toBe(201)
  key = made.json.apiKey
}, 120_000)

afterAll(async () => {
  await client?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const questions = [
  {
    id: 'where',
    type: 'choice',
    prompt: 'Where?',
    options: [
      { id: 'pizza', label: 'Pizza' },
      { id: 'sushi', label: 'Sushi' },
    ],
  },
  { id: 'order', type: 'ranking', prompt: 'Rank', options: ['a', 'b', 'c'].map((id) => ({ id, label: id })) },
  { id: 'stars', type: 'rating', prompt: 'How was it?' },
  { id: 'why', type: 'text', prompt: 'Why?' },
]

const aPoll = async (draft: object = {}): Promise<{ readonly id: string; readonly live: string }> => {
  const made = await client.ask('POST', '/v1/polls', { key, body: { title: 'Lunch?', questions, ...draft } })
  expect(made.status, made.text).toBe(201)
  return { id: made.json.id, live: made.json.urls.live }
}

const vote = (pollId: string, voter: string, answers: object = { where: 'pizza' }): Promise<SystemAnswer> =>
  client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'Voter-Id': voter.padEnd(16, '.') },
    body: { answers },
  })

const results = async (pollId: string) => (await client.ask('GET', `/v1/polls/${pollId}/results`)).json

const rowsOf = (pollId: string) =>
  postgres.query<{ id: string; revision: number; answers: Record<string, unknown> | null }>(
    'select id, revision, answers from ballots where poll_id = $1 order by id',
    [pollId],
  )

/** A viewer of the live feed, and every frame it was sent. */
const watch = async (url: string) => {
  const socket = new WebSocket(url)
  const frames: { type: string; version: number; from?: number; ballots: number; final?: boolean }[] = []
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the socket did not open')))
  })
  return {
    frames,
    /** Whether the server has said that it is over. The connection itself workerd ends some 15 s later. */
    over: () => socket.readyState !== WebSocket.OPEN,
  }
}

describe('a poll’s life', () => {
  test('from the first ballot to the last viewer', async () => {
    const poll = await aPoll()
    const viewer = await watch(poll.live)
    await eventually(
      async () => viewer.frames.length,
      (frames) => frames > 0,
    )
    expect(viewer.frames[0]).toMatchObject({ type: 'results', version: 0, ballots: 0 })

    const casts = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        vote(poll.id, `voter-${at}`, {
          where: at % 4 === 0 ? 'sushi' : 'pizza',
          order: ['b', 'a'],
          stars: 1 + (at % 5),
        }),
      ),
    )
    expect(casts.map(({ status }) => status)).toEqual(Array(40).fill(201))

    const shown = await eventually(
      () => results(poll.id),
      ({ ballots }) => ballots === 40,
    )
    expect(shown.questions).toMatchObject([
      {
        options: [
          { votes: 30, share: 0.75 },
          { votes: 10, share: 0.25 },
        ],
      },
      {
        options: [
          { firsts: 0, points: 40 },
          { firsts: 40, points: 80 },
          { firsts: 0, points: 0 },
        ],
      },
      { counts: [8, 8, 8, 8, 8], mean: 3 },
      { ballots: 0 },
    ])

    await eventually(
      async () => viewer.frames.at(-1)?.ballots,
      (ballots) => ballots === 40,
    )
    const versions = viewer.frames.map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((one, other) => one - other))

    const rows = await eventually(
      () => rowsOf(poll.id),
      ({ length }) => length === 40,
    )
    expect(rows.map(({ id }) => id)).toEqual(casts.map(({ json }) => json.id).toSorted())

    const closed = await client.ask('POST', `/v1/polls/${poll.id}/close`, { key })
    expect([closed.status, closed.json.status, closed.json.final]).toEqual([200, 'closed', true])
    await eventually(
      async () => viewer.over(),
      (over) => over,
    )
    expect(viewer.frames.at(-1)).toMatchObject({ type: 'closed', final: true, ballots: 40 })
    expect((await vote(poll.id, 'too-late')).json.code).toBe('poll-closed')
    const final = await eventually(
      () => results(poll.id),
      (read) => read.final,
    )
    expect(final).toMatchObject({
      ballots: 40,
      questions: [{}, { runoff: { winner: 'b', exhausted: 0 } }, {}, {}],
    })

    const exported = await client.ask('GET', `/v1/polls/${poll.id}/export`, { key })
    expect([
      exported.status,
      exported.text.trim().split('\n').length,
      exported.headers['edgepoll-archived'],
    ]).toEqual([200, 40, '40/40'])
  })

  test('a receipt is signed with a key that anybody can fetch, and the log has what it says', async () => {
    const poll = await aPoll()
    const cast = (await vote(poll.id, 'ann')).json
    const [jwk] = (await client.ask('GET', '/.well-known/jwks.json')).json.keys
    const { payload } = await compactVerify(cast.receipt, await importJWK(jwk, 'EdDSA'))
    const claims = JSON.parse(new TextDecoder().decode(payload))
    expect(claims).toMatchObject({ poll: poll.id, ballot: cast.id, revision: 1 })
    const proof = await client.ask('GET', `/v1/polls/${poll.id}/receipts/${cast.id}`)
    expect(proof.json.entry).toMatchObject({
      ballotId: cast.id,
      commitment: claims.commitment,
      seq: claims.seq,
    })
  })

  test('a revision replaces the row, and an erasure empties it', async () => {
    const poll = await aPoll({ revisions: 'until-close' })
    const { id } = (await vote(poll.id, 'ann')).json
    await vote(poll.id, 'bob')
    expect((await vote(poll.id, 'ann', { where: 'sushi', why: 'second thoughts 🍣' })).json).toMatchObject({
      id,
      revision: 2,
    })
    const revised = (row: { id: string }) => row.id === id
    await eventually(
      async () => (await rowsOf(poll.id)).find(revised),
      (row) => row?.revision === 2,
    )
    expect((await rowsOf(poll.id)).find(revised)?.answers).toEqual({
      where: ['sushi'],
      why: 'second thoughts 🍣',
    })

    expect((await client.ask('DELETE', `/v1/polls/${poll.id}/ballots/${id}`, { key })).status).toBe(204)
    await eventually(
      () => results(poll.id),
      ({ ballots }) => ballots === 1,
    )
    await eventually(
      async () => (await rowsOf(poll.id)).find(revised),
      (row) => row?.answers === null,
    )
  })

  test('a deleted poll leaves no row, and does not come back', async () => {
    const poll = await aPoll()
    await vote(poll.id, 'ann')
    await eventually(
      () => rowsOf(poll.id),
      ({ length }) => length === 1,
    )
    expect((await client.ask('DELETE', `/v1/polls/${poll.id}`, { key })).status).toBe(204)
    await eventually(
      () => rowsOf(poll.id),
      ({ length }) => length === 0,
    )
    expect((await client.ask('GET', `/v1/polls/${poll.id}`)).status).toBe(404)
    expect(await postgres.query('select 1 from polls where id = $1', [poll.id])).toEqual([])
  })

  test('two hundred voters at once, a quarter of them twice, are counted once each', async () => {
    const poll = await aPoll({ expectedVoters: 20_000 })
    const casts = await Promise.all(
      Array.from({ length: 250 }, (_, at) => vote(poll.id, `voter-${at % 200}`, { where: 'sushi' })),
    )
    const statuses = casts.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(200)
    expect(statuses.filter((status) => status === 200)).toHaveLength(50)
    await eventually(
      () => results(poll.id),
      ({ ballots }) => ballots === 200,
    )
    await eventually(
      () => rowsOf(poll.id),
      ({ length }) => length === 200,
    )
  })
})

describe('content that Postgres could never take', () => {
  test('is refused before it is counted', async () => {
    const poll = await aPoll()
    for (const why of ['a\u0000b', 'half \ud83d a pair']) {
      const answer = await vote(poll.id, 'ann', { where: 'pizza', why })
      expect([400, 422]).toContain(answer.status)
    }
    expect((await vote(poll.id, 'ann', { where: 'pizza', why: 'fine' })).status).toBe(201)
  })

  test('is no accident where an operator sends it', async () => {
    const { rootKey } = stack
    for (const name of ['a\u0000b', 'half \ud83d a pair']) {
      const workspace = await client.ask('POST', '/v1/workspaces', { key: rootKey, body: { name } })
      expect([400, 422]).toContain(workspace.status)
    }
    const polls = await client.ask('GET', '/v1/operator/polls?after=%00', { key: rootKey })
    expect(polls.status).toBeLessThan(500)
  })
})

describe('a body that is not what its length says', () => {
  const post = async (headers: readonly string[], body: string) => {
    const poll = await aPoll()
    const head = [
      `POST /v1/polls/${poll.id}/ballots HTTP/1.1`,
      'Host: edgepoll',
      'Content-Type: application/json',
      ...headers,
    ]
    return statusOf(stack.url, [...head, '', body].join('\r\n'))
  }
  const large = JSON.stringify('x'.repeat(1_000_000))
  const chunked = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`

  test('is held to the cap, and never to a lying length', async () => {
    const statuses = await Promise.all([
      post(['Transfer-Encoding: chunked'], chunked),
      post(['Content-Length: 5', 'Transfer-Encoding: chunked'], chunked),
      post([`Content-Length: ${large.length}`], large),
    ])
    expect(statuses).toEqual([413, 413, 413])
  })

  // A short body: the answer comes before it is read, and would be lost where the connection ends in the middle of it.
  test.each(['-1', '1e3', 'many', '+5', '5, 5', '0x10'])('of %j is no request', async (length) => {
    expect(await post([`Content-Length: ${length}`], '"x"')).toBe(400)
  })
})

describe('while Postgres is away', () => {
  test('voting goes on, results are live, and the archive catches up when it returns', async () => {
    const poll = await aPoll()
    await vote(poll.id, 'before')
    await eventually(
      () => rowsOf(poll.id),
      ({ length }) => length === 1,
    )

    await postgres.stop()
    const ready = await eventually(
      () => client.ask('GET', '/readyz'),
      ({ json }) => json.status !== 'pass',
    )
    expect([ready.status, ready.json.status]).toEqual([200, 'warn'])

    const casts = await Promise.all(
      Array.from({ length: 60 }, (_, at) => vote(poll.id, `during-${at}`, { where: 'sushi' })),
    )
    expect(casts.map(({ status }) => status)).toEqual(Array(60).fill(201))
    await eventually(
      () => results(poll.id),
      ({ ballots }) => ballots === 61,
    )
    const made = await client.ask('POST', '/v1/polls', { key, body: { title: 'Made meanwhile', questions } })
    expect(made.status, made.text).toBe(201)
    expect((await vote(made.json.id, 'ann')).status).toBe(201)

    await postgres.start()
    const rows = await eventually(
      () => rowsOf(poll.id).catch(() => []),
      ({ length }) => length === 61,
      90_000,
    )
    const sent = new Set(casts.map(({ json }) => json.id))
    expect(rows.filter(({ id }) => sent.has(id))).toHaveLength(60)
    await eventually(
      () => rowsOf(made.json.id),
      ({ length }) => length === 1,
      60_000,
    )
    await eventually(
      () => postgres.query('select 1 from polls where id = $1', [made.json.id]),
      ({ length }) => length === 1,
    )
  }, 240_000)
})
