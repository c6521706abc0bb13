// The Postgres of a run: an embedded one with its data in the data folder, or the one that DATABASE_URL names.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Child, describeExit } from './child.ts'
import { postgresFailed, postgresUnreachable } from './complaint.ts'
import { freshLog } from './data-folder.ts'
import type { Nursery } from './nursery.ts'
import { freePort, host } from './ports.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'
import { ensureDatabase, makeCluster, owner, superuser } from './postgres-cluster.ts'
import { endOrphanPostgres } from './postgres-orphan.ts'
import { postgresUser } from './postgres-user.ts'

export interface Postgres {
  /** For Workers, migrations and people. */
  readonly url: string
  /** For what needs a superuser; null when the server is not ours. */
  readonly adminUrl: string | null
  readonly pid: number | null
  readonly about: string
}

// Replaying a long log after kill -9 takes its time.
const startMs = 60_000
// After kill -9 the sessions of the old server need a moment to notice; until then the new one refuses.
const refusedMs = 10_000
// That, or somebody was quicker with the port.
const passing = /shared memory block|lock file "postmaster.pid"|could not bind/

/** Starts the embedded Postgres as a child of `nursery`. @throws Complaint when it cannot. */
export const startPostgres = async (nursery: Nursery, preferredPort?: number | null): Promise<Postgres> => {
  const cluster = nursery.folder.postgres
  const binaries = findPostgresBinaries()
  const user = postgresUser(cluster, [binaries.initdb, binaries.postgres])
  const endedOrphan = await endOrphanPostgres(cluster)
  await makeCluster(cluster, binaries, user)
  const settings = [
    ...['-D', cluster, '-h', host],
    // A path for a socket may be too long or closed to the user we run as; everything here speaks TCP.
    ...['-c', 'unix_socket_directories=', '-c', 'timezone=UTC', '-c', 'log_timezone=UTC'],
    ...(binaries.hasStatementStatistics ? ['-c', 'shared_preload_libraries=pg_stat_statements'] : []),
  ]
  const logFile = freshLog(nursery.folder, 'postgres')
  const until = Date.now() + refusedMs
  for (let preferred = preferredPort; ; preferred = null) {
    const port = await freePort(preferred)
    const child = await nursery
      .start({
        name: 'Postgres',
        ...user.order(binaries.postgres, [...settings, '-p', String(port)]),
        cwd: '/',
        logFile,
        endWith: 'SIGINT',
        graceMs: 15_000,
      })
      .catch((error: unknown) => Promise.reject(postgresFailed(String(error))))
    const refusal = await untilReady(child, port, cluster)
    if (refusal === null) {
      await ensureDatabase(host, port, binaries)
      nursery.watch(child)
      const after = endedOrphan ? ', after stopping the one a killed run had left' : ''
      return {
        url: urlOf(owner, port),
        adminUrl: urlOf({ ...superuser, database: owner.database }, port),
        pid: child.pid,
        about: `embedded, on port ${port}${after}`,
      }
    }
    if (!passing.test(refusal) || Date.now() > until) throw postgresFailed(refusal)
    await pause(200)
  }
}

/** Looks whether somebody else's Postgres answers. @throws Complaint naming DATABASE_URL. */
export const usePostgres = async (url: string): Promise<Postgres> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    )
    return { url, adminUrl: null, pid: null, about: `yours (DATABASE_URL), version ${rows[0]?.version}` }
  } catch (error) {
    throw postgresUnreachable(url, error instanceof Error ? error.message || error.name : String(error))
  } finally {
    await client.end().catch(() => undefined)
  }
}

const urlOf = (who: { user: string; password: string; database: string }, port: number) =>
  `postgres://${who.user}:${who.password}@${host}:${port}/${who.database}`

// Null when it accepts sessions, else why it ended or did not come up.
const untilReady = async (child: Child, port: number, cluster: string): Promise<string | null> => {
  const until = Date.now() + startMs
  let exit: string | null = null
  void child.exited.then((how) => {
    exit = describeExit(how)
  })
  while (Date.now() < until) {
    if (exit !== null) return child.lastLines(4).join(' ').trim() || exit
    if (await accepts(port, cluster)) return null
    await pause(50)
  }
  return `it did not answer within ${startMs / 1000} s; its log is in ${join('logs', 'postgres.log')}`
}

// Another clone has the same passwords: ask whose data it is before anything is changed in it.
const accepts = async (port: number, cluster: string): Promise<boolean> => {
  const client = new pg.Client({ host, port, ...superuser, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return rows[0]?.data_directory === cluster
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
