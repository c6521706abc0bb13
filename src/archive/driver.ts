// drizzle over Neon's HTTP driver, as one request uses it.
import { type NeonQueryFunction, type NeonQueryPromise, neon, neonConfig } from '@neondatabase/serverless'
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http'
import type { Condition, DatabaseConfig } from './database.ts'

export { archiveError } from './postgres-error.ts'

/** Postgres for one statement, which `signal` stops. */
export const postgresOf = (
  { url, endpoint, statementMs, replayed }: DatabaseConfig & Condition,
  signal: AbortSignal,
): NeonHttpDatabase => {
  const client = neon(url, { fetchOptions: { signal, endpoint } })
  if (statementMs === undefined && replayed === undefined) return drizzle({ client })
  return drizzle({ client: preceded(client, termsOf(client, { statementMs, replayed })) })
}

type Client = NeonQueryFunction<false, false>
type Query = NeonQueryPromise<boolean, boolean>
type Options = Parameters<Client['query']>[2]

/** The end of a statement holds in its transaction only: behind a pooler a session is everybody's. A replica that has not
 *  come so far is told to wait for something that is no time, so that Postgres refuses before the statement begins. */
const termsOf =
  (client: Client, { statementMs = 0, replayed }: Pick<DatabaseConfig, 'statementMs'> & Condition) =>
  (options: Options): Query =>
    replayed === undefined
      ? client.query(`select set_config('statement_timeout', $1, true)`, [String(statementMs)], options)
      : client.query(
          `select set_config('statement_timeout', case when pg_last_wal_replay_lsn() >= $2::pg_lsn then $1 else 'behind' end, true)`,
          [String(statementMs), replayed],
          options,
        )

/** The same client, whose every call is a transaction that begins with the terms: Neon takes it in one round trip. */
const preceded = (client: Client, terms: (options: Options) => Query): Client => {
  const query = (text: string, params: unknown[], options: Options) => {
    const own = client.query(text, params, options)
    // Not begun before somebody waits for it: as a part of a batch it never is.
    return {
      own,
      // biome-ignore lint/suspicious/noThenProperty: drizzle awaits what the driver would give it, which is lazy like this
      then: (...then: Parameters<Query['then']>) =>
        client
          .transaction([terms(options), own] as never, options as never) // the types know one mode for all
          .then((results: readonly unknown[]) => results[1])
          .then(...(then as [])),
    }
  }
  const transaction = async (queries: readonly { readonly own: Query }[], options: Options) => {
    const all = [terms(options), ...queries.map(({ own }) => own)]
    const results: readonly unknown[] = await client.transaction(all as never, options as never) // as above
    return results.slice(1)
  }
  // All that drizzle uses of the driver's client.
  return { query, transaction } as unknown as Client
}

/** The driver's only setting for an endpoint is global, so that the last client opened would decide for all. Fetch
 *  options are each client's own; so the endpoint travels among them and is taken out here. */
const fetchFrom = (
  neonEndpoint: string,
  { endpoint, ...init }: RequestInit & { readonly endpoint?: string },
) => fetch(endpoint || neonEndpoint, init)

neonConfig.fetchFunction = fetchFrom
