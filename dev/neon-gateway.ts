// Speaks Neon's HTTP protocol in front of an ordinary Postgres, so that the Workers run their real driver locally.
import type pg from 'pg'
import { type JsonServer, startJsonServer } from './json-server.ts'
import {
  type NeonCall,
  readCall,
  refuse,
  renderError,
  renderResult,
  type Statement,
} from './neon-protocol.ts'
import { openNeonSessions } from './neon-sessions.ts'

export interface NeonGateway extends JsonServer {
  /** For `neonConfig.fetchEndpoint`. */
  readonly endpoint: string
}

/** Neon takes about 10 MB; what would fail there fails here. */
const maxBytes = 10 * 1024 * 1024

export const startNeonGateway = async ({
  databaseUrl,
  others = [],
  port = 0,
}: {
  readonly databaseUrl: string
  /** Further servers: an address that names the host and port of one of them is for it. */
  readonly others?: readonly string[]
  readonly port?: number
}): Promise<NeonGateway> => {
  const sessions = openNeonSessions(databaseUrl, others)
  const server = await startJsonServer({
    port,
    maxBytes,
    refuse,
    handle: async (request) => {
      if (request.path !== '/sql')
        return refuse(404, `There is nothing at ${request.path}: the endpoint is /sql`)
      const call = readCall(request)
      if (typeof call === 'string') return refuse(400, call)
      try {
        const results = await sessions.borrow(call.connectionString, request.gone, (client) =>
          run(client, call),
        )
        const bodies = results.map((result) => renderResult(result, call.rowsAsArrays))
        return { status: 200, body: call.batch ? { results: bodies } : bodies[0] }
      } catch (error) {
        return renderError(error)
      }
    },
  })
  return {
    ...server,
    endpoint: `${server.url}/sql`,
    stop: async () => {
      await server.stop()
      await sessions.end()
    },
  }
}

const run = async (
  client: pg.PoolClient,
  { statements, batch, begin }: NeonCall,
): Promise<pg.QueryArrayResult[]> => {
  const results: pg.QueryArrayResult[] = []
  if (!batch) {
    for (const statement of statements) results.push(await execute(client, statement))
    return results
  }
  await client.query(begin)
  try {
    for (const statement of statements) results.push(await execute(client, statement))
    await client.query('commit')
    return results
  } catch (error) {
    // Without it the next borrower would find an aborted transaction. A session that cannot even do that is thrown away.
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

// Always the extended protocol, as Neon: two statements in one text are refused there too.
const execute = (client: pg.PoolClient, { text, values }: Statement): Promise<pg.QueryArrayResult> => {
  const query: ExtendedQuery = { text, values: [...values], rowMode: 'array', queryMode: 'extended' }
  return client.query(query)
}

// pg knows it, its types do not yet.
interface ExtendedQuery extends pg.QueryArrayConfig {
  readonly queryMode: 'extended'
}
