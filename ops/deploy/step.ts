// What every step of a deployment shares: which environment, what a dry run is, and how wrangler is run.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { unstable_readConfig as readConfig } from 'wrangler'

/** Those of the wrangler configurations that are not this machine. */
export const environments = ['preview', 'staging', 'production'] as const
export type Environment = (typeof environments)[number]

export interface Order {
  readonly env: Environment
  /** Say or check what would be done, and do none of it. */
  readonly dryRun: boolean
}

export const root = join(import.meta.dirname, '..', '..')

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
  const values = names.map((name) => [name, process.env[name] ?? ''] as const)
  const unset = values.flatMap(([name, value]) => (value === '' ? [name] : []))
  if (unset.length > 0) throw new Error(`Not set: ${unset.join(', ')}.`)
  return Object.fromEntries(values)
}

export interface WranglerAnswer {
  readonly ok: boolean
  /** Everything it printed. */
  readonly said: string
}

/** Runs wrangler from the root of the clone, showing what it prints. */
export const wrangler = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): WranglerAnswer => {
  const script = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  return { ok: status === 0, said: `${stdout}\n${stderr}` }
}

/** A folder for what must not stay, removed afterwards. */
export const inScratch = <Made>(use: (folder: string) => Made): Made => {
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-deploy-')) // readable by its owner only
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Deployment extends Order {
  readonly worker: 'edge' | 'count' | 'archive'
  readonly config: string
}

/** Publishes one Worker with the secrets that its configuration requires, from variables of the same names. Answers where it can be reached: nowhere, for those without an address. */
export const deploy = ({ env, dryRun, worker, config }: Deployment): readonly string[] =>
  inScratch((folder) => {
    const where = ['deploy', '-c', config, '-e', env]
    const secrets = readConfig({ config: join(root, config), env }).secrets?.required ?? []
    if (dryRun) {
      const { ok, said } = wrangler([...where, '--dry-run', '--outdir', join(folder, worker)])
      if (!ok) throw new Error(`The Worker ${worker} cannot be built for ${env}.`)
      if (said.includes('WARNING')) throw new Error(`wrangler warns about ${config} in ${env}.`)
      console.log(`Would publish ${worker} to ${env} with the secrets: ${secrets.join(', ') || 'none'}.`)
      return []
    }
    required(['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_ACCOUNT_ID'])
    // By a file, because a command line can be read by every process of the machine.
    const secretsFile = join(folder, 'secrets.json')
    writeFileSync(secretsFile, JSON.stringify(required(secrets)), { mode: 0o600 })
    const record = join(folder, 'record.ndjson')
    const withSecrets = secrets.length > 0 ? ['--secrets-file', secretsFile] : []
    const { ok } = wrangler([...where, ...withSecrets], { WRANGLER_OUTPUT_FILE_PATH: record })
    if (!ok) throw new Error(`The Worker ${worker} was not published to ${env}.`)
    return addressesIn(record)
  })

/** wrangler's record of what it did: a JSON object a line, the deployment among them with its targets. */
const addressesIn = (record: string): readonly string[] =>
  readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { readonly type?: string; readonly targets?: readonly string[] } => JSON.parse(line))
    .flatMap(({ type, targets }) => (type === 'deploy' ? (targets ?? []) : []))
    .filter((target) => target.startsWith('https://'))
