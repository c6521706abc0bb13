// The audience of a benchmark: it waits to be greeted, comes back, and notes how late and in what order frames came.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { openSockets } from '../../bench/load/hold-sockets.ts'
import type { CastPlan } from '../../bench/load/viewers.ts'

/** A server that sends every socket what `greet` and `cast` say. */
const aServer = async (greet: () => string | null, cast: (number: number) => string | null) => {
  const sockets = new Set<Duplex>()
  let casts = 0
  let upgrades = 0
  const server = createServer((request, response) => {
    casts++
    const text = cast(casts)
    if (text !== null) for (const socket of sockets) socket.write(textFrame(text))
    response.writeHead(201).end(request.headers['voter-id'])
  })
  server.on('upgrade', (request, socket) => {
    upgrades++
    const text = greet()
    if (text === null) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.write(textFrame(text))
    socket.on('error', () => undefined) // the other side has gone
    socket.on('close', () => sockets.delete(socket))
    sockets.add(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
  }
  return { origin: `http://127.0.0.1:${port}`, sockets, upgrades: () => upgrades, close }
}

/** RFC 6455 § 5.2: one whole text, unmasked, shorter than 126 bytes. */
const textFrame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)])

const whole = (ballots: number) => `{"type":"results","version":${ballots},"ballots":${ballots}}`
const delta = (ballots: number) => `{"type":"delta","version":${ballots},"ballots":${ballots}}`

const plan: CastPlan = {
  path: '/cast',
  headers: { 'voter-id': 'voter-{n}' },
  body: '',
  everyMs: 5,
  seconds: 0.02,
}

const servers: { close(): void }[] = []
const started = async (...words: Parameters<typeof aServer>) => {
  const server = await aServer(...words)
  servers.push(server)
  return server
}

describe('an audience', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  it('counts every frame at every socket, and what the deltas among them weigh', async () => {
    const server = await started(() => whole(0), delta)
    const audience = await openSockets({ origin: server.origin, path: '/live', sockets: 3 })
    const report = await audience.watch(plan)
    expect(report.cast).toBe(4)
    expect(report).toMatchObject({
      frames: 3 * report.cast,
      deltas: 3 * report.cast,
      behind: 0,
      backwards: 0,
    })
    expect(report.deltaBytes).toBe(report.deltas * Buffer.byteLength(delta(1)))
    expect(report.lagP99Ms).toBeGreaterThanOrEqual(report.lagP50Ms)
  })

  it('tries again where a socket is refused', async () => {
    let refusals = 2
    const server = await started(() => (refusals-- > 0 ? null : whole(0)), delta)
    const audience = await openSockets({ origin: server.origin, path: '/live', sockets: 1 })
    expect(server.upgrades()).toBe(3)
    expect(await audience.watch(plan)).toMatchObject({ behind: 0, reopened: 0 })
  })

  it('comes back when a socket breaks, and says so', async () => {
    let newest = 0
    const server = await started(
      () => whole(newest),
      (number) => {
        newest = number
        if (number !== 1) return delta(number)
        for (const socket of server.sockets) socket.destroy()
        return null
      },
    )
    const audience = await openSockets({ origin: server.origin, path: '/live', sockets: 2 })
    expect(await audience.watch(plan)).toMatchObject({ reopened: 2, behind: 0, backwards: 0 })
  })

  it('notices frames that go back', async () => {
    const server = await started(
      () => whole(7),
      (number) => delta(number),
    )
    const audience = await openSockets({ origin: server.origin, path: '/live', sockets: 1 })
    const report = await audience.watch({ ...plan, seconds: 0.001 })
    expect(report.backwards).toBe(report.frames)
  })
})
