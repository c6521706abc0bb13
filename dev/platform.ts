// What both `npm start` and `npm run stack` put below the Workers: Postgres, Redis, the two gateways, and tables up to date.
import { readDatabases } from '../src/runtime/database-config.ts'
import { Complaint } from './complaint.ts'
import { portOf, readDevFile } from './dev-file.ts'
import { hasJournal, type Migration, migrate } from './migrate.ts'
import { startNeonGateway } from './neon-gateway.ts'
import type { Nursery } from './nursery.ts'
import { freePort } from './ports.ts'
import { type Postgres, startPostgres, usePostgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { type RunningRedis, startRedis, useRedis } from './redis.ts'
import { startRedisGateway } from './redis-gateway.ts'
import { readSecrets, type Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import { startSiteverify } from './siteverify.ts'

export interface Platform {
  readonly postgres: Postgres
  readonly redis: RunningRedis
  readonly secrets: Secrets
  readonly databaseEndpoint: string
  readonly redisRestUrl: string
  /** What the Workers find in their environment; each takes what its configuration names. */
  readonly bindings: Readonly<Record<string, string>>
  stop(): Promise<void>
}

interface Needs {
  readonly settings: Pick<Settings, 'databaseUrl' | 'redisUrl'> & Partial<Pick<Settings, 'databases'>>
  readonly nursery: Nursery
  readonly progress: Progress
}

/** Starts it all; what it started before a failure is ended by the nursery. */
export const startPlatform = async ({ settings, nursery, progress }: Needs): Promise<Platform> => {
  const { folder } = nursery
  const before = readDevFile(folder)
  const secrets = readSecrets(folder)
  const about = (service: { readonly about: string }) => service.about
  const postgres = await progress.step(
    'Postgres',
    () =>
      settings.databaseUrl === null
        ? startPostgres(nursery, portOf(before?.databaseUrl))
        : usePostgres(settings.databaseUrl),
    about,
  )
  const databases = databasesAt({ ...settings.databases, DATABASE_URL: postgres.url })
  const redis = await progress.step(
    'Redis',
    () =>
      settings.redisUrl === null
        ? startRedis(nursery, portOf(before?.redisUrl))
        : useRedis(settings.redisUrl),
    about,
  )
  const [neon, upstash, siteverify] = await progress.step(
    'Gateways',
    async () =>
      [
        await startNeonGateway({
          databaseUrl: postgres.url,
          others: [...Object.values(databases.urls), ...Object.values(databases.readUrls)],
          port: await freePort(portOf(before?.databaseEndpoint)),
        }),
        await startRedisGateway({
          store: redis.store,
          token: secrets.redisToken,
          port: await freePort(portOf(before?.redisRestUrl)),
        }),
        await startSiteverify(),
      ] as const,
    ([sql, rest]) => `Neon HTTP on port ${sql.port}, Upstash REST on port ${rest.port}`,
  )
  await progress.step(
    'Tables',
    async () => {
      const applied: Migration[] = []
      for (const url of Object.values(databases.urls)) applied.push(...(await migrate(url)))
      return applied
    },
    (applied) => (hasJournal() ? `${applied.length} migrations applied` : 'there are no migrations yet'),
  )
  return {
    postgres,
    redis,
    secrets,
    databaseEndpoint: neon.endpoint,
    redisRestUrl: upstash.url,
    bindings: {
      ENVIRONMENT: 'local',
      ...settings.databases,
      DATABASE_URL: postgres.url,
      DATABASE_ENDPOINT: neon.endpoint,
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: secrets.redisToken,
      ROOT_KEY: secrets.rootKey,
      RECEIPT_KEY: secrets.receiptKey,
      WEBHOOK_KEY: secrets.webhookKey,
      // Cloudflare's published secret for tests: every challenge passes. 2x… fails and 3x… says "spent".
      TURNSTILE_SECRET: process.env['TURNSTILE_SECRET'] ?? '1x0000000000000000000000000000000AA',
      TURNSTILE_URL: `${siteverify.url}/siteverify`,
      EDGEPOLL_TEST_ADDRESSES: process.env['EDGEPOLL_TEST_ADDRESSES'] ?? '',
      EDGEPOLL_TEST_WEBHOOKS: process.env['EDGEPOLL_TEST_WEBHOOKS'] ?? '',
    },
    stop: async () => {
      await Promise.all([neon.stop(), upstash.stop(), siteverify.stop()])
      await redis.store.close()
    },
  }
}

/** @throws Complaint where what the environment says of databases does not fit together. */
const databasesAt = (variables: Readonly<Record<string, string>>) => {
  try {
    return readDatabases(variables)
  } catch (error) {
    throw new Complaint(error instanceof Error ? `${error.message}.` : String(error))
  }
}
