// The files of the embedded Postgres: made once, whole or not at all; and the database and role in it.
import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Complaint, postgresFailed } from './complaint.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresUser } from './postgres-user.ts'

const version = '18'

/** Passwords of a server that listens on the loopback only and holds development data only. */
export const superuser = { user: 'postgres', password: 'postgres', database: 'postgres' } as const
/** What the Workers and migrations are. Not a superuser, as on Neon, so that what needs one is noticed here. */
export const owner = { user: 'edgepoll', password: 'edgepoll', database: 'edgepoll' } as const

/** Makes the cluster in `folder` unless it exists. @throws Complaint when it is of another Postgres, or cannot be made. */
export const makeCluster = async (
  folder: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> => {
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
    if (found === version) return
    throw new Complaint(
      `${folder} was made by Postgres ${found} and this is ${version}: run "npm run reset" to begin anew.`,
    )
  }
  // A start that is killed half-way must not leave something that looks like a cluster.
  const draft = `${folder}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  const passwordFile = `${draft}.password`
  writeFileSync(passwordFile, superuser.password, { mode: 0o600 })
  if (user.owner !== null)
    for (const path of [draft, passwordFile]) chownSync(path, user.owner.uid, user.owner.gid)
  try {
    await initdb(binaries, user, [
      ...[
        '--pgdata',
        draft,
        '--username',
        superuser.user,
        '--pwfile',
        passwordFile,
        '--auth',
        'scram-sha-256',
      ],
      // The same sorting on every machine, and Neon's.
      ...[
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
      ],
    ])
  } finally {
    rmSync(passwordFile, { force: true })
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(draft, folder)
}

/** Makes role, database and statistics where they are missing; repeating it changes nothing. */
export const ensureDatabase = async (
  host: string,
  port: number,
  binaries: PostgresBinaries,
): Promise<void> => {
  await asSuperuser(host, port, superuser.database, async (client) => {
    await client.query(ensureRole)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [owner.database])
    if (rowCount === 0) await client.query(`create database ${owner.database} owner ${owner.user}`)
  })
  await asSuperuser(host, port, owner.database, async (client) => {
    if (binaries.hasStatementStatistics)
      await client.query('create extension if not exists pg_stat_statements')
  })
}

// What Neon gives the role it makes, plus checkpoints, which benchmarks ask for.
const ensureRole = `do $$ begin
  if not exists (select from pg_roles where rolname = '${owner.user}') then
    create role ${owner.user} login createdb createrole password '${owner.password}';
  end if;
  grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_read_all_stats to ${owner.user};
end $$`

const asSuperuser = async (
  host: string,
  port: number,
  database: string,
  work: (client: pg.Client) => Promise<void>,
) => {
  const client = new pg.Client({ host, port, ...superuser, database })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const initdb = (binaries: PostgresBinaries, user: PostgresUser, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const { command, args: all, ...as } = user.order(binaries.initdb, args)
    const child = spawn(command, [...all], { stdio: ['ignore', 'ignore', 'pipe'], ...as, cwd: '/' })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.once('error', (error) => reject(postgresFailed(error.message)))
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(postgresFailed(said.trim().split('\n').at(-1) ?? `initdb ended with ${code}`))
    })
  })
