// `npm run doctor -- --env production`: says on one screen what is missing or wrong, and what to do about it.
import { Command, Option } from 'commander'
import { migrate } from '../dev/migrate.ts'
import { projectRoot } from '../dev/settings.ts'
import { type Environment, environments } from './deploy/step.ts'
import { examine } from './doctor/examine.ts'
import { report } from './doctor/report.ts'
import { run } from './operator.ts'

interface Order {
  readonly env: Environment
  readonly json: boolean
}

const program = new Command('npm run doctor --')
  .description('Says what is missing or wrong in an environment. It changes nothing.')
  .addOption(
    new Option('--env <environment>', 'which')
      .choices([...environments])
      .default('production' as Environment),
  )
  .option('--json', 'as JSON, for programs', false)
  .addHelpText(
    'after',
    '\nIt asks what it has the means for: docs/deploying.md names the variables it reads.',
  )
  .showHelpAfterError('(--help says more)')
  .action(async ({ env, json }: Order) => {
    const findings = await examine(projectRoot, env, {
      given: process.env,
      now: Date.now,
      fetch,
      pending: (databaseUrl) => migrate(databaseUrl, { dryRun: true }),
    })
    console.log(json ? JSON.stringify({ env, findings }, null, 2) : report(env, findings))
    if (findings.some(({ kind }) => kind === 'wrong')) process.exitCode = 1
  })

await run(program)
