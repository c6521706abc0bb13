// wrangler as the steps run it: from the root of the clone, showing what it prints.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { required } from './step.ts'

export const root = join(import.meta.dirname, '..', '..')

export interface WranglerAnswer {
  readonly ok: boolean
  readonly stdout: string
  /** Everything it printed. */
  readonly said: string
}

interface Manner {
  readonly env?: Readonly<Record<string, string>>
  /** For what is read here rather than by a person. */
  readonly quiet?: boolean
}

export const wrangler = (
  args: readonly string[],
  { env = {}, quiet = false }: Manner = {},
): WranglerAnswer => {
  const script = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (!quiet) process.stdout.write(stdout)
  if (!quiet || status !== 0) process.stderr.write(stderr)
  return { ok: status === 0, stdout, said: `${stdout}\n${stderr}` }
}

/** What every step that touches the account needs. */
export const requireAccount = () => required(['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_ACCOUNT_ID'])

/** The KV namespaces of the account: their ids, by title. */
export const namespaceIds = (): ReadonlyMap<string, string> => {
  const { ok, stdout } = wrangler(['kv', 'namespace', 'list'], { quiet: true })
  if (!ok) throw new Error('The KV namespaces of the account could not be listed.')
  const listed: readonly { readonly id: string; readonly title: string }[] = JSON.parse(stdout)
  return new Map(listed.map(({ id, title }) => [title, id]))
}
