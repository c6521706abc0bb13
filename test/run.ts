// npm test: runs the suites of vitest.config.ts from cheap to dear, says what was skipped and why, and sums them up.
import { spawn } from 'node:child_process'
import { accessSync, constants, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { Command } from 'commander'
import vitestConfig from '../vitest.config.ts'

interface Suite {
  readonly name: string
  /** Test files, relative to the root. */
  readonly files: readonly string[]
}

interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
}

/** Something of the machine that tests need and npm cannot install. */
interface Piece {
  readonly name: string
  readonly path: string | null
  /** The suite that cannot run at all without it; null: single tests skip themselves. */
  readonly suite: string | null
  readonly without: string
}

const root = join(import.meta.dirname, '..')
const { EDGEPOLL_FORBID_SKIP, CHROMIUM_PATH, PATH = '' } = process.env

/** A suite that is not named here runs last. */
const fromCheapToDear = ['unit', 'contracts', 'simulation', 'workerd', 'system', 'browser']

/** A suite that takes longer hangs: every one has its budget in docs/design/proof.md, far below this. */
const longestSuiteMs = 15 * 60_000

const main = async (only: readonly string[] | undefined): Promise<void> => {
  const suites = suitesOf(vitestConfig)
  const unknown = (only ?? []).filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0)
    throw new Error(
      `There is no suite ${unknown.join(', ')}: it is ${suites.map(({ name }) => name).join(', ')}.`,
    )

  const pieces = findPieces()
  const missing = pieces.filter(({ path }) => path === null)
  const wanted = suites.filter(({ name, files }) => files.length > 0 && (only ?? [name]).includes(name))
  const withheld = wanted.filter(({ name }) => missing.some(({ suite }) => suite === name))

  const outcomes = new Map<string, Outcome>()
  for (const suite of wanted) if (!withheld.includes(suite)) outcomes.set(suite.name, await run(suite))

  const said = [
    ...homeless(suites).map((file) => `no suite of vitest.config.ts runs ${file}`),
    ...(EDGEPOLL_FORBID_SKIP === '1' ? forbidden(missing, outcomes) : []),
  ]
  tellSkipped(missing, withheld, outcomes)
  for (const wrong of said) console.log(`Failed: ${wrong}.`)
  if (!conclude([...outcomes.values()]) || said.length > 0) process.exitCode = 1
}

/** The projects of vitest.config.ts with the files they would run. */
const suitesOf = ({ test }: typeof vitestConfig): readonly Suite[] => {
  const suites = (test?.projects ?? []).map((project): Suite => {
    // A project with a configuration of its own is a folder named like it.
    const folder = typeof project === 'string' ? /test\/([^/]+)\//.exec(project)?.[1] : undefined
    if (folder !== undefined) return { name: folder, files: filesAt([`test/${folder}/**/*.test.ts`]) }
    const own = typeof project === 'object' && 'test' in project ? project.test : undefined
    return { name: String(own?.name), files: filesAt(own?.include ?? []) }
  })
  const place = ({ name }: Suite) => fromCheapToDear.indexOf(name) + 1 || fromCheapToDear.length + 1
  return suites.toSorted((left, right) => place(left) - place(right))
}

const filesAt = (patterns: readonly string[]): readonly string[] => globSync([...patterns], { cwd: root })

/** Tests that nobody would ever run again. */
const homeless = (suites: readonly Suite[]): readonly string[] => {
  const housed = new Set(suites.flatMap(({ files }) => files))
  return filesAt(['test/**/*.test.{ts,tsx}']).filter((file) => !housed.has(file))
}

const findPieces = (): readonly Piece[] => [
  {
    name: 'redis-server',
    path:
      PATH.split(delimiter)
        .map((folder) => join(folder, 'redis-server'))
        .find(canRun) ?? null,
    suite: null,
    without: 'the tests on a real Redis skip themselves; install redis-server to run them',
  },
  {
    name: 'Prometheus',
    path:
      PATH.split(delimiter)
        .map((folder) => join(folder, 'prometheus'))
        .find(canRun) ?? null,
    suite: null,
    without: 'the tests on a real Prometheus and promtool skip themselves; install prometheus to run them',
  },
  {
    name: 'Chromium',
    path: [CHROMIUM_PATH || '/usr/bin/chromium'].find(canRun) ?? null,
    suite: 'browser',
    without: 'the browser suite cannot run; install chromium, or name one in CHROMIUM_PATH',
  },
]

const canRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const run = async (suite: Suite): Promise<Outcome> => {
  console.log(`\n── ${suite.name} (${counted(suite.files.length, 'file')})`)
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-test-'))
  const report = join(folder, 'report.json')
  const began = performance.now()
  try {
    const code = await vitest(suite.name, report)
    const outcome = outcomeOf(suite.name, report, code)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`── ${suite.name}: ${sum(outcome)} in ${seconds} s`)
    return outcome
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In a process group of its own, so that a suite that hangs or is interrupted leaves nothing of itself behind. */
const vitest = (project: string, report: string): Promise<number | string> =>
  new Promise((resolve, reject) => {
    const script = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const child = spawn(process.execPath, [script, 'run', '--project', project, ...reporters], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })
    const end = (signal: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, signal)
    let stopping = false
    const stop = (signal: NodeJS.Signals) => {
      stopping = true
      end(signal)
    }
    const tooLong = setTimeout(() => end('SIGKILL'), longestSuiteMs)
    process.on('SIGINT', stop).on('SIGTERM', stop)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(tooLong)
      process.off('SIGINT', stop).off('SIGTERM', stop)
      if (stopping) process.exit(1)
      resolve(code ?? signal ?? 'unknown')
    })
  })

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const outcomeOf = (suite: string, reportFile: string, code: number | string): Outcome => {
  const report = readReport(reportFile)
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName }) => ({
      status,
      title: `${relative(root, name)}: ${fullName}`,
    })),
  )
  const passed = tests.filter(({ status }) => status === 'passed').length
  const failed = tests.filter(({ status }) => status === 'failed').length
  // A file that broke outside its tests has no failed test; it must not pass for that.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  if (code === 0 || failed + broken > 0)
    return { passed, failed: failed + broken, skipped: skipped.map(({ title }) => title) }
  console.log(
    `The suite ${suite} ended with ${code}, though none of its tests failed: that counts as one failure.`,
  )
  return { passed, failed: 1, skipped: skipped.map(({ title }) => title) }
}

const readReport = (file: string): Report => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { testResults: [] } // vitest ended before it could write: its exit code tells
  }
}

/** What EDGEPOLL_FORBID_SKIP=1 takes offence at. */
const forbidden = (missing: readonly Piece[], outcomes: ReadonlyMap<string, Outcome>): readonly string[] => {
  const skipped = [...outcomes.values()].flatMap((outcome) => outcome.skipped).length
  return [
    ...missing.map(({ name }) => `EDGEPOLL_FORBID_SKIP=1 and ${name} is missing`),
    ...(skipped > 0 ? [`EDGEPOLL_FORBID_SKIP=1 and ${counted(skipped, 'test')} skipped`] : []),
  ]
}

const tellSkipped = (
  missing: readonly Piece[],
  withheld: readonly Suite[],
  outcomes: ReadonlyMap<string, Outcome>,
): void => {
  const skipped = [...outcomes].flatMap(([suite, outcome]) =>
    outcome.skipped.map((title) => `${suite}: ${title}`),
  )
  console.log('')
  for (const { name, without } of missing) console.log(`Missing: ${name}: ${without}.`)
  for (const { name, files } of withheld)
    console.log(`Skipped: the suite ${name} (${counted(files.length, 'file')}).`)
  for (const title of skipped.slice(0, 20)) console.log(`Skipped: ${title}`)
  if (skipped.length > 20) console.log(`Skipped: ${skipped.length - 20} more.`)
}

/** The closing line. False: something failed, or nothing ran. */
const conclude = (outcomes: readonly Outcome[]): boolean => {
  const all: Outcome = {
    passed: outcomes.reduce((count, { passed }) => count + passed, 0),
    failed: outcomes.reduce((count, { failed }) => count + failed, 0),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  }
  if (all.passed + all.failed === 0) console.log('Failed: no test ran.')
  console.log(sum(all))
  return all.failed === 0 && all.passed > 0
}

const sum = ({ passed, failed, skipped }: Outcome): string =>
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

await new Command('npm test --')
  .description('Runs the test suites, from cheap to dear.')
  .option('--only <suite...>', `only these: ${fromCheapToDear.join(', ')}`)
  .addHelpText(
    'after',
    `
Environment:
  CHROMIUM_PATH         the browser of the browser suite (/usr/bin/chromium)
  EDGEPOLL_FORBID_SKIP  1: whatever is missing or skipped is a failure

One file or one test, while you work on it: npx vitest --project unit runoff`,
  )
  .showHelpAfterError('(--help says more)')
  .action(({ only }: { readonly only?: readonly string[] }) => main(only))
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
