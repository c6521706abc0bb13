// npm run replay: casts a real election through the public API and proves the published result to the vote.
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CastReport, castAll } from './replay/cast-all.ts'
import { ballotsOf, type Election, type Ranking, readElection } from './replay/election.ts'
import { ballotBody, type QuestionType } from './replay/poll-of.ts'
import { prepareRun } from './replay/prepare-run.ts'
import { showProgress } from './replay/progress.ts'
import { keepRun, type RunState } from './replay/run-state.ts'
import { dataFolder, readTarget, type TargetOptions } from './replay/target.ts'
import { verify } from './replay/verify.ts'

interface Options extends TargetOptions {
  readonly voters?: number
  readonly concurrency: number
  readonly type: QuestionType
  readonly questionId: string
  readonly seed: string
  readonly patience: number
  readonly resume?: boolean
}

const replay = async (file: string, options: Options): Promise<void> => {
  const election = readElection(file)
  const cast = election.rankings.reduce((sum, [count]) => sum + count, 0)
  const voters = Math.min(options.voters ?? cast, cast)
  const run = await prepareRun(
    election,
    { ...options, file, voters, resume: options.resume ?? false },
    options,
  )
  const ballots = ballotsOf(election, run.seed, run.voters)
  console.log(
    `${election.title}: ${ballots.length} of ${cast} real ballots as ${run.type} into ${run.pollId}`,
  )
  const report = await castBallots(ballots, run, options)
  tell(report)
  if (report.refused.length > 0) process.exitCode = 1
  await conclude(election, ballots, run, options)
}

const castBallots = async (
  ballots: readonly Ranking[],
  run: RunState,
  options: Options,
): Promise<CastReport> => {
  const progress = showProgress('cast', ballots.length, run.acknowledged)
  let acknowledged = run.acknowledged
  let done = run.acknowledged
  const remember = (): void => keepRun(dataFolder(), { ...run, acknowledged })
  const remembering = setInterval(remember, 1000)
  try {
    return await castAll(
      {
        origin: originOf(options),
        pollId: run.pollId,
        runId: run.runId,
        count: ballots.length,
        bodyOf: (ballot) => ballotBody(ballots[ballot] ?? [], run),
        from: run.acknowledged,
        concurrency: options.concurrency,
        patienceMs: options.patience * 60_000,
      },
      {
        acknowledged: (total, upTo) => {
          acknowledged = upTo
          done = total
          progress.show(total)
        },
        waiting: (sinceMs, why) =>
          progress.show(
            done,
            `the server is away (${why}) for ${Math.round(sinceMs / 1000)} s, trying again`,
          ),
      },
    )
  } finally {
    progress.stop()
    clearInterval(remembering)
    remember()
  }
}

const tell = ({ answers, refused, seconds }: CastReport): void => {
  const counts = Object.entries(answers).map(([answer, count]) => `${count} × ${answer}`)
  console.log(`answers in ${seconds.toFixed(1)} s: ${counts.join(', ') || 'none were needed'}`)
  for (const { ballot, answer, detail } of refused)
    console.log(`  ballot ${ballot} was refused: ${answer} ${detail}`)
}

const conclude = async (
  election: Election,
  ballots: readonly Ranking[],
  run: RunState,
  options: Options,
): Promise<void> => {
  console.log('waiting for the published result and the archive …')
  const { differences, notCompared } = await verify(election, ballots, run, options)
  for (const what of notCompared) console.log(`\nnot compared: ${what}`)
  console.log(differences === 0 ? '\nNo difference: exact to the vote.' : `\n${differences} differences.`)
  if (differences > 0) process.exitCode = 1
}

/** Looks at dev.json at most once a second: attempts are many. */
const originOf = (options: TargetOptions): (() => string) => {
  let readMs = performance.now()
  let origin = readTarget(options).url
  return () => {
    if (performance.now() - readMs > 1000) {
      readMs = performance.now()
      try {
        origin = readTarget(options).url
      } catch {
        // dev.json is gone while the platform restarts: it was last here
      }
    }
    return origin
  }
}

const above = (text: string): number => {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return Number(text)
}

const whole = (text: string): number => {
  if (!Number.isInteger(above(text))) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

await new Command('npm run replay --')
  .description('Casts the real ballots of an election file and compares the result to the vote.')
  .argument('<file>', 'an election, such as test/data/minneapolis-mayor-2013.json')
  .option('--voters <n>', 'only the first n of the shuffled ballots (all)', whole)
  .option('--concurrency <n>', 'how many ballots are in flight', whole, 64)
  .addOption(
    new Option('--type <type>', 'cast first choices or whole rankings')
      .choices(['choice', 'ranking'])
      .default('choice'),
  )
  .option('--question-id <id>', 'the id of the question', 'mayor')
  .option('--seed <text>', 'decides the order, and with it the sample', 'edgepoll')
  .option('--url <url>', 'the server (from dev.json)')
  .option('--key <key>', 'an API key of the workspace (from dev.json)')
  .option('--database-url <url>', 'the Postgres to compare with (from dev.json)')
  .option('--patience <minutes>', 'how long to wait for a server that accepts nothing', above, 5)
  .option('--resume', 'go on with the replay that was interrupted here')
  .showHelpAfterError('(--help says more)')
  .action(replay)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  })
