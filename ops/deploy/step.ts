// What every step of a deployment shares: which environment, what a dry run is, and the variables it takes values from.
// On this machine the running stack gives the values.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { dataFolderAt } from '../../dev/data-folder.ts'
import { type DevFacts, readDevFile } from '../../dev/dev-file.ts'
import { currentRun } from '../../dev/run-lock.ts'
import { readSettings } from '../../dev/settings.ts'
import { branchName } from './branch-name.ts'

/** Those of the wrangler configurations that are not this machine. */
export const environments = ['preview', 'staging', 'production'] as const
export type Environment = (typeof environments)[number]

/** Where a step may go: an environment, or the stack that runs here (`npm run stack -- --deployable`). */
export type Place = Environment | 'local'

export interface Order {
  readonly env: Place
  /** A preview of its own: the name that stands for `preview` in the names of what is made; null: the common one. */
  readonly branch: string | null
  /** Say or check what would be done, and do none of it. */
  readonly dryRun: boolean
}

interface Manner {
  /** Whether it can be done to the stack on this machine. */
  readonly local?: boolean
  readonly options?: readonly Option[]
}

/** Runs one step as a command: `node ops/deploy/<name>.ts --env staging --dry-run`. */
export const step = async <More extends object = object>(
  name: string,
  description: string,
  run: (order: Order & More) => void | Promise<void>,
  { local = false, options = [] }: Manner = {},
): Promise<void> => {
  const places = local ? ['local', ...environments] : environments
  const command = new Command(`node ops/deploy/${name}.ts`)
    .description(description)
    .addOption(new Option('--env <environment>', 'where to').choices(places).makeOptionMandatory())
    .addOption(
      new Option('--branch <name>', 'with --env preview: a preview apart, for this branch')
        .argParser(branchGiven)
        .default(null),
    )
    .option('--dry-run', 'check and say what would be done, without doing it', false)
    .showHelpAfterError('(--help says more)')
    .action(async (order: Order & More) => {
      if (order.branch !== null && order.env !== 'preview')
        throw new Error('--branch is for --env preview alone.')
      if (order.env === 'local') takeFromStack()
      await run(order)
    })
  for (const option of options) command.addOption(option)
  await command.parseAsync().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
}

const branchGiven = (branch: string): string => {
  const name = branchName(branch)
  if (name === null) throw new InvalidArgumentError('It has no letter and no digit.')
  return name
}

/** The stack on this machine. @throws Error when none runs that can be published to. */
export const localStack = (): DevFacts & { readonly deployUrl: string } => {
  const folder = dataFolderAt(readSettings().dataFolder)
  const facts = readDevFile(folder)
  if (facts === null || facts.deployUrl === null || currentRun(folder) === null)
    throw new Error(`No stack that can be published to runs on ${folder.root}: npm run stack -- --deployable`)
  return { ...facts, deployUrl: facts.deployUrl }
}

/** What a shell would have set for an environment. */
const takeFromStack = (): void => {
  const { databaseUrl, url, apiKey, rootKey } = localStack()
  Object.assign(process.env, {
    DATABASE_URL: databaseUrl,
    EDGE_URL: url,
    ROOT_KEY: rootKey,
    PROBE_KEY: apiKey ?? '',
  })
}

export const isSet = (name: string): boolean => (process.env[name] ?? '') !== ''

/** The values of environment variables. Throws naming those that are not set, never a value. */
export const required = (names: readonly string[]): Readonly<Record<string, string>> => {
  const unset = names.filter((name) => !isSet(name))
  if (unset.length > 0) throw new Error(`Not set: ${unset.join(', ')}.`)
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']))
}

/** A folder that only its owner can read, for what must not stay. */
export const inScratch = async <Made>(use: (folder: string) => Made | Promise<Made>): Promise<Made> => {
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-deploy-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
