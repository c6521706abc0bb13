// Results as server-sent events: the same versions as everywhere, resumed, kept alive, and ended by the poll's close.
import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { type Api, anApi, origin, type PollDocument } from '../support/api.ts'

interface Heard {
  readonly status: number
  readonly headers: Headers
  /** Reads on until this many events have come, or the stream has ended. */
  events(count: number): Promise<StreamedEvent[]>
  /** Everything that has come so far, as it came. */
  readonly text: string
  readonly ended: boolean
  leave(): Promise<void>
}

interface StreamedEvent {
  readonly event: string
  readonly id: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly data: any
}

const listen = async (api: Api, path: string, headers: Record<string, string> = {}): Promise<Heard> => {
  const request = new Request(new URL(path, origin), {
    headers: { Accept: 'text/event-stream', ...headers },
  })
  const answer = await createApp(api.services).fetch(request)
  const reader = answer.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let ended = reader === undefined
  const parsed = () =>
    [...text.matchAll(/event: (\w+)\nid: (\d+)\ndata: (.*)\n\n/g)].map(
      ([, event = '', id, data = '']): StreamedEvent => ({ event, id: Number(id), data: JSON.parse(data) }),
    )
  return {
    status: answer.status,
    headers: answer.headers,
    async events(count) {
      while (!ended && parsed().length < count) {
        const next = await reader?.read()
        if (next?.done !== false) ended = true
        else text += decoder.decode(next.value, { stream: true })
      }
      return parsed()
    },
    get text() {
      return text
    },
    get ended() {
      return ended
    },
    leave: async () => reader?.cancel(),
  }
}

const live = ({ id }: PollDocument) => `/v1/polls/${id}/results/live`

const vote = async (api: Api, { id }: PollDocument, voter: string) => {
  expect((await api.vote(id, voter)).status).toBe(201)
  await api.counting.published()
}

describe('an event stream', () => {
  test('begins with the whole document, and brings each newer one under its version', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const heard = await listen(api, live(poll))
    expect([heard.status, heard.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect(heard.headers.get('cache-control')).toContain('no-store')
    const [first] = await heard.events(1)
    expect(first).toMatchObject({ event: 'results', id: 0, data: { version: 0, ballots: 0, final: false } })
    await vote(api, poll, 'ann')
    const events = await heard.events(2)
    expect(events[1]).toMatchObject({ event: 'results', id: 1, data: { version: 1, ballots: 1 } })
    const read = await api.ask('GET', `/v1/polls/${poll.id}/results`)
    expect(events[1]?.data).toEqual(read.json)
    await heard.leave()
  })

  test('tells a browser when to come back, never all at once', async () => {
    const api = anApi()
    const heard = await listen(api, live(await api.aPoll()))
    await heard.events(1)
    const retry = Number(/^retry: (\d+)\n\n/.exec(heard.text)?.[1])
    expect(retry).toBeGreaterThanOrEqual(2_000)
    expect(retry).toBeLessThanOrEqual(5_000)
    await heard.leave()
  })

  test('goes on after the version that was seen, and sends no older one', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await vote(api, poll, 'ann')
    const heard = await listen(api, live(poll), { 'Last-Event-ID': '1' })
    await vote(api, poll, 'bob')
    expect((await heard.events(1)).map(({ id }) => id)).toEqual([2])
    await heard.leave()
    const ahead = await listen(api, live(poll), { 'Last-Event-ID': '7' })
    await vote(api, poll, 'cat')
    const ended = ahead.events(1)
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: api.key() })
    expect(await ended).toEqual([])
  })

  test('takes whatever else a client sends as its last id for none', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const id of ['', 'x', '-1', '1.5', '9'.repeat(40)]) {
      const heard = await listen(api, live(poll), { 'Last-Event-ID': id })
      expect((await heard.events(1)).map((event) => event.id)).toEqual([0])
      await heard.leave()
    }
  })

  test('ends with the final result; who has seen that is answered 204, and stays away', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const heard = await listen(api, live(poll))
    await vote(api, poll, 'ann')
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: api.key() })
    const events = await heard.events(Number.POSITIVE_INFINITY)
    expect(heard.ended).toBe(true)
    expect(events.at(-1)?.data).toMatchObject({ final: true, ballots: 1 })
    expect(events.filter(({ data }) => data.final)).toHaveLength(1)
    const late = await listen(api, live(poll))
    expect((await late.events(9)).map(({ data }) => data.final)).toEqual([true])
    const headers = { 'Last-Event-ID': String(events.at(-1)?.id), Accept: 'text/event-stream' }
    expect((await api.ask('GET', live(poll), { headers })).status).toBe(204)
  })

  test('gives a sign of life where nothing changes, and ends after some minutes', async () => {
    const api = anApi()
    const heard = await listen(api, live(await api.aPoll()))
    const events = await heard.events(Number.POSITIVE_INFINITY)
    expect(events).toHaveLength(1)
    expect(heard.ended).toBe(true)
    const beats = heard.text.split('\n\n').filter((line) => line === ':')
    expect(beats.length).toBeGreaterThanOrEqual(8)
    expect(beats.length).toBeLessThanOrEqual(12)
  })

  test('ends when fewer may watch, and shows nothing after that', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const heard = await listen(api, live(poll))
    await heard.events(1)
    const changed = await api.ask('PATCH', `/v1/polls/${poll.id}`, {
      key: api.key(),
      headers: { 'If-Match': '*' },
      body: { results: 'hidden' },
    })
    expect(changed.status).toBe(200)
    await vote(api, poll, 'ann')
    expect(await heard.events(2)).toHaveLength(1)
    expect(heard.ended).toBe(true)
  })

  test('asks an object once a second at most, however many listen', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const streams = await Promise.all(Array.from({ length: 20 }, () => listen(api, live(poll))))
    await Promise.all(streams.map((heard) => heard.events(1)))
    const before = { asked: api.counting.asked['snapshot'] ?? 0, now: api.counting.time.clock.now() }
    await vote(api, poll, 'ann')
    await Promise.all(streams.map((heard) => heard.events(2)))
    const seconds = (api.counting.time.clock.now() - before.now) / 1_000
    expect((api.counting.asked['snapshot'] ?? 0) - before.asked).toBeLessThanOrEqual(seconds + 1)
    await Promise.all(streams.map((heard) => heard.leave()))
  })

  test.each(['after-vote', 'after-close', 'hidden'])(
    'of results shown %s is refused as results are',
    async (results) => {
      const api = anApi()
      const poll = await api.aPoll({ results })
      const receipt = (await api.vote(poll.id, 'ann')).json.receipt
      const headers = { Accept: 'text/event-stream' }
      const anybody = await api.ask('GET', live(poll), { headers })
      expect([anybody.status, anybody.json.code]).toEqual([403, 'results-hidden'])
      const voter = await listen(api, `${live(poll)}?receipt=${receipt}`)
      expect(voter.status).toBe(results === 'after-vote' ? 200 : 403)
      await voter.leave()
    },
  )

  test('is open to the origins that its poll allows', async () => {
    const api = anApi()
    const poll = await api.aPoll({ allowedOrigins: ['https://shop.example'] })
    const from = async (page: string) => {
      const heard = await listen(api, live(poll), { Origin: page })
      await heard.leave()
      return heard.status
    }
    expect(await from('https://shop.example')).toBe(200)
    expect(await from('https://evil.example')).toBe(403)
  })
})

describe('whoever polls', () => {
  test('is told when to ask again and how many watch, and nothing of that once it is final or hidden', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const open = await api.ask('GET', `/v1/polls/${poll.id}/results`)
    expect(open.headers.get('edgepoll-poll-after')).toBe('2')
    expect(open.headers.get('edgepoll-viewers')).toBe('0')
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: api.key() })
    const final = await api.ask('GET', `/v1/polls/${poll.id}/results`)
    expect(final.headers.get('edgepoll-poll-after')).toBeNull()
    expect(final.headers.get('edgepoll-viewers')).toBeNull()
    const hidden = await api.aPoll({ results: 'after-vote' })
    const receipt = (await api.vote(hidden.id, 'ann')).json.receipt
    const shown = await api.ask('GET', `/v1/polls/${hidden.id}/results`, {
      headers: { 'Edgepoll-Receipt': receipt },
    })
    expect([shown.status, shown.headers.get('edgepoll-viewers')]).toEqual([200, null])
  })
})
