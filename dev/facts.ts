// Gathers what dev.json says of a run from what was started.
import type { DevFacts } from './dev-file.ts'
import type { Platform } from './platform.ts'

interface Needs {
  readonly dataFolder: string
  readonly edges: readonly string[]
  readonly platform: Platform
  readonly workspace: Pick<DevFacts, 'apiKey' | 'demoPollId'>
  readonly pids: Readonly<Record<string, number>>
  readonly deployUrl?: string | null
}

export const factsOf = (needs: Needs): DevFacts => {
  const { dataFolder, edges, platform, workspace, pids, deployUrl = null } = needs
  const { postgres, redis, secrets, databaseEndpoint, redisRestUrl } = platform
  return {
    url: edges[0] ?? '',
    edges,
    dataFolder,
    rootKey: secrets.rootKey,
    ...workspace,
    databaseUrl: postgres.url,
    databaseAdminUrl: postgres.adminUrl,
    redisUrl: redis.url,
    redisRestUrl,
    redisRestToken: secrets.redisToken,
    databaseEndpoint,
    deployUrl,
    run: process.pid,
    pids: {
      ...pids,
      ...(postgres.pid === null ? {} : { postgres: postgres.pid }),
      ...(redis.pid === null ? {} : { redis: redis.pid }),
    },
  }
}
