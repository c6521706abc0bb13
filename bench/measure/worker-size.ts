// How large a Worker is as it would be deployed, what in it is whose, and how long it takes to come up.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { type DataFolder, openDataFolder } from '../../dev/data-folder.ts'
import { projectRoot } from '../../dev/settings.ts'
import { configOf, type WorkerName } from '../../dev/worker-names.ts'
import { wranglerEnvironment, wranglerScript } from '../../dev/wrangler.ts'

export interface WorkerSize {
  readonly bytes: number
  readonly gzipBytes: number
  /** Bytes of the minified module by npm package or by room of ours, largest first. */
  readonly parts: Readonly<Record<string, number>>
}

/** Builds the Worker as `wrangler deploy` would and measures what would be sent. */
export const measureWorkerSize = async (worker: WorkerName, scratch: string): Promise<WorkerSize> => {
  const into = join(scratch, `size-of-${worker}`)
  const meta = join(into, 'meta.json')
  await wrangler(openDataFolder(join(scratch, 'wrangler')), [
    ...['deploy', '--dry-run', '-c', configOf(worker), '--env=', '--outdir', into, '--metafile', meta],
  ])
  const module = readFileSync(join(into, 'index.js'))
  return {
    bytes: module.byteLength,
    gzipBytes: gzipBytesOf(module),
    parts: partsOf(JSON.parse(readFileSync(meta, 'utf8')) as Metafile, dirname(configOf(worker))), // esbuild's own
  }
}

/** Milliseconds that the Worker's module kept a processor of this machine busy when it was loaded. */
export const measureStartUp = async (worker: WorkerName, scratch: string): Promise<number> => {
  const folder = openDataFolder(join(scratch, 'wrangler'))
  const bundle = join(scratch, `${worker}.bundle`)
  const profile = join(scratch, `${worker}.cpuprofile`)
  const config = ['-c', configOf(worker)]
  await wrangler(folder, ['deploy', '--dry-run', ...config, '--env=', '--outfile', bundle])
  await wrangler(folder, ['check', 'startup', ...config, '--worker', bundle, '--outfile', profile])
  return activeMs(JSON.parse(readFileSync(profile, 'utf8')) as CpuProfile) // DevTools' format
}

export const gzipBytesOf = (content: string | Uint8Array): number => gzipSync(content).byteLength

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >
}

/** `node_modules/@scope/name/…` is `@scope/name`, `src/http/…` is `src/http`. */
export const partOf = (path: string): string => {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  return inPackage ?? path.split('/').slice(0, 2).join('/')
}

/** What a metafile's outputs are made of, summed by part, largest first; what minifying left nothing of is left out.
 *  `base` is the folder its paths start from. */
export const partsOf = ({ outputs }: Metafile, base: string): Readonly<Record<string, number>> => {
  const sums = new Map<string, number>()
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const part = partOf(join(base, path))
      sums.set(part, (sums.get(part) ?? 0) + bytesInOutput)
    }
  return Object.fromEntries([...sums].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a))
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[]
  readonly samples: readonly number[]
  /** Microseconds. */
  readonly timeDeltas: readonly number[]
}

/** The sampled time in which something ran. */
export const activeMs = ({ nodes, samples, timeDeltas }: CpuProfile): number => {
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  )
  const micros = samples.reduce((sum, node, at) => (idle.has(node) ? sum : sum + (timeDeltas[at] ?? 0)), 0)
  return micros / 1000
}

const wrangler = async (folder: DataFolder, words: readonly string[]): Promise<void> => {
  await promisify(execFile)(process.execPath, [wranglerScript, ...words], {
    cwd: projectRoot,
    env: wranglerEnvironment(folder),
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
  })
}
