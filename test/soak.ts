// `npm run soak`: the tests whose long variants take minutes, run long.
import { spawnSync } from 'node:child_process'
import { Command } from 'commander'

/** Test files that know EDGEPOLL_SOAK=1. */
const files = ['test/contracts/query-law.test.ts']

new Command('soak')
  .description(
    'Runs the query law against an archive ten times as large: 10⁷ ballots, 10⁶ polls. Takes minutes and some 5 GB.',
  )
  .action(() => {
    const { status } = spawnSync(
      process.execPath,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--project',
        'contracts',
        '--testTimeout',
        '600000',
        ...files,
      ],
      { stdio: 'inherit', env: { ...process.env, EDGEPOLL_SOAK: '1' } },
    )
    process.exitCode = status ?? 1
  })
  .parse()
