// The two gateways that the Workers of a stack ask for Postgres and Redis, each behind a fault proxy.
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

export interface FaultyStores {
  /** In front of Neon's HTTP protocol. */
  readonly postgres: FaultProxy
  /** In front of Upstash's REST protocol. */
  readonly redis: FaultProxy
  /** What `startStack` takes: sends the Workers through the proxies. */
  detour(bindings: Readonly<Record<string, string>>): Readonly<Record<string, string>>
  stop(): Promise<void>
}

export const faultyStores = async (): Promise<FaultyStores> => {
  const upstreams = { postgres: nowhere, redis: nowhere }
  const postgres = await startFaultProxy({ upstream: () => upstreams.postgres })
  const redis = await startFaultProxy({ upstream: () => upstreams.redis })
  return {
    postgres,
    redis,
    detour: ({ DATABASE_ENDPOINT = '', UPSTASH_REDIS_REST_URL = '' }) => {
      upstreams.postgres = addressOf(DATABASE_ENDPOINT)
      upstreams.redis = addressOf(UPSTASH_REDIS_REST_URL)
      return {
        DATABASE_ENDPOINT: through(postgres, DATABASE_ENDPOINT),
        UPSTASH_REDIS_REST_URL: through(redis, UPSTASH_REDIS_REST_URL),
      }
    },
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()])
    },
  }
}

/** The same address, by way of the proxy. */
export const through = ({ host, port }: Pick<FaultProxy, 'host' | 'port'>, address: string): string => {
  const url = new URL(address)
  // Only a URL of a special scheme lets its whole host be set: postgres: is none.
  url.hostname = host
  url.port = String(port)
  return url.href.replace(/\/$/, '')
}

export const addressOf = (address: string) => {
  const { hostname, port } = new URL(address)
  return { host: hostname, port: Number(port) }
}

const nowhere = { host: '127.0.0.1', port: 1 }
