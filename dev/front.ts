// What stands before the edges of a deployment: connections go to whichever edge is current, and stay where they are.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { host } from './ports.ts'

export interface Front {
  readonly url: string
  /** From now on new connections go there. */
  sendTo(edge: string): void
  /** Connections that have been opened to this edge and not ended. */
  open(edge: string): number
  /** Breaks what is open. */
  close(): Promise<void>
}

/** `first`: where connections go until told otherwise; on a free port unless said. */
export const startFront = async (first: string, port = 0): Promise<Front> => {
  let current = new URL(first)
  const open = new Map<string, number>()
  const sockets = new Set<Socket>()
  const count = (edge: string, by: number) => open.set(edge, (open.get(edge) ?? 0) + by)
  const server = createServer((near) => {
    const edge = current.port
    const far = connect(Number(edge), host)
    count(edge, 1)
    sockets.add(near)
    near.on('close', () => {
      count(edge, -1)
      sockets.delete(near)
      far.destroy()
    })
    far.on('close', () => near.destroy())
    // A broken connection is told to the other side by its close.
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, host, 4_096, resolve),
  )
  const bound = (server.address() as AddressInfo).port // it listens on a port
  return {
    url: `http://${host}:${bound}`,
    sendTo(edge) {
      current = new URL(edge)
    },
    open: (edge) => open.get(new URL(edge).port) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
