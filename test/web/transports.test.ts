// The lines themselves: what they send, what they make of what they get, and how each ends.
import { describe, expect, it } from 'vitest'
import { httpLine } from '../../web/live/http-line.ts'
import type { Ending, Line, OpenLine } from '../../web/live/line.ts'
import { type Socket, socketLine } from '../../web/live/socket-line.ts'
import { handClock } from './by-hand.ts'

const live = new URL('https://polls.example/v1/polls/poll_1/results/live?receipt=abc')

/** Opens a line and keeps what is heard of it. */
const listening = (open: OpenLine, version = 3) => {
  const heard: string[] = []
  const endings: (readonly [Ending, number])[] = []
  const line: Line = open(version, {
    heard: (text) => heard.push(text),
    ended: (ending, afterMs) => endings.push([ending, afterMs]),
  })
  return { line, heard, endings }
}

const rested = () => new Promise((settled) => setImmediate(settled))

describe('a line by WebSocket', () => {
  const aSocket = () => {
    const clock = handClock()
    const sent: string[] = []
    const opened: string[] = []
    const socket: Socket & { isClosed: boolean } = {
      onopen: null,
      onmessage: null,
      onclose: null,
      isClosed: false,
      send: (text) => sent.push(text),
      close: () => {
        socket.isClosed = true
      },
    }
    const open = socketLine(
      {
        openSocket: (url) => {
          opened.push(url)
          return socket
        },
        after: clock.after,
      },
      live,
    )
    const close = (code: number, reason = '') => socket.onclose?.({ code, reason } as CloseEvent) // what is read of one
    return { ...listening(open), clock, sent, opened, socket, close }
  }

  it('is opened at the address of the live results, receipt included', () => {
    expect(aSocket().opened).toEqual(['wss://polls.example/v1/polls/poll_1/results/live?receipt=abc'])
  })

  it('passes on what comes', () => {
    const { socket, heard } = aSocket()
    socket.onmessage?.({ data: 'pong' } as MessageEvent) // what is read of one
    expect(heard).toEqual(['pong'])
  })

  it('pings every thirty seconds once it is open, and no more when it has ended', async () => {
    const { socket, clock, sent, close } = aSocket()
    await clock.pass(60_000)
    expect(sent).toEqual([])
    socket.onopen?.(new Event('open'))
    await clock.pass(90_000)
    expect(sent).toEqual(['ping', 'ping', 'ping'])
    close(1006)
    await clock.pass(60_000)
    expect(sent).toHaveLength(3)
    expect(clock.waiting()).toBe(0)
  })

  it('leaves nothing behind when it is closed from here', async () => {
    const { socket, clock, line } = aSocket()
    socket.onopen?.(new Event('open'))
    line.close()
    expect(socket.isClosed).toBe(true)
    expect(clock.waiting()).toBe(0)
  })

  it.each([
    [1000, 'the poll is closed', 'spent', 0],
    [1001, '', 'lost', 0],
    [1006, '', 'lost', 0],
    [1008, 'viewers only listen', 'refused', 0],
    [1008, 'who may watch has changed: connect again', 'lost', 0],
    [1009, 'viewers only listen, and this was too long', 'refused', 0],
    [1011, 'could not be reached', 'lost', 0],
    [1012, '', 'lost', 0],
    [1013, 'nothing was heard for too long: connect again', 'lost', 5_000],
  ] as const)('that is closed with %i “%s” is %s, and not before %i ms', (code, reason, ending, afterMs) => {
    const { close, endings } = aSocket()
    close(code, reason)
    expect(endings).toEqual([[ending, afterMs]])
  })
})

describe('a line by HTTP', () => {
  const asking = (answer: () => Response | Promise<Response>, version = 3) => {
    const asked: { readonly url: string; readonly init: RequestInit }[] = []
    const fetch = async (url: URL, init: RequestInit): Promise<Response> => {
      asked.push({ url: url.href, init })
      return answer()
    }
    const headers = (held: number) => ({ Accept: 'text/event-stream', 'Last-Event-ID': `${held}` })
    return { ...listening(httpLine(fetch, live, headers), version), asked }
  }

  const streamed = (...pieces: readonly string[]) =>
    new Response(new Blob([...pieces]).stream(), {
      headers: { 'Content-Type': 'text/event-stream; charset=utf-8' },
    })

  it('says what its reader holds, and has every answer made sure of', async () => {
    const { asked } = asking(() => new Response(null, { status: 503 }), 42)
    await rested()
    expect(asked).toMatchObject([
      { url: live.href, init: { cache: 'no-cache', headers: { 'Last-Event-ID': '42' } } },
    ])
  })

  it('passes on an answer, and says when to ask again', async () => {
    const { heard, endings } = asking(() =>
      Response.json({ version: 4 }, { headers: { 'Edgepoll-Poll-After': '7' } }),
    )
    await rested()
    expect(heard).toEqual(['{"version":4}'])
    expect(endings).toEqual([['done', 7_000]])
  })

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [406, 'lost'],
    [426, 'lost'],
    [429, 'lost'],
    [500, 'lost'],
    [503, 'lost'],
  ] as const)('that is answered %i is %s', async (status, ending) => {
    const { endings } = asking(() => new Response(null, { status }))
    await rested()
    expect(endings).toEqual([[ending, 0]])
  })

  it.each([
    ['20', 20_000],
    ['86400', 60_000],
    ['Wed, 25 Nov 2026 02:00:00 GMT', 0],
  ])('is told to come back after %s', async (after, ms) => {
    const { endings } = asking(() => new Response(null, { status: 503, headers: { 'Retry-After': after } }))
    await rested()
    expect(endings).toEqual([['lost', ms]])
  })

  it('is lost where somebody else answers, as the gate of a network does', async () => {
    const { endings, heard } = asking(
      () => new Response('<html>Welcome!', { headers: { 'Content-Type': 'text/html' } }),
    )
    await rested()
    expect(heard).toEqual([])
    expect(endings).toEqual([['lost', 0]])
  })

  it('is lost where nobody answers', async () => {
    const { endings } = asking(() => Promise.reject(new TypeError('Failed to fetch')))
    await rested()
    expect(endings).toEqual([['lost', 0]])
  })

  it.each(['\n', '\r\n'])(
    'takes events apart, however they are cut, with lines that end in %j',
    async (end) => {
      const text = [
        'retry: 3000',
        '',
        ': still here',
        '',
        'event: results',
        'id: 4',
        'data: {"a":"é"}',
        '',
        '',
      ].join(end)
      const bytes = new TextEncoder().encode(text)
      for (let size = 1; size <= bytes.length; size++) {
        const { heard, endings } = asking(
          () =>
            new Response(
              new ReadableStream({
                start(controller) {
                  for (let at = 0; at < bytes.length; at += size)
                    controller.enqueue(bytes.subarray(at, at + size))
                  controller.close()
                },
              }),
              { headers: { 'Content-Type': 'text/event-stream' } },
            ),
        )
        for (let turns = 0; endings.length === 0; turns++) {
          if (turns > 1_000) throw new Error('the stream never ended')
          await rested()
        }
        const documents = heard.flatMap((line) => (line.includes('{') ? [JSON.parse(line)] : []))
        expect(documents).toEqual([{ a: 'é' }])
        expect(endings).toEqual([['lost', 0]])
      }
    },
  )

  it('hears that a stream lives, before there is news', async () => {
    const { heard, endings } = asking(() => streamed(': still here\n\n'))
    for (let turns = 0; endings.length === 0 && turns < 1_000; turns++) await rested()
    expect(heard[0]).toBe(': still here')
  })

  it('hangs up when it is closed from here', async () => {
    const { line, asked } = asking(() => streamed(': still here\n\n'))
    line.close()
    expect(asked[0]?.init.signal?.aborted).toBe(true)
  })
})
