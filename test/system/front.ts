// What stands before the edges of a deployment: connections go to whichever edge is current, and stay where they are.
import { type AddressInfo, connect, createServer } from 'node:net'
import { host } from '../../dev/ports.ts'

export interface Front {
  readonly url: string
  /** From now on new connections go there. */
  sendTo(edge: string): void
  /** Connections that have been opened to this edge and not ended. */
  open(edge: string): number
  close(): Promise<void>
}

export const startFront = async (first: string): Promise<Front> => {
  let current = new URL(first)
  const open = new Map<string, number>()
  const count = (port: string, by: number) => open.set(port, (open.get(port) ?? 0) + by)
  const server = createServer((near) => {
    const { port } = current
    const far = connect(Number(port), host)
    count(port, 1)
    near.on('close', () => {
      count(port, -1)
      far.destroy()
    })
    far.on('close', () => near.destroy())
    // A broken connection is told to the other side by its close.
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, host, 4_096, resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    url: `http://${host}:${port}`,
    sendTo(edge) {
      current = new URL(edge)
    },
    open: (edge) => open.get(new URL(edge).port) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}
