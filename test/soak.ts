// `npm run soak`: the tests whose long variants take minutes, run long.
import { spawnSync } from 'node:child_process'
import { Command } from 'commander'

/** Test files that know EDGEPOLL_SOAK=1. */
const files = ['test/contracts/query-law.test.ts', 'test/contracts/export-equals-result.test.ts']

new Command('soak')
  .description(
    'Runs long: the query law against an archive ten times as large (10⁷ ballots, 10⁶ polls), and an export of 10⁶ ballots against its result. Takes a quarter of an hour and some 6 GB.',
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
        '--no-file-parallelism',
        ...files,
      ],
      { stdio: 'inherit', env: { ...process.env, EDGEPOLL_SOAK: '1' } },
    )
    process.exitCode = status ?? 1
  })
  .parse()
