// Publishes one Worker: built and checked by a dry run, for real with its secrets and with the account's own ids.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { unstable_readConfig as readConfig } from 'wrangler'
import { optionalSecrets } from '../../src/runtime/database-config.ts'
import { inScratch, isSet, type Order, required } from './step.ts'
import { namespaceIds, requireAccount, root, wrangler } from './wrangler.ts'

interface Publication extends Order {
  readonly worker: 'edge' | 'count' | 'archive'
  /** Relative to the root of the clone. */
  readonly config: string
}

/** Answers where the Worker can be reached: nowhere, for one without an address. Its secrets, which the configuration
 *  names, come from variables of the same names. */
export const publish = ({ env, dryRun, worker, config }: Publication): readonly string[] =>
  inScratch((folder) => {
    const { secrets, kv_namespaces: namespaces } = readConfig({ config: join(root, config), env })
    const needed = secrets?.required ?? []
    const names = [...needed, ...(needed.includes('DATABASE_URL') ? optionalSecrets.filter(isSet) : [])]
    if (dryRun) {
      const { ok, said } = wrangler(['deploy', '-c', config, '-e', env, '--dry-run', '--outdir', folder])
      if (!ok) throw new Error(`The Worker ${worker} cannot be built for ${env}.`)
      if (said.includes('WARNING')) throw new Error(`wrangler warns about ${config} in ${env}.`)
      console.log(`Would publish ${worker} to ${env} with the secrets: ${names.join(', ') || 'none'}.`)
      return []
    }
    requireAccount()
    // By a file, because a command line can be read by every process of the machine.
    const secretsFile = join(folder, 'secrets.json')
    writeFileSync(secretsFile, JSON.stringify(required(names)), { mode: 0o600 })
    const deployed = join(folder, 'wrangler.toml')
    const titles = namespaces.flatMap(({ id }: { readonly id?: string }) => id ?? [])
    writeFileSync(
      deployed,
      accountConfig(join(root, config), titles.length > 0 ? namespaceIds() : new Map(), titles),
    )

    const record = join(folder, 'record.ndjson')
    const withSecrets = names.length > 0 ? ['--secrets-file', secretsFile] : []
    const args = ['deploy', '-c', deployed, '-e', env, ...withSecrets]
    if (!wrangler(args, { env: { WRANGLER_OUTPUT_FILE_PATH: record } }).ok)
      throw new Error(`The Worker ${worker} was not published to ${env}.`)
    return addressesIn(record)
  })

/** The configuration as an account takes it. A KV namespace has its title for an id in ours, because the id is only
 *  known to the account that made it. Paths become absolute: this configuration lies elsewhere. */
export const accountConfig = (
  file: string,
  ids: ReadonlyMap<string, string>,
  titles: readonly string[],
): string => {
  const missing = titles.filter((title) => !ids.has(title))
  if (missing.length > 0)
    throw new Error(`The account has no KV namespace ${missing.join(', ')}: ops/deploy/prepare.ts makes it.`)
  return readFileSync(file, 'utf8')
    .replace(
      /^(main|directory) = "(.+)"$/gm,
      (_line, name, path) => `${name} = ${JSON.stringify(resolve(dirname(file), path))}`,
    )
    .replace(/^id = "(.+)"$/gm, (line, title) => (ids.has(title) ? `id = "${ids.get(title)}"` : line))
}

/** wrangler's record of what it did: a JSON object a line, the deployment among them with its targets. */
const addressesIn = (record: string): readonly string[] =>
  readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { readonly type?: string; readonly targets?: readonly string[] } => JSON.parse(line))
    .flatMap(({ type, targets }) => (type === 'deploy' ? (targets ?? []) : []))
    .filter((target) => target.startsWith('https://'))
