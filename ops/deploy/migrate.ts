// Step 1: brings the tables up to date. First, because new code may read what an old table lacks, never the reverse.
import { migrate } from '../../dev/migrate.ts'
import { prove } from './prove.ts'
import { isSet, required, step } from './step.ts'

await step(
  'migrate',
  'Applies the migrations that the Postgres at DATABASE_URL lacks.',
  async ({ env, dryRun }) => {
    if (dryRun && !isSet('DATABASE_URL')) {
      console.log(
        `Would apply to the Postgres of ${env} whatever of migrations/ it lacks (DATABASE_URL is not set: not asked).`,
      )
      return
    }
    const { DATABASE_URL = '' } = required(['DATABASE_URL'])
    const migrations = await migrate(DATABASE_URL, { dryRun })
    for (const { tag } of migrations) console.log(`${dryRun ? 'Would apply' : 'Applied'} ${tag}`)
    if (migrations.length === 0) console.log('The tables are up to date.')
    // What runs now is older than the tables, and must go on. Tables are not taken back.
    if (!dryRun) await prove({ env })
  },
  { local: true },
)
