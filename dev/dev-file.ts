// dev.json: what other programs and people need to know about the running platform.
import type { DataFolder } from './data-folder.ts'
import { readJson, writeJson } from './json-file.ts'

export interface DevFacts {
  /** The API. */
  readonly url: string
  /** Every edge; the first is `url`. */
  readonly edges: readonly string[]
  readonly dataFolder: string
  readonly rootKey: string
  /** Of the workspace "Dev", and a poll in it; absent only in a bare run. */
  readonly apiKey: string | null
  readonly demoPollId: string | null
  readonly databaseUrl: string
  /** As superuser; null when DATABASE_URL was given. */
  readonly databaseAdminUrl: string | null
  /** Null when it is in memory: then `redisRestUrl` is the only way to it. */
  readonly redisUrl: string | null
  readonly redisRestUrl: string
  readonly redisRestToken: string
  /** Neon's HTTP protocol in front of `databaseUrl`. */
  readonly databaseEndpoint: string
  /** Where versions of the Workers are published to; null unless the run was started for that. */
  readonly deployUrl: string | null
  /** The process that started everything else. */
  readonly run: number
  /** The others, by what they are: postgres, redis, workers or count and edge-1 … (each with its "-host"), wrangler. */
  readonly pids: Readonly<Record<string, number>>
}

/** What the last run wrote, or null; it may have ended since. */
export const readDevFile = (folder: DataFolder): DevFacts | null =>
  readJson(folder.devFile) as DevFacts | null // written below

export const writeDevFile = (folder: DataFolder, facts: DevFacts): void => writeJson(folder.devFile, facts)

/** The port of an address the last run used, so that this run asks for the same. */
export const portOf = (url: string | null | undefined): number | null => {
  const port = Number(URL.parse(url ?? '')?.port)
  return port > 0 ? port : null
}
