// The one way to Postgres: drizzle over Neon's HTTP driver, each statement stoppable and its errors opaque.
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http'
import { archiveError } from './postgres-error.ts'

export interface Database {
  /** Runs one statement, a round trip. Rejects with `ArchiveUnavailable`, `ArchiveRejected`, or the signal's reason
   *  once it is aborted; an aborted statement may still have been carried out. */
  run<Answer>(statement: Statement<Answer>, signal: AbortSignal): Promise<Answer>
}

export type Statement<Answer> = (postgres: NeonHttpDatabase) => PromiseLike<Answer>

export interface DatabaseConfig {
  /** `postgresql://user:password@host/database` */
  readonly url: string
  /** Where the driver posts its SQL; empty: Neon's own endpoint, derived from `url`. */
  readonly endpoint: string
}

export const openDatabase = ({ url, endpoint }: DatabaseConfig): Database => {
  neonConfig.fetchFunction = fetchFrom
  return {
    run: async (statement, signal) => {
      signal.throwIfAborted()
      try {
        return await statement(drizzle({ client: neon(url, { fetchOptions: { signal, endpoint } }) }))
      } catch (error) {
        signal.throwIfAborted()
        throw archiveError(error)
      }
    },
  }
}

/** The driver's only setting for an endpoint is global, so that the last client opened would decide for all. Fetch
 *  options are each client's own; so the endpoint travels among them and is taken out here. */
const fetchFrom = (
  neonEndpoint: string,
  { endpoint, ...init }: RequestInit & { readonly endpoint?: string },
) => fetch(endpoint || neonEndpoint, init)
