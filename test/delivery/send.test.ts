// One attempt: judged before, verified after by the independent package, and told in words that say nothing of our inside.
import { createHmac } from 'node:crypto'
import { Webhook as Verifier } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { judgeHost } from '../../src/delivery/resolve.ts'
import { webhookSecrets } from '../../src/delivery/secret.ts'
import { sendEvent } from '../../src/delivery/send.ts'

const secretOf = webhookSecrets('a-key-of-at-least-thirty-two-characters')
const webhook = {
  id: 'whk_a',
  url: 'https://example.com/hook',
  generation: 1,
  oldestGeneration: 1,
  previousUntil: null,
}
const id = `msg_${'0'.repeat(32)}`
const payload = '{"type":"poll.closed","data":{}}'
const signal = () => new AbortController().signal

describe('an attempt', () => {
  test('is signed so that any library of the standard verifies it', async () => {
    const stand = aStand()
    expect(await stand.send()).toEqual({ kind: 'answered', status: 204 })
    const { headers, body, redirect } = stand.posted()
    expect(new Verifier(secretOf(webhook)).verify(body, headers)).toEqual(JSON.parse(payload))
    expect(headers).toMatchObject({ 'webhook-id': id, 'content-type': 'application/json' })
    expect(redirect).toBe('manual')
  })

  test('is signed as the standard says, to the byte', async () => {
    const stand = aStand()
    await stand.send()
    const { headers, body } = stand.posted()
    const key = Buffer.from(secretOf(webhook).slice('whsec_'.length), 'base64')
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const signature = createHmac('sha256', key).update(signed).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signature}`)
  })

  test('while secrets overlap is signed by both, and afterwards by the new one only', async () => {
    const rotated = { ...webhook, generation: 3, oldestGeneration: 2, previousUntil: Date.now() + 60_000 }
    const stand = aStand()
    await stand.send({ webhook: rotated })
    for (const generation of [3, 2]) {
      const { headers, body } = stand.posted()
      expect(() => new Verifier(secretOf({ id: 'whk_a', generation })).verify(body, headers)).not.toThrow()
    }
    await stand.send({ webhook: { ...rotated, previousUntil: Date.now() - 1 } })
    const { headers, body } = stand.posted()
    expect(() => new Verifier(secretOf({ id: 'whk_a', generation: 2 })).verify(body, headers)).toThrow()
  })

  test('is part of the trace of what it tells of', async () => {
    const stand = aStand()
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
    await stand.send({ trace })
    expect(stand.posted().headers['traceparent']).toBe(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)
  })

  test('that comes to nothing says so without a word of the platform’s', async () => {
    const stand = aStand({ answer: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432')) })
    expect(await stand.send()).toEqual({ kind: 'failed', error: 'No connection came about.' })
  })

  test('ends in time, whatever the endpoint does', async () => {
    const stand = aStand({
      timeoutMs: 1,
      answer: (init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        }),
    })
    expect(await stand.send()).toEqual({ kind: 'failed', error: 'There was no answer within 0.001 s.' })
  })

  test('does not read what it is answered', async () => {
    let cancelled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1_024)),
      cancel: () => {
        cancelled = true
      },
    })
    const stand = aStand({ answer: async () => new Response(endless, { status: 200 }) })
    expect(await stand.send()).toEqual({ kind: 'answered', status: 200 })
    expect(cancelled).toBe(true)
  })

  test.each(['http://example.com/', 'https://127.0.0.1/', 'https://localhost/'])(
    'to %s, which was let in once, is not made',
    async (url) => {
      const stand = aStand()
      expect(await stand.send({ webhook: { ...webhook, url } })).toMatchObject({ kind: 'failed' })
      expect(stand.count()).toBe(0)
    },
  )
})

describe('where a name leads is asked before each attempt', () => {
  test.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['172.16.0.9'],
    ['192.168.1.1'],
    ['100.64.0.1'],
    ['0.0.0.0'],
    ['224.0.0.1'],
    ['::1'],
    ['::'],
    ['fd00::1'],
    ['fe80::1'],
    ['::ffff:10.0.0.1'],
    ['64:ff9b::a00:1'],
    ['no address'],
  ])('%s: nothing is sent', async (address) => {
    const stand = aStand({ addresses: ['93.184.216.34', address] })
    expect(await stand.send()).toMatchObject({ kind: 'failed', error: expect.stringMatching(/not public/) })
    expect(stand.count()).toBe(0)
  })

  test.each([['93.184.216.34'], ['2606:2800:220:1:248:1893:25c8:1946']])(
    '%s: it is sent',
    async (address) => {
      const stand = aStand({ addresses: [address] })
      expect(await stand.send()).toMatchObject({ kind: 'answered' })
    },
  )

  test('one that led to the public yesterday and leads inside today gets nothing today', async () => {
    const addresses = ['93.184.216.34']
    const stand = aStand({ addresses })
    expect(await stand.send()).toMatchObject({ kind: 'answered' })
    addresses[0] = '127.0.0.1'
    expect(await stand.send()).toMatchObject({ kind: 'failed' })
    expect(stand.count()).toBe(1)
  })

  test('one that leads nowhere, or cannot be asked about, gets nothing', async () => {
    expect(await aStand({ addresses: [] }).send()).toMatchObject({
      error: 'The name of the host leads nowhere.',
    })
    const away = aStand({ dns: async () => new Response('busy', { status: 503 }) })
    expect(await away.send()).toMatchObject({ error: 'The name of the host could not be resolved.' })
    expect(away.count()).toBe(0)
  })
})

interface Options {
  readonly addresses?: readonly string[]
  readonly dns?: () => Promise<Response>
  readonly answer?: (init: RequestInit | undefined) => Promise<Response>
  readonly timeoutMs?: number
}

/** Types of record, as the resolver is asked for them. */
const types = { A: 1, AAAA: 28 }

const aStand = ({
  addresses = ['93.184.216.34'],
  dns,
  answer = async () => new Response(null, { status: 204 }),
  timeoutMs = 15_000,
}: Options = {}) => {
  const posts: RequestInit[] = []
  const resolver: typeof fetch = async (input) => {
    if (dns !== undefined) return dns()
    const type = new URL(String(input)).searchParams.get('type') ?? ''
    const records = addresses.filter((address) => address.includes(':') === (type === 'AAAA'))
    const Answer = records.map((data) => ({ name: 'x', type: types[type as 'A'], TTL: 1, data }))
    return Response.json({ Status: 0, Answer })
  }
  const send = sendEvent({
    secretOf,
    judge: judgeHost({ url: 'https://dns.example/dns-query', fetch: resolver }),
    fetch: async (_url, init) => {
      posts.push(init ?? {})
      return answer(init)
    },
    clock: { now: () => Date.now() },
    timeoutMs,
  })
  return {
    send: (but: Partial<Parameters<typeof send>[0]> = {}) =>
      send({ id, payload, webhook, trace: undefined, ...but }, signal()),
    count: () => posts.length,
    posted: () => {
      const { headers, body, redirect } = posts.at(-1) ?? {}
      return {
        headers: Object.fromEntries(new Headers(headers)),
        body: String(body),
        redirect,
      }
    },
  }
}
