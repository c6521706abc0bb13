// npm run profile: a CPU profile and a flame graph of what a ballot, or a read of results, costs the Workers.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, InvalidArgumentError } from 'commander'
import { command, runCommand } from '../dev/command.ts'
import { Complaint } from '../dev/complaint.ts'
import { type Cost, costsOf, type Flame, flameOf } from './profile/cpu-profile.ts'
import { flamePage } from './profile/flame-page.ts'
import { type ScenarioName, scenarios } from './profile/scenarios.ts'
import { type Profiles, startProfiledStack } from './profile/take-profiles.ts'

interface Options {
  readonly seconds: number
  readonly out: string
  readonly top: number
}

const profile = async (names: readonly ScenarioName[], { seconds, out, top }: Options): Promise<void> => {
  makeWritable(out)
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-profile-'))
  chmodSync(folder, 0o755) // Postgres refuses to be root and must reach its folder as somebody else
  try {
    const stack = await startProfiledStack(folder, (line) => console.log(line))
    try {
      for (const name of new Set(names))
        await keep(name, await stack.take(name, seconds), { seconds, out, top })
    } finally {
      await stack.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

const keep = async (
  name: ScenarioName,
  { byWorker, perSecond }: Profiles,
  { seconds, out, top }: Options,
): Promise<void> => {
  console.log(`${Math.round(perSecond)} answers a second under the profiler`)
  const flames: Flame[] = []
  for (const [worker, found] of Object.entries(byWorker)) {
    const flame = flameOf(worker, found)
    flames.push(flame)
    const file = join(out, `${name}-${worker}.cpuprofile`)
    writeFileSync(file, JSON.stringify(found))
    console.log(`\n${worker}: ${shownMs(flame.micros)} of ${seconds} s were spent`)
    for (const cost of costsOf(flame).slice(0, top)) console.log(shownCost(cost))
    console.log(`  kept in ${file}`)
  }
  const page = join(out, `${name}.html`)
  writeFileSync(page, await flamePage(`edgepoll: ${name}`, scenarios[name].about, together(flames)))
  console.log(`\nThe flame graph is ${page}; a .cpuprofile opens in the developer tools of Chromium.\n`)
}

const together = (children: readonly Flame[]): Flame => ({
  name: 'all',
  selfMicros: 0,
  micros: children.reduce((sum, { micros }) => sum + micros, 0),
  children,
})

const makeWritable = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Complaint(`${folder} cannot be made (${reason}): choose another folder with --out.`)
  }
}

const shownMs = (micros: number): string => `${Math.round(micros / 1000)} ms`

const shownCost = ({ name, micros, share }: Cost): string =>
  `  ${(share * 100).toFixed(1).padStart(5)} %  ${shownMs(micros).padStart(8)}  ${name}`

const above = (text: string): number => {
  if (!(Number(text) > 0 && Number(text) <= 600))
    throw new InvalidArgumentError('It must be a number above 0, at most 600.')
  return Number(text)
}

const whole = (text: string): number => {
  if (!Number.isInteger(above(text))) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

await runCommand(
  command(
    'npm run profile --',
    'Takes CPU profiles of the Workers under load, and draws them as a flame graph that opens in any browser.',
  )
    .addArgument(new Argument('<scenarios...>', 'what is done meanwhile').choices(Object.keys(scenarios)))
    .option('--seconds <n>', 'how long to sample', above, 10)
    .option('--out <folder>', 'where the files go', '.edgepoll/profiles')
    .option('--top <n>', 'how many functions to show', whole, 20)
    .addHelpText(
      'after',
      `
Scenarios:
${Object.entries(scenarios)
  .map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
  .join('\n')}

It starts a stack of its own and ends it. Names are those of the sources: the bundles are not minified for it.`,
    )
    .action(profile),
)
