// Free ports on this machine.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import getPort from 'get-port'
import { portInUse } from './complaint.ts'

export const host = '127.0.0.1'

/** A free port; `preferred` (the one of the run before) when it is free, so that addresses a person noted down stay right. */
export const freePort = (preferred?: number | null): Promise<number> =>
  getPort({ port: [...(preferred ? [preferred] : []), ...drawn()], host })

/** Below the ports that systems give to connections that go out: one of those may be gone again before it is listened on. */
const drawn = (): readonly number[] => Array.from({ length: 20 }, () => randomInt(10_000, 32_000))

/** @throws Complaint when `port` cannot be listened on. */
export const requirePort = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', () => reject(portInUse(port)))
    probe.listen(port, host, () => probe.close(() => resolve()))
  })

/** `count` free ports in a row upwards of `first`, which must itself be free; a taken one is skipped. */
export const portsFrom = async (first: number, count: number): Promise<readonly number[]> => {
  await requirePort(first)
  const ports = [first]
  for (let port = first + 1; ports.length < count && port <= 65_535; port += 1) {
    if ((await getPort({ port, host })) === port) ports.push(port)
  }
  return ports
}
