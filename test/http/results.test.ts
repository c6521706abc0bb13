// Results over HTTP: who sees them and when, what caches may keep, and that nothing of them leaks where they are hidden.
import { describe, expect, test } from 'vitest'
import type { PollDefinition } from '../../src/domain/poll/poll.ts'
import { createApp } from '../../src/http/app.ts'
import { accept } from '../../src/kernel/result.ts'
import { type Answer, type Api, anApi, type PollDocument } from '../support/api.ts'
import { switching } from '../support/relays.ts'
import { framesOf } from '../support/viewers.ts'

const resultsOf = (pollId: string) => `/v1/polls/${pollId}/results`
const codeOf = ({ status, json }: Answer) => (status === 200 ? 'shown' : json.code)

/** An API with a poll of this visibility, seven ballots in it, published; and the receipt of the first. */
const aVotedPoll = async (
  results: string,
): Promise<{ api: Api; poll: PollDocument; receipt: string; ballotId: string }> => {
  const api = anApi()
  const poll = await api.aPoll({ results, expectedVoters: 10 })
  const [first] = await Promise.all(Array.from({ length: 7 }, (_, at) => api.vote(poll.id, `voter-${at}`)))
  await api.counting.published()
  await api.counting.time.advance(15_000)
  return { api, poll, receipt: first?.json.receipt, ballotId: first?.json.id }
}

/** Who may ask: nobody in particular, a voter, keys of this workspace and of another. */
const readers = (api: Api, receipt: string) => ({
  anybody: {},
  voter: { headers: { 'Edgepoll-Receipt': receipt } },
  owner: { key: api.key('ws_first') },
  'owner without the scope': { key: api.key('ws_first', ['polls:read', 'polls:write']) },
  'another owner': { key: api.key('ws_other') },
})

describe('who sees results', () => {
  const hidden = 'results-hidden'
  test.each<[string, 'open' | 'closed', Record<string, string>]>([
    [
      'always',
      'open',
      {
        anybody: 'shown',
        voter: 'shown',
        owner: 'shown',
        'owner without the scope': 'shown',
        'another owner': 'shown',
      },
    ],
    [
      'after-vote',
      'open',
      {
        anybody: hidden,
        voter: 'shown',
        owner: 'shown',
        'owner without the scope': hidden,
        'another owner': hidden,
      },
    ],
    [
      'after-close',
      'open',
      {
        anybody: hidden,
        voter: hidden,
        owner: 'shown',
        'owner without the scope': hidden,
        'another owner': hidden,
      },
    ],
    [
      'hidden',
      'open',
      {
        anybody: hidden,
        voter: hidden,
        owner: 'shown',
        'owner without the scope': hidden,
        'another owner': hidden,
      },
    ],
    [
      'after-vote',
      'closed',
      {
        anybody: hidden,
        voter: 'shown',
        owner: 'shown',
        'owner without the scope': hidden,
        'another owner': hidden,
      },
    ],
    [
      'after-close',
      'closed',
      {
        anybody: 'shown',
        voter: 'shown',
        owner: 'shown',
        'owner without the scope': 'shown',
        'another owner': 'shown',
      },
    ],
    [
      'hidden',
      'closed',
      {
        anybody: hidden,
        voter: hidden,
        owner: 'shown',
        'owner without the scope': hidden,
        'another owner': hidden,
      },
    ],
  ])('of a poll that shows them %s, while it is %s', async (visibility, state, expected) => {
    const { api, poll, receipt } = await aVotedPoll(visibility)
    if (state === 'closed') await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: api.key() })
    const seen: Record<string, string> = {}
    for (const [who, order] of Object.entries(readers(api, receipt)))
      seen[who] = codeOf(await api.ask('GET', resultsOf(poll.id), order))
    expect(seen).toEqual(expected)
  })

  test('a live feed is open to exactly the same', async () => {
    for (const visibility of ['always', 'after-vote', 'after-close', 'hidden']) {
      const { api, poll, receipt } = await aVotedPoll(visibility)
      for (const order of Object.values(readers(api, receipt))) {
        const [read, live] = await Promise.all(
          ['', '/live'].map((path) => api.ask('GET', `${resultsOf(poll.id)}${path}`, order)),
        )
        expect(live?.status).toBe(read?.status === 200 ? 426 : 403)
      }
    }
  })

  test('a receipt in the address is for sockets only', async () => {
    const { api, poll, receipt } = await aVotedPoll('after-vote')
    const query = `?receipt=${receipt}`
    expect((await api.ask('GET', `${resultsOf(poll.id)}${query}`)).status).toBe(403)
    expect((await api.ask('GET', `${resultsOf(poll.id)}/live${query}`)).status).toBe(426)
  })

  test.each([
    ['of another poll', async (api: Api) => (await api.vote((await api.aPoll()).id)).json.receipt],
    ['that is none', async () => 'nonsense'],
    ['that is empty', async () => ''],
    ['of an unsigned kind', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ])('a receipt %s proves nothing', async (_what, make) => {
    const { api, poll } = await aVotedPoll('after-vote')
    const answer = await api.ask('GET', resultsOf(poll.id), {
      headers: { 'Edgepoll-Receipt': await make(api) },
    })
    expect([answer.status, answer.json.code]).toEqual([403, 'results-hidden'])
  })

  test('a poll that is not there is 404 to all of them', async () => {
    const { api, receipt } = await aVotedPoll('hidden')
    for (const order of Object.values(readers(api, receipt)))
      expect((await api.ask('GET', resultsOf('poll_none'), order)).json.code).toBe('poll-not-found')
  })
})

describe('where results are hidden', () => {
  /** Everything anybody can ask about a poll without its key. */
  const publicAnswers = async (
    api: Api,
    poll: PollDocument,
    receipt: string,
    ballotId: string,
  ): Promise<Answer[]> => {
    const voter = { 'Voter-Id': 'voter-0'.padEnd(16, '.'), 'Edgepoll-Receipt': receipt }
    const gets = [
      '',
      '/results',
      '/results/live',
      `/results/live?receipt=${receipt}`,
      '/log',
      '/log/checkpoint',
      '/ballots/mine',
      `/receipts/${ballotId}`,
    ].flatMap((path) =>
      [{}, voter].map((headers) => api.ask('GET', `/v1/polls/${poll.id}${path}`, { headers })),
    )
    const guesses = ['"results-1-json"', '"results-2-json"', '*'].map((tag) =>
      api.ask('GET', resultsOf(poll.id), { headers: { 'If-None-Match': tag } }),
    )
    const page = [{}, { Cookie: `receipt=${receipt}` }].map((headers) =>
      api.ask('GET', `/p/${poll.id}`, { headers }),
    )
    const again = [api.vote(poll.id, 'voter-0'), api.vote(poll.id, 'voter-0', { where: ['sushi'] })]
    return Promise.all([...gets, ...guesses, ...page, ...again])
  }

  test.each(['hidden', 'after-close', 'after-vote'])(
    '(%s) no body and no tag tells how many have voted',
    async (visibility) => {
      const { api, poll, receipt, ballotId } = await aVotedPoll(visibility)
      const withoutReceipt = visibility === 'after-vote' ? '' : receipt
      for (const answer of await publicAnswers(api, poll, withoutReceipt, ballotId)) {
        expect(answer.headers.get('etag') ?? '').not.toContain('results')
        expect(answer.headers.get('edgepoll-viewers')).toBeNull()
        // Ids and signatures are random text, in which a seven may stand.
        const said = answer.text.replaceAll(/[\w-]{20,}/g, '').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
        expect(said).not.toMatch(/"(ballots|votes|seq|counts|count|total)":\s*7\b/)
        expect(said).not.toMatch(/\b7 (votes|ballots|people)/)
      }
    },
  )

  test('a 304 is never given, whatever tag is guessed', async () => {
    const { api, poll } = await aVotedPoll('hidden')
    for (let version = 0; version < 10; version++) {
      const answer = await api.ask('GET', resultsOf(poll.id), {
        headers: { 'If-None-Match': `"results-${version}-json"` },
      })
      expect([answer.status, answer.headers.get('etag')]).toEqual([403, null])
    }
  })

  test('the refusal is kept by nobody', async () => {
    const { api, poll } = await aVotedPoll('hidden')
    expect((await api.ask('GET', resultsOf(poll.id))).headers.get('cache-control')).toBe('no-store')
  })

  test('what a voter sees after voting is kept by nobody either', async () => {
    const { api, poll, receipt } = await aVotedPoll('after-vote')
    const answer = await api.ask('GET', resultsOf(poll.id), { headers: { 'Edgepoll-Receipt': receipt } })
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(answer.headers.get('cdn-cache-control')).toBeNull()
  })
})

describe('what caches may keep', () => {
  test('open results for a moment, under a tag of their version', async () => {
    const { api, poll } = await aVotedPoll('always')
    const answer = await api.ask('GET', resultsOf(poll.id))
    const { version } = answer.json
    expect(answer.headers.get('etag')).toMatch(new RegExp(`^"results-${version}-`))
    expect(answer.headers.get('cache-control')).toBe('public, max-age=1')
    expect(answer.headers.get('cdn-cache-control')).toContain('stale-while-revalidate')
    expect(answer.headers.get('cdn-cache-control')).not.toContain('s-maxage')
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-request-id')).toBeNull()
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test('is answered 304 while nothing has changed, and anew when it has', async () => {
    const { api, poll } = await aVotedPoll('always')
    const tag = (await api.ask('GET', resultsOf(poll.id))).headers.get('etag') ?? ''
    const ask = () => api.ask('GET', resultsOf(poll.id), { headers: { 'If-None-Match': `W/${tag}` } })
    expect([(await ask()).status, (await ask()).text]).toEqual([304, ''])
    await api.vote(poll.id, 'one-more')
    await api.counting.published()
    await api.counting.time.advance(5_000)
    expect((await ask()).status).toBe(200)
  })

  test('nothing with a key but with whoever holds it', async () => {
    const { api, poll } = await aVotedPoll('always')
    const answer = await api.ask('GET', resultsOf(poll.id), { key: api.key() })
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    expect(answer.headers.get('cdn-cache-control')).toBeNull()
  })

  test('final results for longer, and they never change', async () => {
    const { api, poll } = await aVotedPoll('always')
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: api.key() })
    const first = await api.ask('GET', resultsOf(poll.id))
    expect(first.json).toMatchObject({ final: true, ballots: 7 })
    expect(Number(/max-age=(\d+)/.exec(first.headers.get('cache-control') ?? '')?.[1])).toBeGreaterThan(1)
    await api.counting.time.advance(120_000)
    expect((await api.ask('GET', resultsOf(poll.id))).text).toBe(first.text)
  })

  test('a key that asks for no cache gets what the scoreboard has', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll()
    expect((await api.ask('GET', resultsOf(poll.id), { key })).json.ballots).toBe(0)
    await api.vote(poll.id)
    await api.counting.published()
    const headers = { 'Cache-Control': 'no-cache' }
    expect((await api.ask('GET', resultsOf(poll.id), { key, headers })).json.ballots).toBe(1)
  })

  test('stand in, and say so, while the scoreboard cannot be asked', async () => {
    const { api, poll } = await aVotedPoll('always')
    const before = await api.ask('GET', resultsOf(poll.id))
    api.counting.unreachable = true
    await api.counting.time.advance(10_000)
    const after = await api.ask('GET', resultsOf(poll.id))
    expect([after.status, after.text]).toEqual([200, before.text])
    expect(after.headers.get('edgepoll-stale')).toBe('true')
  })
})

describe('the live feed', () => {
  const upgrade = { Upgrade: 'websocket', Connection: 'Upgrade' }

  test('is handed to a relay, which greets the viewer', async () => {
    const { api, poll } = await aVotedPoll('always')
    const answer = await api.ask('GET', `${resultsOf(poll.id)}/live`, { headers: upgrade })
    expect(answer.status).toBe(101)
    const { sockets } = api.counting.relays.leaf({ pollId: poll.id, kind: 'leaf', index: 0 })
    expect(sockets.viewers.map(framesOf)).toEqual([
      [expect.objectContaining({ type: 'results', ballots: 7 })],
    ])
  })

  test('is the relay’s own answer: the edge neither takes the socket nor touches what it came with', async () => {
    const { api, poll } = await aVotedPoll('always')
    const given = switching()
    const headers = [...given.headers]
    const openLive = async () => accept(given)
    const request = new Request(`https://edge.test${resultsOf(poll.id)}/live`, { headers: upgrade })
    expect(await createApp({ ...api.services, openLive }).fetch(request)).toBe(given)
    expect([...given.headers]).toEqual(headers)
  })

  test('is judged anew where who may watch has changed since this edge looked', async () => {
    const { api, poll } = await aVotedPoll('always')
    await api.ask('GET', `/v1/polls/${poll.id}`)
    // Changed at another edge: this one still remembers the old terms.
    const changed = await api.counting.boards.change(
      poll.id,
      { kind: 'edit', from: 1, definition: { ...definitionOf(api, poll.id), results: 'hidden' } },
      AbortSignal.timeout(1_000),
    )
    expect(changed.ok).toBe(true)
    const answer = await api.ask('GET', `${resultsOf(poll.id)}/live`, { headers: upgrade })
    expect([answer.status, answer.json.code]).toEqual([403, 'results-hidden'])
    const { sockets } = api.counting.relays.leaf({ pollId: poll.id, kind: 'leaf', index: 0 })
    expect(sockets.viewers).toEqual([])
  })

  test('has as many sockets of one address as it may, and says when to come back', async () => {
    const { api, poll } = await aVotedPoll('always')
    const { sockets } = api.counting.relays.leaf({ pollId: poll.id, kind: 'leaf', index: 0 })
    const watch = (address: string) =>
      api.ask('GET', `${resultsOf(poll.id)}/live`, { headers: { ...upgrade, 'CF-Connecting-IP': address } })
    for (let at = 0; at < 998; at++) await watch('192.0.2.9')
    expect(sockets.count()).toBe(998)
    expect([(await watch('192.0.2.9')).status, (await watch('192.0.2.9')).status]).toEqual([101, 101])
    const refused = await watch('192.0.2.9')
    expect([refused.status, refused.json.code]).toEqual([429, 'too-many-sockets'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('wants a socket, and says which', async () => {
    const { api, poll } = await aVotedPoll('always')
    const answer = await api.ask('GET', `${resultsOf(poll.id)}/live`)
    expect([answer.status, answer.json.code, answer.headers.get('upgrade')]).toEqual([
      426,
      'upgrade-required',
      'websocket',
    ])
  })

  test('opens no socket for whoever asks for headers alone', async () => {
    const { api, poll } = await aVotedPoll('always')
    const path = `${resultsOf(poll.id)}/live`
    const request = new Request(`https://edge.test${path}`, { method: 'HEAD', headers: upgrade })
    expect((await createApp(api.services).fetch(request)).status).toBe(426)
    const { sockets } = api.counting.relays.leaf({ pollId: poll.id, kind: 'leaf', index: 0 })
    expect(sockets.viewers).toEqual([])
  })

  test('is open to the origins its poll allows, and to its own page', async () => {
    const api = anApi()
    const poll = await api.aPoll({ allowedOrigins: ['https://shop.example'] })
    const from = async (origin: string) =>
      (await api.ask('GET', `${resultsOf(poll.id)}/live`, { headers: { ...upgrade, Origin: origin } })).status
    expect(await from('https://shop.example')).toBe(101)
    expect(await from('https://edge.test')).toBe(101)
    expect(await from('https://evil.example')).toBe(403)
    expect(await from('null')).toBe(403)
  })
})

/** The poll as Postgres has it, as what its owner decided. */
const definitionOf = (api: Api, pollId: string): PollDefinition => {
  const poll = api.counting.postgres.polls.get(pollId)
  if (poll === undefined) throw new Error(`nobody made ${pollId}`)
  return poll
}
