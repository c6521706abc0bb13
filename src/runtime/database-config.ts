// The variables that name the archive's databases, and what they say together. Read by the Workers, by migrations and by the
// operator's commands alike.
import * as z from 'zod'
import { type DatabasesConfig, directoryName } from '../archive/databases.ts'

const address = z.url({ protocol: /^postgres(ql)?$/ })

/** JSON text of an object, which may be missing or empty. */
const mapOf = (key: RegExp, keys: string, value: z.ZodType<string>, example: string) =>
  z
    .string()
    .default('')
    .transform((text, context): Readonly<Record<string, string>> => {
      const wrong = (message: string) => {
        context.addIssue({ code: 'custom', message })
        return z.NEVER
      }
      const parsed = z.record(z.string(), z.string()).safeParse(text === '' ? {} : jsonOf(text))
      if (!parsed.success) return wrong(`is not JSON like ${example}`)
      for (const [name, each] of Object.entries(parsed.data)) {
        if (!key.test(name)) return wrong(`has a name that is none: ${keys}`)
        if (!value.safeParse(each).success)
          return wrong(`has nothing of use for ${name}: write it like ${example}`)
      }
      return parsed.data
    })

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const name = /^[a-z][a-z0-9-]{0,30}$/
const names = 'a database has lower-case letters, digits and dashes'
const addresses = '{"north":"postgresql://user:password@host/database"}'

export const databaseVariables = {
  /** The database `main`, which is the directory too. */
  DATABASE_URL: address,
  /** Databases beside it, over which workspaces are spread. */
  DATABASE_URLS: mapOf(name, names, address, addresses),
  /** A read replica of `main`, and of the others. */
  DATABASE_READ_URL: z.union([z.literal(''), address]).default(''),
  DATABASE_READ_URLS: mapOf(name, names, address, addresses),
  /** Workspaces that lie in a database whatever their hash says. */
  DATABASE_PINS: mapOf(
    /^ws_[0-9a-z]+$/,
    'a workspace is ws_…; its tests lie with it',
    z.string().regex(name),
    '{"ws_…":"main"}',
  ),
  DATABASE_ENDPOINT: z.string().default(''),
}

/** Secrets that may be missing, of whichever Worker has `DATABASE_URL`. */
export const optionalSecrets = ['DATABASE_URLS', 'DATABASE_READ_URL', 'DATABASE_READ_URLS'] as const

export type DatabaseVariables = z.output<z.ZodObject<typeof databaseVariables>>

/** Says what is wrong with the variables together. Each is judged where the others are wrong too, so that nothing here may rely
 *  on what they are. */
export const judgeDatabases = (config: Partial<DatabaseVariables>, context: z.RefinementCtx): void => {
  const { DATABASE_URL = '', DATABASE_URLS: urls, DATABASE_READ_URLS: readUrls, DATABASE_PINS: pins } = config
  const wrong = (variable: string, message: string) =>
    context.addIssue({ code: 'custom', path: [variable], message })
  if (!isMap(urls)) return
  if (directoryName in urls)
    wrong(
      'DATABASE_URLS',
      `names ${directoryName}, which is the database of DATABASE_URL: give it there only`,
    )
  const known = [directoryName, ...Object.keys(urls)]
  const places = new Map<string, string>()
  for (const [name, url] of [[directoryName, DATABASE_URL] as const, ...Object.entries(urls)]) {
    const place = placeOf(url)
    const other = places.get(place)
    if (place !== '' && other !== undefined && other !== name)
      wrong('DATABASE_URLS', `has one database as ${other} and as ${name}: give each a database of its own`)
    places.set(place, name)
  }
  if (isMap(readUrls))
    for (const name of Object.keys(readUrls)) {
      if (name === directoryName && config.DATABASE_READ_URL)
        wrong(
          'DATABASE_READ_URLS',
          `names ${name}, whose replica DATABASE_READ_URL has: give it in one of them`,
        )
      if (!known.includes(name))
        wrong(
          'DATABASE_READ_URLS',
          `has a replica of ${name}, which is none of ${known.join(', ')}: add it to DATABASE_URLS`,
        )
    }
  if (isMap(pins))
    for (const [workspaceId, name] of Object.entries(pins))
      if (!known.includes(name))
        wrong(
          'DATABASE_PINS',
          `pins ${workspaceId} to ${name}, which is none of ${known.join(', ')}: add it to DATABASE_URLS or pin to one of these`,
        )
}

const isMap = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null

/** Where a database is, whoever asks it: two names for one place are a mistake. */
const placeOf = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed === null ? '' : `${parsed.host}${parsed.pathname}`
}

export const databasesOf = (config: DatabaseVariables): DatabasesConfig => ({
  urls: { [directoryName]: config.DATABASE_URL, ...config.DATABASE_URLS },
  readUrls: {
    ...(config.DATABASE_READ_URL !== '' && { [directoryName]: config.DATABASE_READ_URL }),
    ...config.DATABASE_READ_URLS,
  },
  pins: config.DATABASE_PINS,
  endpoint: config.DATABASE_ENDPOINT,
})

/** What an environment says of databases. @throws Error that says what is wrong with it, and shows no value. */
export const readDatabases = (env: object): DatabasesConfig => {
  const read = z.object(databaseVariables).superRefine(judgeDatabases).safeParse(env)
  if (read.success) return databasesOf(read.data)
  throw new Error(read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '))
}

/** Addresses by name, `main` first. @throws as `readDatabases`. */
export const databaseAddresses = (env: object): Readonly<Record<string, string>> => readDatabases(env).urls
