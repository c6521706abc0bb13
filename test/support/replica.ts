// A real replica of a test's Postgres: its files copied while it runs, kept up by streaming, and held back when a test says so.
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { freshLog, openDataFolder } from '../../dev/data-folder.ts'
import { type NeonGateway, startNeonGateway } from '../../dev/neon-gateway.ts'
import { freePort, host } from '../../dev/ports.ts'
import { findPostgresBinaries } from '../../dev/postgres-binaries.ts'
import { superuser } from '../../dev/postgres-cluster.ts'
import { postgresUser } from '../../dev/postgres-user.ts'
import { nurseryFor, type TestPostgres } from './postgres.ts'

export interface TestReplica {
  /** As the owner of the tables. */
  readonly url: string
  /** Where a gateway takes SQL for the primary and for this. */
  readonly endpoint: string
  /** From now on nothing that the primary writes is seen here. */
  hold(): Promise<void>
  /** Goes on, and answers when all is seen that the primary has written. */
  catchUp(): Promise<void>
  /** How many statements with these words it has begun since it was started. */
  asked(words: string): Promise<number>
  stop(): Promise<void>
}

/** Call it once, after `withPostgres`, at the top of a test file. */
export const withReplica = (primary: TestPostgres): TestReplica => {
  let started: Started | null = null
  let gateway: NeonGateway | null = null
  beforeAll(async () => {
    started = await startReplica(primary)
    gateway = await startNeonGateway({ databaseUrl: primary.url, others: [started.url] })
  }, 60_000)
  afterAll(async () => {
    await gateway?.stop()
    await started?.remove()
  }, 30_000)
  const there = (): Started => {
    if (started === null) throw new Error('the replica is there from the first test on')
    return started
  }
  return {
    get url() {
      return there().url
    },
    get endpoint() {
      return gateway?.endpoint ?? ''
    },
    hold: async () => {
      await there().ask('select pg_wal_replay_pause()')
      await until(
        async () => (await there().ask('select pg_get_wal_replay_pause_state() as is'))[0]?.is === 'paused',
      )
    },
    catchUp: async () => {
      await there().ask('select pg_wal_replay_resume()')
      const [now] = await primary.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')
      await until(
        async () =>
          (await there().ask(`select pg_last_wal_replay_lsn() >= '${now?.lsn}'::pg_lsn as is`))[0]?.is ===
          true,
      )
    },
    asked: async (words) =>
      Number(
        (
          await there().ask(
            `select coalesce(sum(calls), 0) as is from pg_stat_statements
             where strpos(query, '${words}') > 0 and strpos(query, 'pg_stat_statements') = 0`,
          )
        )[0]?.is,
      ),
    stop: () => there().stop(),
  }
}

interface Started {
  readonly url: string
  ask(text: string): Promise<readonly { readonly is?: unknown }[]>
  stop(): Promise<void>
  remove(): Promise<void>
}

const startReplica = async (primary: TestPostgres): Promise<Started> => {
  const root = await mkdtemp(join(tmpdir(), 'edgepoll-replica-'))
  await chmod(root, 0o711) // as for the primary
  const folder = openDataFolder(root)
  const binaries = findPostgresBinaries()
  const user = postgresUser(primary.folder.postgres, [binaries.postgres])
  await copyOf(primary, folder.postgres)
  if (user.owner !== null) await giveTo(folder.postgres, user.owner)

  const port = await freePort(null)
  const { hostname, port: primaryPort } = new URL(primary.url)
  const upstream = `host=${hostname} port=${primaryPort} user=${superuser.user} password=${superuser.password}`
  const settings = [
    ...['-D', folder.postgres, '-h', host, '-p', String(port)],
    ...['-c', 'unix_socket_directories=', '-c', 'timezone=UTC', '-c', `primary_conninfo=${upstream}`],
    ...(binaries.hasStatementStatistics ? ['-c', 'shared_preload_libraries=pg_stat_statements'] : []),
  ]
  const nursery = nurseryFor(folder)
  const child = await nursery.start({
    name: 'the replica',
    ...user.order(binaries.postgres, settings),
    cwd: '/',
    logFile: freshLog(folder, 'postgres'),
    endWith: 'SIGINT',
    graceMs: 15_000,
  })
  const at = (url: string) => {
    const there = new URL(url)
    there.port = String(port)
    return there.href
  }
  const sessions = new pg.Pool({ connectionString: at(primary.adminUrl), max: 1 })
  sessions.on('error', () => undefined) // a test that stops it expects it
  await until(async () => {
    if (child.process.exitCode !== null) throw new Error(child.lastLines().join('\n'))
    return sessions.query('select').then(
      () => true,
      () => false,
    )
  })
  const stop = () => nursery.stopAll()
  return {
    url: at(primary.url),
    ask: async (text) => (await sessions.query(text)).rows,
    stop,
    remove: async () => {
      await sessions.end()
      await stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** What pg_basebackup does, which npm does not bring: files as they lie while the server writes, and from where on to replay. */
const copyOf = async ({ adminUrl, folder }: TestPostgres, to: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(`select pg_backup_start('replica', true)`)
    await cp(folder.postgres, to, {
      recursive: true,
      filter: (path) => !/postmaster\.(pid|opts)$|\/pg_wal\/|\/pgsql_tmp/.test(path),
    })
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
    await writeFile(join(to, 'backup_label'), rows[0]?.labelfile ?? '')
    await writeFile(join(to, 'standby.signal'), '')
    await mkdir(join(to, 'pg_wal'), { recursive: true, mode: 0o700 })
    await chmod(to, 0o700)
  } finally {
    await client.end()
  }
}

const giveTo = async (folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> => {
  await chown(folder, uid, gid)
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, gid)
}

const until = async (is: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 30_000
  while (!(await is())) {
    if (Date.now() > end) throw new Error('the replica did not come so far within 30 s')
    await pause(20)
  }
}
