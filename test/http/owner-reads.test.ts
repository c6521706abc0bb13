// What owners read of their polls' ballots: lists, texts, and exports in every format.
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { BallotPages } from '../../src/application/ballot-pages.ts'
import { exportBallots } from '../../src/application/export-ballots.ts'
import type { OwnedPoll } from '../../src/application/own-poll.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { type Api, anApi, origin } from '../support/api.ts'
import { aPoll } from '../support/polls.ts'
import { expectProblem } from '../support/problems.ts'

const survey = {
  questions: [
    {
      id: 'country',
      type: 'choice',
      prompt: 'Which?',
      max: 2,
      options: [
        { id: '-a', label: 'A' },
        { id: 'b', label: 'B' },
      ],
    },
    {
      id: 'order',
      type: 'ranking',
      prompt: 'Rank',
      options: [
        { id: 'x', label: 'X' },
        { id: 'y', label: 'Y' },
      ],
    },
    { id: 'stars', type: 'rating', prompt: 'How?', scale: 5 },
    { id: 'why', type: 'text', prompt: 'Why?' },
  ],
}

/** A closed poll with these texts, one a ballot, all archived. */
const closedWith = async (api: Api, texts: readonly string[]) => {
  const key = api.key()
  const { id } = await api.aPoll(survey)
  for (const [at, why] of texts.entries()) {
    const answers = { country: ['-a', 'b'], order: ['y', 'x'], stars: 4, why }
    expect((await api.vote(id, `voter-${at}`, answers)).status).toBe(201)
  }
  await api.ask('POST', `/v1/polls/${id}/close`, { key })
  await api.counting.archived()
  return { id, key, get: (path: string) => api.ask('GET', `/v1/polls/${id}${path}`, { key }) }
}

/** The rest of a list, by its cursors; `Link` must say the same. */
const walk = async (api: Api, path: string, key: string) => {
  const data: { readonly id?: string; readonly ballotId?: string; readonly text?: string }[] = []
  for (let next: string | null = path; next !== null; ) {
    const { status, json, headers } = await api.ask('GET', next, { key })
    expect(status).toBe(200)
    data.push(...json.data)
    const link = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null
    expect(link === null).toBe(json.nextCursor === null)
    next = link === null ? null : link.slice(origin.length)
  }
  return data
}

describe('the list of ballots', () => {
  test('shows each once, never whose it is, and how far the archive is while the poll is open', async () => {
    const api = anApi()
    const key = api.key('ws_first', ['ballots:read'])
    const poll = await api.aPoll()
    for (const voter of ['ann', 'bob', 'cat']) await api.vote(poll.id, voter)
    const path = `/v1/polls/${poll.id}/ballots`
    expect((await api.ask('GET', path, { key })).headers.get('edgepoll-archived')).toBe('0/3')
    await api.counting.archived()
    const whole = await api.ask('GET', path, { key })
    expect(whole.headers.get('edgepoll-archived')).toBe('3/3')
    expect(Object.keys(whole.json.data[0])).toEqual([
      ...['id', 'revision', 'castAt', 'answers', 'country', 'erased'],
    ])
    const walked = await walk(api, `${path}?limit=1`, key)
    expect(walked).toEqual(whole.json.data)
    const one = await api.ask('GET', `${path}/${walked[1]?.id}`, { key })
    expect(one.json).toEqual(walked[1])
    expectProblem(await api.ask('GET', `${path}/bal_none`, { key }), 404, 'ballot-not-found')
  })

  test('keeps the erased, without answers, and finds them alone', async () => {
    const api = anApi()
    const { id, key, get } = await closedWith(api, ['one', 'two'])
    const [first] = (await get('/ballots')).json.data
    await api.ask('DELETE', `/v1/polls/${id}/ballots/${first.id}`, { key })
    await api.counting.archived()
    expect((await get('/ballots?erased=true')).json.data).toMatchObject([{ id: first.id, answers: null }])
    expect((await get('/ballots?erased=false')).json.data).toHaveLength(1)
    expect((await get('/ballots')).headers.get('edgepoll-archived')).toBeNull()
  })

  test.each(['?limit=0', '?limit=101', '?cursor=x', '?erased=', '?erased=maybe', '?order=castAt'])(
    'refuses %s',
    async (query) => {
      const api = anApi()
      const poll = await api.aPoll()
      const answer = await api.ask('GET', `/v1/polls/${poll.id}/ballots${query}`, { key: api.key() })
      expectProblem(answer, 400, 'query-invalid')
    },
  )

  test('takes no cursor of another list', async () => {
    const api = anApi()
    const { get } = await closedWith(api, ['one', 'two'])
    const { nextCursor } = (await get('/ballots?limit=1')).json
    expectProblem(await get(`/questions/why/texts?cursor=${nextCursor}`), 400, 'query-invalid')
  })
})

describe('texts', () => {
  test('are what was written, page by page', async () => {
    const api = anApi()
    const { id, key } = await closedWith(api, ['one', ' two ', '三'])
    const walked = await walk(api, `/v1/polls/${id}/questions/why/texts?limit=2`, key)
    expect(walked.map(({ text }) => text).toSorted()).toEqual([' two ', 'one', '三'].toSorted())
  })

  test('are refused of what is no text, and of no question', async () => {
    const api = anApi()
    const { get } = await closedWith(api, [])
    const stars = await get('/questions/stars/texts')
    expectProblem(stars, 422, 'question-not-text')
    expect(stars.json.detail).toContain('`rating`')
    expectProblem(await get('/questions/none/texts'), 404, 'question-not-found')
  })
})

describe('an export', () => {
  const nasty = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    'a,"b"\r\nc',
    '；=1',
    "it's",
    '＝1',
    'plain',
    'a;=1+1',
  ]

  test('as CSV is read by others as it was meant, and no cell begins a formula', async () => {
    const api = anApi()
    const { id, get } = await closedWith(api, nasty)
    const { text, headers, status } = await get('/export?format=csv')
    expect([status, headers.get('content-type'), headers.get('edgepoll-archived')]).toEqual([
      200,
      'text/csv; charset=utf-8',
      '12/12',
    ])
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${id}.csv"`)
    expect(text.endsWith('\r\n')).toBe(true)
    const rows: Record<string, string>[] = parse(text, { columns: true, record_delimiter: '\r\n' })
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['ballotId', 'castAt', 'revision', 'country', 'salt', 'shard', 'seq'],
      ...['answers.country', 'order', 'stars', 'why'],
    ])
    for (const row of rows) {
      expect(row).toMatchObject({ 'answers.country': "'-a|b", order: 'y|x', stars: '4', revision: '1' })
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/)
    }
    const dangerous = /^[=+\-@\t\r＝]/
    expect(rows.map(({ why }) => why).toSorted()).toEqual(
      nasty.map((why) => (dangerous.test(why) ? `'${why}` : why)).toSorted(),
    )
  })

  test('as JSON is one document, as NDJSON the same a line', async () => {
    const api = anApi()
    const { id, get } = await closedWith(api, nasty)
    const whole = (await get('/export?format=json')).json
    const lines = (await get('/export')).text.trimEnd().split('\n')
    expect(whole).toEqual({ pollId: id, ballots: lines.map((line) => JSON.parse(line)) })
    expect(whole.ballots).toHaveLength(nasty.length)
  })

  test.each(['csv', 'ndjson', 'json'])('of nothing is a whole %s', async (format) => {
    const api = anApi()
    const { id, get } = await closedWith(api, [])
    const { status, text } = await get(`/export?format=${format}`)
    const wanted = {
      csv: 'ballotId,castAt,revision,country,salt,shard,seq,answers.country,order,stars,why\r\n',
      ndjson: '',
      json: `{"pollId":"${id}","ballots":[\n\n]}\n`,
    }[format]
    expect([status, text]).toEqual([200, wanted])
  })

  test.each(['?format=xml', '?format=', '?fields=id'])('refuses %s', async (query) => {
    const api = anApi()
    const { get } = await closedWith(api, [])
    expectProblem(await get(`/export${query}`), 400, 'query-invalid')
  })

  test('to a HEAD has the headers and nothing else', async () => {
    const api = anApi()
    const { id, key } = await closedWith(api, ['one'])
    const { status, text, headers } = await api.ask('HEAD', `/v1/polls/${id}/export?format=csv`, { key })
    expect([status, text, headers.get('content-type')]).toEqual([200, '', 'text/csv; charset=utf-8'])
  })
})

describe('an export of many pages', () => {
  /** An archive that has page after page, and what became of it. */
  const endless = (api: Api, failAt = Number.POSITIVE_INFINITY) => {
    const seen = { read: 0, signal: new AbortController().signal }
    const lines: BallotPages['lines'] = async (_poll, _order, signal) => {
      seen.signal = signal
      if (++seen.read >= failAt) throw new Unavailable('postgres')
      return { lines: `{"answers":null,"id":"bal_${seen.read}"}\n`, ballots: 1, next: `bal_${seen.read}` }
    }
    Object.assign(api.services, { exportBallots: exportOver(lines) })
    return seen
  }

  test.each(['csv', 'ndjson', 'json'])(
    'breaks the stream of a %s where it fails, and tells',
    async (format) => {
      const api = anApi()
      const stand = await streaming(api, format, (open) => endless(open, 4))
      expect(stand.status).toBe(200)
      await expect(new Response(stand.body).text()).rejects.toThrow()
      expect(api.counting.events).toContainEqual(expect.objectContaining({ type: 'export-failed', format }))
    },
  )

  test('that fails at once is a refusal', async () => {
    const api = anApi()
    const stand = await streaming(api, 'csv', (open) => endless(open, 1))
    expect(stand.status).toBe(503)
  })

  test('is read one page ahead of its client, and no more once that has gone', async () => {
    const api = anApi()
    let seen = { read: 0, signal: new AbortController().signal }
    const { body } = await streaming(api, 'ndjson', (open) => {
      seen = endless(open)
    })
    const reader = body?.getReader()
    await reader?.read()
    await reader?.read()
    expect(seen.read).toBe(3)
    await reader?.cancel()
    expect(seen.signal.aborted).toBe(true)
    expect(api.counting.events).not.toContainEqual(expect.objectContaining({ type: 'export-failed' }))
  })
})

const streaming = async (api: Api, format: string, prepare: (api: Api) => void) => {
  const poll = await api.aPoll()
  prepare(api)
  const url = `${origin}/v1/polls/${poll.id}/export?format=${format}`
  return api.app.fetch(new Request(url, { headers: { Authorization: `Bearer ${api.key()}` } }))
}

/** The real export over these pages, of a poll that nothing else knows. */
const exportOver =
  (lines: BallotPages['lines']): Api['services']['exportBallots'] =>
  async (order, signal) => {
    const poll = aPoll({ id: order.pollId, workspaceId: order.workspaceId })
    const standing = { seq: 0, head: '', archived: 0, ballots: 0 }
    const exporting = exportBallots({
      pollBook: { find: async () => ({ poll, secret: new Uint8Array(32), revokedInvites: [] }) },
      ballotBoxes: { standing: async (box) => ({ ...box, ...standing }) },
      ballotPages: { lines },
      writeTokens: { written: async () => null },
      pause: async () => undefined,
      clock: { now: () => 0 },
    })
    return exporting(order, signal)
  }

describe('invites', () => {
  test('are listed by serial, without codes, the revoked as such', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll({ dedupe: { by: 'invite' } })
    const path = `/v1/polls/${poll.id}/invites`
    await api.ask('POST', path, { key, body: { count: 2 } })
    const { codes } = (await api.ask('POST', path, { key, body: { count: 3 } })).json
    await api.ask('DELETE', `${path}/4`, { key })
    const walked = await walk(api, `${path}?limit=2`, key)
    expect(walked).toMatchObject(
      [1, 2, 3, 4, 5].map((serial) => ({ serial, revoked: serial === 4, issuedAt: expect.any(String) })),
    )
    expect(walked[3]).toMatchObject({ revokedAt: expect.any(String) })
    expect(JSON.stringify(walked)).not.toContain(codes[0])
  })

  test('are good and revoked without Postgres, which is told', async () => {
    const api = anApi()
    const key = api.key()
    const { id } = await api.aPoll({ dedupe: { by: 'invite' } })
    api.invites.away = true
    const made = await api.ask('POST', `/v1/polls/${id}/invites`, { key, body: { count: 2 } })
    expect(made.status).toBe(201)
    const cast = (inviteCode: string) =>
      api.ask('POST', `/v1/polls/${id}/ballots`, { body: { answers: { where: ['pizza'] }, inviteCode } })
    expect((await cast(made.json.codes[0])).status).toBe(201)
    expect((await api.ask('DELETE', `/v1/polls/${id}/invites/2`, { key })).status).toBe(204)
    expect((await cast(made.json.codes[1])).json.code).toBe('invite-invalid')
    const told = api.counting.events.filter(({ type }) => type === 'invites-unrecorded')
    expect(told).toMatchObject([
      { first: 1, count: 2 },
      { first: 2, count: 1 },
    ])
  })
})

test('a poll that was not found to be its workspace’s opens no rows: it does not compile', () => {
  // @ts-expect-error only application/own-poll.ts makes one
  const made: OwnedPoll = { id: 'poll_a', workspaceId: 'ws_a' }
  type AsksForIt = Parameters<BallotPages['list']>[0] extends OwnedPoll ? true : false
  const asks: AsksForIt = true
  expect([made.id, asks]).toEqual(['poll_a', true])
})
