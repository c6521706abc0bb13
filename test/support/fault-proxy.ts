// A TCP proxy that a test can make late, slow, silent or broken, in front of a real server.
import { connect, createServer, type Socket } from 'node:net'
import { type FaultName, type Faults, openPassage } from './faulty-passage.ts'

export interface FaultProxy {
  readonly host: string
  readonly port: number
  /** From now on, on open connections and new ones; what is not named stays as it is. */
  impose(faults: Partial<Faults>): void
  /** Takes all faults back; what a stall held arrives now. */
  heal(): void
  /** Resets every open connection (RST) and answers how many there were. */
  reset(): number
  /** Connections accepted since the start. */
  accepted(): number
  /** Connections that are open now. */
  open(): number
  /** How often each fault has met something: a piece of traffic, or for reset and cut a connection. */
  fired(): Readonly<Record<FaultName, number>>
  stop(): Promise<void>
}

export interface FaultProxyNeeds {
  /** Asked for each new connection, so that a server may come up later or move. */
  readonly upstream: () => { readonly host: string; readonly port: number }
  /** Timers; the system's unless a test gives its own. */
  readonly after?: (ms: number, run: () => void) => void
}

/** Listens on a free port of the loopback. */
export const startFaultProxy = async ({ upstream, after = later }: FaultProxyNeeds): Promise<FaultProxy> => {
  let faults = harmless
  let accepted = 0
  const fired = { latency: 0, rate: 0, stall: 0, reset: 0, cut: 0 }
  const count = (fault: FaultName) => {
    fired[fault] += 1
  }
  const connections = new Set<Connection>()

  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1
    const backend = connect({ ...upstream(), allowHalfOpen: true })
    for (const socket of [client, backend]) socket.setNoDelay(true).on('error', () => undefined) // `close` follows
    backend.once('error', () => client.resetAndDestroy())
    const common = { faults: () => faults, after, fired: count }
    const cut = () => {
      count('cut')
      client.destroySoon() // what has passed still arrives
      backend.destroy()
    }
    const passages = [
      openPassage({ ...common, from: client, to: backend }),
      openPassage({ ...common, from: backend, to: client, cut }),
    ]
    const look = () => {
      for (const passage of passages) passage.look()
    }
    const connection: Connection = { client, backend, look }
    connections.add(connection)
    client.once('close', () => connections.delete(connection))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')

  const lookAgain = () => {
    for (const { look } of connections) look()
  }
  return {
    host,
    port: address.port,
    impose(changes) {
      faults = { ...faults, ...changes }
      lookAgain()
    },
    heal() {
      faults = harmless
      lookAgain()
    },
    reset() {
      const { size } = connections
      for (const { client, backend } of connections) {
        count('reset')
        client.resetAndDestroy()
        backend.destroy()
      }
      return size
    },
    accepted: () => accepted,
    open: () => connections.size,
    fired: () => ({ ...fired }),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const { client, backend } of connections) {
        client.destroy()
        backend.destroy()
      }
      await closed
    },
  }
}

interface Connection {
  readonly client: Socket
  readonly backend: Socket
  look(): void
}

const host = '127.0.0.1'

const harmless: Faults = {
  latencyMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  stalled: false,
  cutAfterBytes: Number.POSITIVE_INFINITY,
}

const later = (ms: number, run: () => void): void => {
  setTimeout(run, ms)
}
