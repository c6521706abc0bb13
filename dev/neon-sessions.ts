// The sessions with Postgres behind the Neon gateway: a pool a role and database, so that a Worker is whoever its address says.
import pg from 'pg'

export interface NeonSessions {
  /** Runs `work` on a session of its own. A session whose caller has gone, or that took too long, is thrown away. */
  borrow<T>(
    connectionString: string,
    gone: AbortSignal,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T>
  end(): Promise<void>
}

/** As many sessions as wait behind one Neon proxy, well under the 100 Postgres allows. */
const maxSessions = 40
/** Answer quickly when there is none to have: the Worker's own deadline is near. */
const waitMs = 2_000
/** No statement of ours runs that long; a stalled server must not keep a request for ever. */
const limitMs = 60_000

// Everything stays as Postgres wrote it.
const types = { getTypeParser: () => (value: string) => value }

export const openNeonSessions = (databaseUrl: string, others: readonly string[] = []): NeonSessions => {
  const pools = new Map<string, pg.Pool>()
  const poolFor = (connectionString: string): pg.Pool => {
    const server = others.find((other) => new URL(other).host === URL.parse(connectionString)?.host)
    const address = behind(server ?? databaseUrl, connectionString)
    const known = pools.get(address)
    if (known !== undefined) return known
    const pool = new pg.Pool({
      connectionString: address,
      max: maxSessions,
      connectionTimeoutMillis: waitMs,
      types,
      keepAlive: true,
    })
    // An idle session that breaks is replaced at the next use; of one that is lent out the borrower's statement tells. Both
    // say so once more as an event, which ends the process where nobody listens.
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    pools.set(address, pool)
    return pool
  }
  return {
    async borrow(connectionString, gone, work) {
      const client = await poolFor(connectionString).connect()
      if (gone.aborted) {
        // It left while it waited for a session; nothing has been asked on it.
        client.release()
        throw new Error('the caller has gone')
      }
      const stopped = Promise.withResolvers<never>()
      stopped.promise.catch(() => undefined)
      const stop = (reason: string) => () => stopped.reject(new Error(reason))
      const limit = setTimeout(stop(`no answer within ${limitMs / 1000} s`), limitMs)
      const left = stop('the caller has gone')
      gone.addEventListener('abort', left)
      let broken: Error | undefined = new Error('the session is in an unknown state')
      try {
        const result = await Promise.race([work(client), stopped.promise])
        broken = leftOpen(client)
        return result
      } catch (error) {
        // After an error of Postgres the session is as good as before.
        if (error instanceof pg.DatabaseError && error.severity !== 'FATAL') broken = leftOpen(client)
        throw error
      } finally {
        clearTimeout(limit)
        gone.removeEventListener('abort', left)
        client.release(broken)
      }
    },
    end: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}

// Somebody posted a bare "begin": the next borrower must not land in that transaction.
const leftOpen = (client: pg.PoolClient): Error | undefined =>
  client.getTransactionStatus() === 'I' ? undefined : new Error('a transaction was left open')

/** The server of `databaseUrl`, as the user and with the database of `connectionString`. */
export const behind = (databaseUrl: string, connectionString: string): string => {
  const [target, asked] = [new URL(databaseUrl), new URL(connectionString)]
  target.username = asked.username
  target.password = asked.password
  target.pathname = asked.pathname
  return target.href
}
