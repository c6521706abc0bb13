// A Redis behind the Upstash-REST gateway for the tests of one file, with every command counted: a real one where
// redis-server is found, and the one in memory.
import { Redis } from '@upstash/redis/cloudflare'
import { afterAll, beforeAll } from 'vitest'
import type { JsonServer } from '../../dev/json-server.ts'
import { hasRedisServer, startRedis } from '../../dev/redis.ts'
import { startRedisGateway } from '../../dev/redis-gateway.ts'
import { openRedisInMemory, type RedisStore } from '../../dev/redis-store.ts'
import { aDataFolder, type TemporaryFolder } from '../dev/data-folder.ts'

export interface TestRedis {
  /** As the edge's: no retries, nothing gathered. */
  readonly client: Redis
  readonly address: { readonly url: string; readonly token: string }
  /** Commands that reached Redis so far. */
  commands(): number
  /** While it is set Redis neither answers nor refuses. */
  stall(stalled: boolean): void
}

export type RedisKind = 'redis-server' | 'in memory'

/** What can be tested here; says what cannot. */
export const redisKinds = (what: string): readonly RedisKind[] => {
  if (hasRedisServer()) return ['redis-server', 'in memory']
  console.log(
    `Skipped: ${what} on a real Redis, because redis-server is not on PATH. In memory it is tested.`,
  )
  return ['in memory']
}

/** Call it once a `describe`. Its members may be used from the first test on. */
export const withRedis = (kind: RedisKind): TestRedis => {
  const token = 'a token for this test'
  let folder: TemporaryFolder | null = null
  let store: RedisStore | null = null
  let gateway: JsonServer | null = null
  let client: Redis | null = null
  let count = 0
  let stalled = false
  beforeAll(async () => {
    if (kind === 'redis-server') folder = aDataFolder()
    store = folder === null ? openRedisInMemory() : (await startRedis(folder.nursery)).store
    const { send, together } = store
    const counted = async (command: readonly string[]) => {
      count++
      if (stalled) await new Promise(() => undefined)
      return send(command)
    }
    gateway = await startRedisGateway({
      token,
      store: { send: counted, together, close: async () => undefined },
    })
    client = new Redis({
      url: gateway.url,
      token,
      retry: false,
      enableTelemetry: false,
      enableAutoPipelining: false,
    })
  }, 60_000)
  afterAll(async () => {
    await gateway?.stop()
    await store?.close()
    await folder?.remove()
  }, 30_000)
  return {
    get client() {
      if (client === null) throw new Error('Redis is there from the first test on')
      return client
    },
    get address() {
      if (gateway === null) throw new Error('Redis is there from the first test on')
      return { url: gateway.url, token }
    },
    commands: () => count,
    stall: (now) => {
      stalled = now
    },
  }
}
