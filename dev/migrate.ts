// Brings the tables of a Postgres up to date with migrations/, one process at a time (`npm run migrate`).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { databaseAddresses } from '../src/runtime/database-config.ts'
import { command, environmentHelp, runCommand } from './command.ts'
import { Complaint, postgresUnreachable } from './complaint.ts'
import { dataFolderAt } from './data-folder.ts'
import { readDevFile } from './dev-file.ts'
import { readJson } from './json-file.ts'
import { currentRun } from './run-lock.ts'
import { projectRoot, readSettings } from './settings.ts'

export interface Migration {
  readonly tag: string
  /** When it was written: drizzle applies what is newer than the newest applied. */
  readonly when: number
}

export const migrationsFolder = join(projectRoot, 'migrations')

/** Applies what is missing. Answers what was (or, with `dryRun`, would be) applied, oldest first. */
export const migrate = async (
  databaseUrl: string,
  { dryRun = false, folder = migrationsFolder }: { readonly dryRun?: boolean; readonly folder?: string } = {},
): Promise<readonly Migration[]> => {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect().catch((error: Error) => {
    throw postgresUnreachable(databaseUrl, error.message || error.name)
  })
  try {
    // Two starts at once would apply the same file twice. The lock goes with the session.
    await client.query(`select pg_advisory_lock(hashtext('edgepoll migrations'))`)
    const pending = pendingOf(readJournal(folder), await newestApplied(client))
    if (pending.length > 0 && !dryRun) {
      await applyMigrations(drizzle(client), { migrationsFolder: folder }).catch((error: Error) => {
        throw new Complaint(
          `A migration among ${pending.map(({ tag }) => tag).join(', ')} failed, and none of them was applied: ${reasonOf(error)}`,
        )
      })
    }
    return pending
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** What is in the journal and newer than what was applied last. */
export const pendingOf = (journal: readonly Migration[], newest: number | null): readonly Migration[] =>
  journal.filter(({ when }) => newest === null || when > newest)

/** Whether drizzle-kit has written any migration yet. */
export const hasJournal = (folder = migrationsFolder): boolean =>
  existsSync(join(folder, 'meta', '_journal.json'))

const readJournal = (folder: string): readonly Migration[] => {
  const journal = readJson(join(folder, 'meta', '_journal.json')) as { entries?: Migration[] } | null // as drizzle-kit writes it
  return journal?.entries ?? []
}

const newestApplied = async (client: pg.Client): Promise<number | null> => {
  const { rows } = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as known`,
  )
  if (rows[0]?.known !== true) return null
  const newest = await client.query('select max(created_at) as newest from drizzle.__drizzle_migrations')
  return newest.rows[0]?.newest === null ? null : Number(newest.rows[0]?.newest)
}

// drizzle says "Failed query: …" and keeps what Postgres said as the cause.
const reasonOf = (error: Error): string =>
  error.cause instanceof Error ? error.cause.message : error.message

const main = async ({ dryRun }: { readonly dryRun?: true }): Promise<void> => {
  if (!hasJournal())
    return console.log(
      'There are no migrations yet (migrations/meta/_journal.json is missing): nothing to apply.',
    )
  const { databaseUrl: given, databases, dataFolder } = readSettings()
  const folder = dataFolderAt(dataFolder)
  const running = currentRun(folder) === null ? null : readDevFile(folder)
  const databaseUrl = given ?? running?.databaseUrl
  if (!databaseUrl) {
    throw new Complaint(
      'There is no Postgres to migrate: set DATABASE_URL=postgres://…, or start the local one with "npm start".',
    )
  }
  const addresses = databaseAddresses({ ...databases, DATABASE_URL: databaseUrl })
  const alone = Object.keys(addresses).length === 1
  for (const [name, url] of Object.entries(addresses)) {
    const migrations = await migrate(url, { dryRun: dryRun === true })
    const where = alone ? '' : ` to ${name}`
    const verb = dryRun ? 'Would apply' : 'Applied'
    for (const { tag } of migrations) console.log(`${verb} ${tag}${where}`)
    if (migrations.length === 0) console.log(`The tables${alone ? '' : ` of ${name}`} are up to date.`)
  }
}

if (import.meta.main) {
  const program = command(
    'npm run migrate --',
    'Applies the migrations that the Postgres at DATABASE_URL (or of the running "npm start") lacks, and each of DATABASE_URLS.',
  )
    .option('--dry-run', 'only list what would be applied')
    .addHelpText('after', environmentHelp)
    .action(main)
  await runCommand(program)
}
