// Publishes one Worker to an account: built and checked by a dry run, for real with its secrets and with the account's own ids.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { unstable_readConfig as readConfig } from 'wrangler'
import { configOf, type WorkerName } from '../../dev/worker-names.ts'
import { nameIn } from './branch-name.ts'
import { optionalSecretsOf } from './optional-secrets.ts'
import { type Environment, inScratch, isSet, required } from './step.ts'
import type { Published } from './target.ts'
import { namespaceIds, requireAccount, root, wrangler } from './wrangler.ts'

interface Publication {
  readonly env: Environment
  readonly branch: string | null
  readonly worker: WorkerName
}

/** `secrets`: the names of those that it is published with. `titles`: of the KV namespaces that it is bound to. */
export const read = ({ env, worker }: Pick<Publication, 'env' | 'worker'>) => {
  const config = configOf(worker)
  const { secrets, kv_namespaces: namespaces } = readConfig({ config: join(root, config), env })
  const needed = secrets?.required ?? []
  return {
    config,
    secrets: [...needed, ...optionalSecretsOf(needed).filter(isSet)],
    titles: namespaces.flatMap(({ id }: { readonly id?: string }) => id ?? []),
  }
}

/** Builds the Worker as it would be published, offline and without secrets. */
export const rehearse = (order: Publication): Promise<void> =>
  inScratch((folder) => {
    const { env, branch, worker } = order
    const { config, secrets } = read(order)
    const { ok, said } = wrangler(['deploy', '-c', config, '-e', env, '--dry-run', '--outdir', folder])
    if (!ok) throw new Error(`The Worker ${worker} cannot be built for ${env}.`)
    if (said.includes('WARNING')) throw new Error(`wrangler warns about ${config} in ${env}.`)
    const where = branch === null ? env : `${env} ${branch}`
    console.log(`Would publish ${worker} to ${where} with the secrets: ${secrets.join(', ') || 'none'}.`)
  })

/** Its secrets, which the configuration names, come from variables of the same names. */
export const publish = (order: Publication): Promise<Published> =>
  inScratch((folder) => {
    const { env, branch, worker } = order
    const { config, secrets, titles } = read(order)
    requireAccount()
    // By a file, because a command line can be read by every process of the machine.
    const secretsFile = join(folder, 'secrets.json')
    writeFileSync(secretsFile, JSON.stringify(required(secrets)), { mode: 0o600 })
    const deployed = join(folder, 'wrangler.toml')
    const ids = titles.length > 0 ? namespaceIds() : new Map<string, string>()
    writeFileSync(deployed, accountConfig({ file: join(root, config), ids, titles, branch }))

    const record = join(folder, 'record.ndjson')
    const withSecrets = secrets.length > 0 ? ['--secrets-file', secretsFile] : []
    const args = ['deploy', '-c', deployed, '-e', env, ...withSecrets]
    if (!wrangler(args, { env: { WRANGLER_OUTPUT_FILE_PATH: record } }).ok)
      throw new Error(`The Worker ${worker} was not published to ${env}.`)
    return deploymentIn(record)
  })

interface AccountConfig {
  readonly file: string
  /** KV namespaces of the account: ids by title. */
  readonly ids: ReadonlyMap<string, string>
  /** Those that the environment is bound to. */
  readonly titles: readonly string[]
  readonly branch: string | null
}

/** The configuration as an account takes it. A KV namespace has its title for an id in ours, because the id is only
 *  known to the account that made it. Paths become absolute: this configuration lies elsewhere. In a preview of a branch
 *  whatever is named after the preview is named after the branch. */
export const accountConfig = ({ file, ids, titles, branch }: AccountConfig): string => {
  const missing = titles.map((title) => nameIn(title, branch)).filter((title) => !ids.has(title))
  if (missing.length > 0)
    throw new Error(`The account has no KV namespace ${missing.join(', ')}: ops/deploy/prepare.ts makes it.`)
  return readFileSync(file, 'utf8')
    .replace(
      /^(main|directory) = "(.+)"$/gm,
      (_line, name, path) => `${name} = ${JSON.stringify(resolve(dirname(file), path))}`,
    )
    .replace(/"(edgepoll-[a-z-]+-preview)"/g, (_quoted, name) => JSON.stringify(nameIn(name, branch)))
    .replace(/^id = "(.+)"$/gm, (line, title) => (ids.has(title) ? `id = "${ids.get(title)}"` : line))
}

interface Line {
  readonly type?: string
  readonly version_id?: string
  readonly targets?: readonly string[]
}

/** wrangler's record of what it did: a JSON object a line, the deployment among them with its version and targets. */
export const deploymentIn = (record: string): Published => {
  const deployed = readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line))
    .find(({ type }) => type === 'deploy')
  if (deployed?.version_id === undefined) throw new Error('wrangler did not say which version it published.')
  const url = deployed.targets?.find((target) => target.startsWith('https://')) ?? null
  return { version: deployed.version_id, url }
}
