// Step 1: brings the tables up to date. First, because new code may read what an old table lacks, never the reverse.
import { migrate } from '../../dev/migrate.ts'
import { databaseAddresses } from '../../src/runtime/database-config.ts'
import { addressOf, prove, requireKey } from './prove.ts'
import { isSet, required, step } from './step.ts'

await step(
  'migrate',
  'Applies the migrations that the Postgres at DATABASE_URL lacks, and each of DATABASE_URLS.',
  async ({ env, dryRun }) => {
    if (dryRun && !isSet('DATABASE_URL')) {
      console.log(
        `Would apply to the Postgres of ${env} whatever of migrations/ it lacks (DATABASE_URL is not set: not asked).`,
      )
      return
    }
    required(['DATABASE_URL'])
    if (!dryRun && addressOf(null) !== null) requireKey()
    for (const [name, url] of Object.entries(databaseAddresses(process.env))) {
      const migrations = await migrate(url, { dryRun })
      for (const { tag } of migrations) console.log(`${name}: ${dryRun ? 'would apply' : 'applied'} ${tag}`)
      if (migrations.length === 0) console.log(`${name}: the tables are up to date.`)
    }
    // What runs now is older than the tables, and must go on. Tables are not taken back.
    if (!dryRun) await prove({ env })
  },
  { local: true },
)
