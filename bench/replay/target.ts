// Which server is spoken to: what the command line says, else what the running platform wrote to dev.json.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Target {
  readonly url: string
  readonly apiKey: string
  /** Null: nobody said where Postgres is. */
  readonly databaseUrl: string | null
}

export interface TargetOptions {
  readonly url?: string
  readonly key?: string
  readonly databaseUrl?: string
}

/** Where the platform keeps its data, and its facts in dev.json. */
export const dataFolder = ({ EDGEPOLL_DATA } = process.env): string => EDGEPOLL_DATA || '.edgepoll'

/** Reads the target anew at each call: after a restart the server may be at another port. */
export const readTarget = (options: TargetOptions): Target => {
  const facts = readFacts()
  const url = options.url ?? facts.url
  const apiKey = options.key ?? facts.apiKey
  if (url === undefined)
    throw new Error(`Nothing runs here: start it with npm start, or give --url and --key.`)
  if (apiKey === undefined) throw new Error('There is no API key: give one with --key.')
  // A database that belongs to another server's polls must not be compared with this one's.
  const databaseUrl = options.databaseUrl ?? (options.url === undefined ? facts.databaseUrl : undefined)
  return { url: url.replace(/\/+$/, ''), apiKey, databaseUrl: databaseUrl ?? null }
}

interface DevFacts {
  readonly url?: string
  readonly apiKey?: string
  readonly databaseUrl?: string
}

const readFacts = (): DevFacts => {
  try {
    return JSON.parse(readFileSync(join(dataFolder(), 'dev.json'), 'utf8')) as DevFacts // written by dev/
  } catch {
    return {}
  }
}
