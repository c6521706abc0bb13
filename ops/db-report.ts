// `npm run db:report`: what a Postgres says about itself, and what to do about it. Reads only.
import { Command } from 'commander'
import pg from 'pg'
import { Complaint, postgresUnreachable } from '../dev/complaint.ts'
import { dataFolderAt } from '../dev/data-folder.ts'
import { readDevFile } from '../dev/dev-file.ts'
import { currentRun } from '../dev/run-lock.ts'
import { readSettings } from '../dev/settings.ts'
import { directoryName } from '../src/archive/databases.ts'
import { databaseAddresses } from '../src/runtime/database-config.ts'
import { adviceOn } from './db-report/advise.ts'
import type { Facts } from './db-report/facts.ts'
import { lookAt } from './db-report/look.ts'
import { shownReport } from './db-report/show.ts'
import { run } from './operator.ts'

/** Addresses by name. */
const addresses = (given: string | undefined): Readonly<Record<string, string>> => {
  if (given) return { [directoryName]: given }
  const { databaseUrl: set, databases, dataFolder } = readSettings()
  const folder = dataFolderAt(dataFolder)
  const local = currentRun(folder) === null ? undefined : readDevFile(folder)?.databaseUrl
  const url = set ?? local
  if (url) return databaseAddresses({ ...databases, DATABASE_URL: url })
  throw new Complaint(
    'There is no Postgres to report on: give --database <url>, set DATABASE_URL, or start the local one with "npm start".',
  )
}

const program = new Command('db-report')
  .description(
    'Says how a Postgres is: statistics of tables, indexes, cache and statements, plans of the slowest, and advice.',
  )
  .option(
    '--database <url>',
    'postgres://user:password@host/database (all of DATABASE_URL and DATABASE_URLS, or that of "npm start")',
  )
  .option('--json', 'the same as JSON')
  .action(async (options: { readonly database?: string; readonly json?: true }) => {
    const all = Object.entries(addresses(options.database))
    const reports: (readonly [string, Facts])[] = []
    for (const [name, url] of all) reports.push([name, await factsAt(url)])
    if (options.json) {
      const shown = reports.map(([name, facts]) => [name, { ...facts, advice: adviceOn(facts) }] as const)
      console.log(JSON.stringify(all.length === 1 ? shown[0]?.[1] : Object.fromEntries(shown), null, 2))
      return
    }
    for (const [name, facts] of reports) {
      if (all.length > 1) console.log(`\n=== ${name} ===\n`)
      console.log(shownReport(facts))
    }
  })

const factsAt = async (url: string): Promise<Facts> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect().catch((error: Error) => {
    throw postgresUnreachable(url, error.message || error.name)
  })
  try {
    return await lookAt(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

await run(program)
