// Whether Upstash Redis answers.
import { Redis } from '@upstash/redis/cloudflare'
import type { HealthCheck } from '../application/ports.ts'

export const redisHealth = (config: { readonly url: string; readonly token: string }): HealthCheck => ({
  name: 'redis',
  check: async (signal) => {
    await new Redis({
      ...config,
      signal: () => signal,
      retry: false,
      enableTelemetry: false,
      enableAutoPipelining: false,
    }).ping()
  },
})
