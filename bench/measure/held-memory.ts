// What a Worker holds: its heap and its buffers after a collection, which is what counts against its 128 MB. What the process has
// besides is garbage that nobody needed the room of yet, and the runtime itself.
import { attach } from './inspector.ts'

interface HeapUsage {
  readonly usedSize: number
  readonly embedderHeapUsedSize?: number
  readonly backingStorageSize?: number
}

/** The most that the Worker `worker` holds while `work` goes on, bytes; looked at five times a second at most, each time after
 *  a collection, which makes everything slower: no rate is to be read off the same work. */
export const mostHeldWhile = async (
  port: number,
  worker: string,
  work: () => Promise<unknown>,
): Promise<number> => {
  const session = await attach(port, worker)
  let most = 0
  let over = false
  const looking = (async () => {
    while (!over) {
      await session.ask('HeapProfiler.collectGarbage')
      // The protocol says so.
      const usage = (await session.ask('Runtime.getHeapUsage')) as unknown as HeapUsage
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage
      most = Math.max(most, usedSize + embedderHeapUsedSize + backingStorageSize)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })()
  try {
    await work()
  } finally {
    over = true
    await looking
    session.close()
  }
  return most
}
