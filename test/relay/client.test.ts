// How an edge finds a leaf for a viewer: near, the same one for everybody of an address, and the next where one is full.
import { describe, expect, test } from 'vitest'
import type { ViewerOrder } from '../../src/application/live-feed.ts'
import { type RelayNamespace, relays } from '../../src/relay/client.ts'
import { type Entry, entryOf, type NoEntry } from '../../src/relay/protocol.ts'
import { switching } from '../support/relays.ts'

interface Knock {
  readonly name: string
  readonly hint: string | undefined
  readonly entry: Entry
  readonly upgrade: string | null
}

/** Leaves that answer as a test says. */
const leavesThat = (answer: (leaf: number) => NoEntry | Response) => {
  const knocks: Knock[] = []
  const namespace: RelayNamespace<string> = {
    idFromName: (name) => name,
    get: (name, options) => ({
      async fetch(request) {
        const entry = entryOf(request)
        const upgrade = request.headers.get('sec-websocket-key')
        knocks.push({ name, hint: options?.locationHint, entry, upgrade })
        const given = answer(entry.address.index)
        return given instanceof Response ? given : Response.json(given, { status: 503 })
      },
    }),
  }
  let drawn = 0
  const random = { fraction: () => (drawn++ * 0.37) % 1 }
  return {
    knocks,
    open: (order: Partial<ViewerOrder> = {}) => relays(namespace, random).open(anOrder(order), signal),
  }
}

const { signal } = new AbortController()

const anOrder = (changes: Partial<ViewerOrder>): ViewerOrder => ({
  pollId: 'poll_x',
  judged: 3,
  holds: 7,
  leaves: 16,
  address: null,
  region: null,
  mostViewers: 100,
  upgrade: new Request('https://edge.test/v1/polls/poll_x/results/live', {
    headers: { 'Sec-WebSocket-Key': 'the client’s own'.replace('’', '') },
  }),
  ...changes,
})

describe('a viewer', () => {
  test('is handed to one leaf, with what the edge decided and the client sent; its 101 comes back as it is', async () => {
    const answer = switching()
    const { knocks, open } = leavesThat(() => answer)
    const opened = await open({ region: 'EU' })
    expect(opened.ok && opened.value).toBe(answer)
    expect(knocks).toHaveLength(1)
    expect(knocks[0]).toMatchObject({
      hint: 'weur',
      upgrade: 'the clients own',
      entry: { judged: 3, holds: 7, mostViewers: 100, from: null, format: 'json' },
    })
    expect(knocks[0]?.name).toBe(`poll_x/leaf/${knocks[0]?.entry.address.index}`)
  })

  test('goes on to another leaf where one is full, and learns of new ones on the way', async () => {
    const { knocks, open } = leavesThat((leaf) => (leaf < 16 ? { reason: 'full', leaves: 64 } : switching()))
    expect((await open()).ok).toBe(true)
    expect(knocks.length).toBeGreaterThan(1)
    expect(new Set(knocks.map(({ name }) => name)).size).toBe(knocks.length)
  })

  test('is told to come back where four leaves are full, before any socket was opened', async () => {
    const { knocks, open } = leavesThat(() => ({ reason: 'full', leaves: 16 }))
    expect(await open()).toEqual({ ok: false, refusal: { reason: 'overloaded', retryAfterSeconds: 2 } })
    expect(knocks).toHaveLength(4)
  })

  test.each<NoEntry>([
    { reason: 'too-many-sockets' },
    { reason: 'audience-full' },
    { reason: 'terms-changed' },
    { reason: 'poll-not-found' },
  ])('is not sent on where no leaf would take it: %o', async (no) => {
    const { knocks, open } = leavesThat(() => no)
    expect(await open()).toEqual({ ok: false, refusal: no })
    expect(knocks).toHaveLength(1)
  })

  test('of one address is sent to the same leaf, which counts them; the address itself is not', async () => {
    const { knocks, open } = leavesThat(() => switching())
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) await open({ address })
    const [one, neighbour, other] = knocks.map(({ entry }) => entry)
    expect(one?.from).toMatch(/^[0-9a-f]{16}$/)
    expect([neighbour?.from, neighbour?.address]).toEqual([one?.from, one?.address])
    expect(other?.from).not.toBe(one?.from)
    expect(JSON.stringify(knocks)).not.toContain('2001')
  })

  test('hears that the relays are away', async () => {
    const { open } = leavesThat(() => {
      throw new Error('Durable Object is overloaded.')
    })
    await expect(open()).rejects.toThrow('a relay')
  })
})
