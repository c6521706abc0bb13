// The fault proxy itself: without faults it is not noticed, and every fault that is asked for provably happens.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

let echo: Server
let proxy: FaultProxy
/** Timers the proxy has set: they fire when a test says so. */
let timers: { readonly ms: number; readonly run: () => void }[] = []
const clients: Socket[] = []
let ended: string[] = []

beforeEach(async () => {
  timers = []
  const endedHere: string[] = [] // a server of the test before may still be ending
  ended = endedHere
  echo = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('close', (broken) => endedHere.push(broken ? 'broken' : 'closed'))
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  const address = echo.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  proxy = await startFaultProxy({
    upstream: () => ({ host: '127.0.0.1', port }),
    after: (ms, run) => timers.push({ ms, run }),
  })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.stop()
  await new Promise<void>((resolve) => echo.close(() => resolve()))
})

/** Turns the event loop until it is so; the suite's own time limit ends what never comes. */
const until = async (so: () => boolean): Promise<void> => {
  while (!so()) await new Promise((resolve) => setImmediate(resolve))
}

const fire = () => {
  for (const { run } of timers.splice(0)) run()
}

/** A client that has sent something, and what it has heard of it. */
const aClient = (says = '') => {
  const socket = connect(proxy.port, proxy.host)
  clients.push(socket)
  const heard = { text: '', end: '' }
  socket.on('data', (bytes) => {
    heard.text += bytes
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    heard.end = error.code ?? 'error'
  })
  socket.on('close', () => {
    heard.end ||= 'closed'
  })
  if (says !== '') socket.write(says)
  return { socket, heard }
}

describe('without faults', () => {
  it('everything passes both ways, and connections are counted', async () => {
    const large = 'x'.repeat(1_000_000)
    const [one, other] = [aClient(large), aClient('hello')]
    await until(() => one.heard.text.length === large.length && other.heard.text === 'hello')
    expect(one.heard.text).toBe(large)
    expect([proxy.accepted(), proxy.open(), timers.length]).toEqual([2, 2, 0])
    expect(proxy.fired()).toEqual({ latency: 0, rate: 0, stall: 0, reset: 0, cut: 0 })
  })

  it('an end on one side is an end on the other', async () => {
    const { socket, heard } = aClient('bye')
    await until(() => heard.text === 'bye')
    socket.end()
    await until(() => heard.end !== '' && ended.length > 0 && proxy.open() === 0)
    expect([heard.end, ended]).toEqual(['closed', ['closed']])
    expect(proxy.accepted()).toBe(1)
  })

  it('a server that is not there resets the caller', async () => {
    await new Promise<void>((resolve) => echo.close(() => resolve()))
    const { heard } = aClient('anybody?')
    await until(() => heard.end !== '')
    expect(heard.end).toBe('ECONNRESET')
    echo.listen(0, '127.0.0.1')
  })
})

describe('latency', () => {
  it('lets nothing arrive before its time is over, in each direction', async () => {
    proxy.impose({ latencyMs: 250 })
    const { heard } = aClient('late')
    await until(() => timers.length === 1) // on its way to the server
    expect([timers[0]?.ms, heard.text]).toEqual([250, ''])
    fire()
    await until(() => timers.length === 1) // and on its way back
    expect(heard.text).toBe('')
    fire()
    await until(() => heard.text === 'late')
    expect(proxy.fired().latency).toBe(2)
  })
})

describe('a rate', () => {
  it('passes on slice by slice, as many bytes a timer as it allows', async () => {
    proxy.impose({ bytesPerSecond: 100 })
    const { heard } = aClient('0123456789')
    for (const passed of ['01234', '0123456789']) {
      await until(() => heard.text === passed)
      expect(timers.every(({ ms }) => ms === 50)).toBe(true)
      fire()
    }
    expect(proxy.fired().rate).toBeGreaterThanOrEqual(4)
  })
})

describe('a stall', () => {
  it('holds open and new connections, loses nothing, and is over when it is taken back', async () => {
    const before = aClient('before')
    await until(() => before.heard.text === 'before')
    proxy.impose({ stalled: true })
    before.socket.write(' and during')
    const fresh = aClient('new')
    await until(() => proxy.fired().stall >= 2)
    expect([before.heard.text, fresh.heard.text, proxy.open()]).toEqual(['before', '', 2])
    proxy.heal()
    await until(() => before.heard.text === 'before and during' && fresh.heard.text === 'new')
    expect([before.heard.end, fresh.heard.end]).toEqual(['', ''])
  })

  it('does not tell the server either that its caller has gone', async () => {
    const { socket, heard } = aClient('here')
    await until(() => heard.text === 'here')
    proxy.impose({ stalled: true })
    socket.destroy()
    await until(() => proxy.fired().stall > 0)
    expect(ended).toEqual([])
    proxy.heal()
    await until(() => ended.length > 0)
    expect(ended).toEqual(['closed'])
  })
})

describe('a reset', () => {
  it('breaks every open connection, and only those', async () => {
    const [one, other] = [aClient('one'), aClient('other')]
    await until(() => one.heard.text === 'one' && other.heard.text === 'other')
    expect(proxy.reset()).toBe(2)
    await until(() => one.heard.end !== '' && other.heard.end !== '')
    expect([one.heard.end, other.heard.end, proxy.fired().reset]).toEqual(['ECONNRESET', 'ECONNRESET', 2])
    const later = aClient('later')
    await until(() => later.heard.text === 'later')
  })
})

describe('a cut', () => {
  it('lets exactly so many bytes of an answer through, and then ends the connection', async () => {
    proxy.impose({ cutAfterBytes: 7 })
    const { heard } = aClient('a whole answer')
    await until(() => heard.end !== '')
    expect([heard.text, proxy.fired().cut]).toEqual(['a whole', 1])
    proxy.heal()
    const again = aClient('a whole answer')
    await until(() => again.heard.text === 'a whole answer')
  })
})
