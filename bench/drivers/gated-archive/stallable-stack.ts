// The stack in this process with everything behind the boxes at the end of a wire that can be stalled.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { hashOf } from '../../../dev/bundles.ts'
import { type Stack, startStack } from '../../../dev/stack.ts'
import { type FaultProxy, startFaultProxy } from '../../../test/support/fault-proxy.ts'
import { faultyStores } from '../../../test/support/faulty-stores.ts'
import { bundleWorker } from '../bundle.ts'

export interface StallableStack {
  readonly stack: Stack
  /** `stalled: true` on one of them, and it says nothing until it is healed. */
  readonly wires: Readonly<Record<Dependency, FaultProxy>>
  stop(): Promise<void>
}

export type Dependency = 'Redis' | 'Postgres' | 'the queue consumer'

export const startStallableStack = async (dataFolder: string): Promise<StallableStack> => {
  const stores = await faultyStores()
  const open = createServer((_, response) => response.writeHead(204).end())
  await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve))
  const address = open.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  const gate = await startFaultProxy({ upstream: () => ({ host: '127.0.0.1', port: address.port }) })
  const stack = await startStack({
    dataFolder,
    detour: stores.detour,
    instead: async (folder) => {
      const path = await bundleWorker(join(import.meta.dirname, 'archive.ts'), folder, 'gated-archive')
      return { archive: { path, sha256: hashOf(path) ?? '' } }
    },
    bindings: { archive: { BENCH_GATE: `http://${gate.host}:${gate.port}/` } },
  })
  return {
    stack,
    wires: { Redis: stores.redis, Postgres: stores.postgres, 'the queue consumer': gate },
    stop: async () => {
      await stack.stop()
      await Promise.all([stores.stop(), gate.stop()])
      open.close()
    },
  }
}
