// What the doctor asks beyond the configurations, as far as it is given the means.
import type { Migration } from '../../dev/migrate.ts'
import type { Variables } from './check-variables.ts'

export interface World {
  /** The environment variables of the shell: tokens and secrets, as many as there are. */
  readonly given: Variables
  readonly now: () => number
  readonly fetch: typeof fetch
  /** What a Postgres lacks of migrations/. */
  readonly pending: (databaseUrl: string) => Promise<readonly Migration[]>
}

/** One question over HTTP, for at most ten seconds. @throws where nobody answers. */
export const ask = (world: World, url: string, init: RequestInit = {}): Promise<Response> =>
  world.fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })

/** Why something could not be asked, for a person. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
