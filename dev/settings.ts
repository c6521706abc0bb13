// What a person may decide through the environment, read and checked once.
import { dirname, resolve } from 'node:path'
import { optionalSecrets } from '../src/runtime/database-config.ts'
import { Complaint } from './complaint.ts'

/** The root of the clone: where the configurations of the Workers and node_modules are. */
export const projectRoot = dirname(import.meta.dirname)

export interface Settings {
  /** EDGEPOLL_DATA, absolute. */
  readonly dataFolder: string
  /** PORT: the only port a person chooses. */
  readonly port: number
  /** DATABASE_URL: a Postgres that is used instead of the embedded one. */
  readonly databaseUrl: string | null
  /** DATABASE_URLS and what else is said of databases, as the Workers read it; only what is set. */
  readonly databases: Readonly<Record<string, string>>
  /** REDIS_URL: a Redis that is used instead of the one found on PATH or in memory. */
  readonly redisUrl: string | null
}

/** What a run takes from the environment as it is. */
const databaseNames = [...optionalSecrets, 'DATABASE_PINS'] as const

type Environment = Readonly<Record<string, string | undefined>>

/** @throws Complaint naming the variable and what it should look like. */
export const readSettings = (env: Environment = process.env, root = projectRoot): Settings => ({
  dataFolder: resolve(root, given(env, 'EDGEPOLL_DATA') ?? '.edgepoll'),
  port: readPort(given(env, 'PORT') ?? '8787', 'PORT'),
  databaseUrl: readUrl(
    env,
    'DATABASE_URL',
    /^postgres(ql)?:$/,
    'postgres://user:password@host:5432/database',
  ),
  databases: Object.fromEntries(
    databaseNames.flatMap((name) => {
      const text = given(env, name)
      return text === undefined ? [] : [[name, text]]
    }),
  ),
  redisUrl: readUrl(env, 'REDIS_URL', /^rediss?:$/, 'redis://host:6379'),
})

/** @throws Complaint when `text` is not the number of a port; `name` is how a person knows it. */
export const readPort = (text: string, name: string): number => {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new Complaint(
    `${name}=${text} is not a port: give a number from 1 to 65535, for example ${name}=8787.`,
  )
}

// An empty variable is how shells and CI files say "not set".
const given = (env: Environment, name: string) => env[name] || undefined

const readUrl = (env: Environment, name: string, protocol: RegExp, example: string): string | null => {
  const text = given(env, name)
  if (text === undefined) return null
  const url = URL.parse(text)
  const whole = url !== null && protocol.test(url.protocol) && url.hostname !== ''
  // Neon's driver refuses an address without user and database, later and less clearly.
  if (whole && (name !== 'DATABASE_URL' || (url.username !== '' && url.pathname.length > 1))) return text
  throw new Complaint(`${name} is not an address of the form ${example}: correct it or unset it.`)
}
