// npm run simulate: as many seeds as there is time for, or one seed to follow line by line.
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { keepFailing } from './failing-seeds.ts'
import { simulate } from './run.ts'
import { runSeeds } from './run-seeds.ts'
import { findingsText, frequencyTable, summaryOf } from './summary.ts'
import { worldBegan } from './world/world.ts'

interface Options {
  readonly seeds: number
  readonly from: number
  readonly verbose?: number
}

const runMany = async ({ seeds, from }: Options): Promise<void> => {
  const bar = new SingleBar({ format: '{bar} {value}/{total} runs, {failed} failed, {eta} s left' })
  let failed = 0
  bar.start(seeds, 0, { failed })
  const reports = await runSeeds(
    Array.from({ length: seeds }, (_, at) => from + at),
    ({ findings }) => {
      failed += findings.length > 0 ? 1 : 0
      bar.increment({ failed })
    },
  )
  bar.stop()
  const summary = summaryOf(reports)
  console.log(frequencyTable(summary))
  for (const report of summary.failed) console.log(findingsText(report))
  keepFailing(summary.failed)
  if (summary.failed.length > 0) process.exitCode = 1
}

/** Times are seconds since the run began. */
const follow = async (seed: number): Promise<void> => {
  const report = await simulate({
    seed,
    trace: (time, line) => console.log(`${((time - worldBegan) / 1_000).toFixed(4)} ${line}`),
  })
  console.log(report.findings.length === 0 ? `seed ${seed} holds every invariant` : findingsText(report, 100))
  if (report.findings.length > 0) process.exitCode = 1
}

const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.')
  return value
}

await new Command('npm run simulate --')
  .description('Runs the whole system under faults, seed by seed, and checks every history.')
  .option('--seeds <count>', 'how many runs', whole, 200)
  .option('--from <seed>', 'the first seed', whole, 1)
  .option('--verbose <seed>', 'run this one alone and tell everything that happens', whole)
  .showHelpAfterError('(--help says more)')
  .action((options: Options) => (options.verbose === undefined ? runMany(options) : follow(options.verbose)))
  .parseAsync()
