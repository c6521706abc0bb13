// drizzle over Neon's HTTP driver, as one request uses it.
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http'
import type { DatabaseConfig } from './database.ts'

export { archiveError } from './postgres-error.ts'

/** Postgres for one statement, which `signal` stops. */
export const postgresOf = ({ url, endpoint }: DatabaseConfig, signal: AbortSignal): NeonHttpDatabase =>
  drizzle({ client: neon(url, { fetchOptions: { signal, endpoint } }) })

/** The driver's only setting for an endpoint is global, so that the last client opened would decide for all. Fetch
 *  options are each client's own; so the endpoint travels among them and is taken out here. */
const fetchFrom = (
  neonEndpoint: string,
  { endpoint, ...init }: RequestInit & { readonly endpoint?: string },
) => fetch(endpoint || neonEndpoint, init)

neonConfig.fetchFunction = fetchFrom
