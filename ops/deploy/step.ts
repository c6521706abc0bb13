// What every step of a deployment shares: which environment, what a dry run is, and the variables it takes values from.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'

/** Those of the wrangler configurations that are not this machine. */
export const environments = ['preview', 'staging', 'production'] as const
export type Environment = (typeof environments)[number]

export interface Order {
  readonly env: Environment
  /** Say or check what would be done, and do none of it. */
  readonly dryRun: boolean
}

/** Runs one step as a command: `node ops/deploy/<name>.ts --env staging --dry-run`. */
export const step = async (
  name: string,
  description: string,
  run: (order: Order) => void | Promise<void>,
): Promise<void> => {
  const command = new Command(`node ops/deploy/${name}.ts`)
    .description(description)
    .addOption(new Option('--env <environment>', 'where to').choices([...environments]).makeOptionMandatory())
    .option('--dry-run', 'check and say what would be done, without doing it', false)
    .showHelpAfterError('(--help says more)')
    .action((order: Order) => run(order))
  await command.parseAsync().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
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
export const inScratch = <Made>(use: (folder: string) => Made): Made => {
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-deploy-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
