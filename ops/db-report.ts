// `npm run db:report`: what a Postgres says about itself, and what to do about it. Reads only.
import { Command } from 'commander'
import pg from 'pg'
import { Complaint, postgresUnreachable } from '../dev/complaint.ts'
import { dataFolderAt } from '../dev/data-folder.ts'
import { readDevFile } from '../dev/dev-file.ts'
import { currentRun } from '../dev/run-lock.ts'
import { readSettings } from '../dev/settings.ts'
import { adviceOn } from './db-report/advise.ts'
import { lookAt } from './db-report/look.ts'
import { shownReport } from './db-report/show.ts'
import { run } from './operator.ts'

const databaseUrl = (given: string | undefined): string => {
  const { databaseUrl: set, dataFolder } = readSettings()
  const folder = dataFolderAt(dataFolder)
  const local = currentRun(folder) === null ? undefined : readDevFile(folder)?.databaseUrl
  const url = given ?? set ?? local
  if (url) return url
  throw new Complaint(
    'There is no Postgres to report on: give --database <url>, set DATABASE_URL, or start the local one with "npm start".',
  )
}

const program = new Command('db-report')
  .description(
    'Says how a Postgres is: statistics of tables, indexes, cache and statements, plans of the slowest, and advice.',
  )
  .option('--database <url>', 'postgres://user:password@host/database (DATABASE_URL, or that of "npm start")')
  .option('--json', 'the same as JSON')
  .action(async (options: { readonly database?: string; readonly json?: true }) => {
    const url = databaseUrl(options.database)
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
    client.on('error', () => undefined)
    await client.connect().catch((error: Error) => {
      throw postgresUnreachable(url, error.message || error.name)
    })
    try {
      const facts = await lookAt(client)
      console.log(
        options.json ? JSON.stringify({ ...facts, advice: adviceOn(facts) }, null, 2) : shownReport(facts),
      )
    } finally {
      await client.end().catch(() => undefined)
    }
  })

await run(program)
