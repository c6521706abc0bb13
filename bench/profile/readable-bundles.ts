// The Workers bundled for a profile: as for deployment, but with names kept as they are and a map to the sources.
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Bundle, type Bundles, hashOf } from '../../dev/bundles.ts'
import { projectRoot } from '../../dev/settings.ts'
import type { WorkerName } from '../../dev/worker-names.ts'
import { bundleWorker } from '../drivers/bundle.ts'
import type { RawMap } from './cpu-profile.ts'

/** Builds them into the folder. */
export const readableBundles = async (folder: string): Promise<Bundles> => {
  const bundle = async (worker: WorkerName): Promise<Bundle> => {
    const entry = join(projectRoot, 'workers', worker, 'index.ts')
    const path = await bundleWorker(entry, folder, moduleOf(worker), '', 'external')
    return { path, sha256: hashOf(path) ?? '' }
  }
  const [edge, count, archive] = await Promise.all([bundle('edge'), bundle('count'), bundle('archive')])
  return { edge, count, archive }
}

/** Where the functions of a Worker's bundle stand in the sources, whose paths begin at the root of the clone. */
export const mapOf = (folder: string, worker: WorkerName): RawMap => {
  const map = JSON.parse(readFileSync(join(folder, `${moduleOf(worker)}.mjs.map`), 'utf8')) as RawMap // esbuild wrote it
  return { ...map, sources: map.sources.map((source) => relative(projectRoot, resolve(folder, source))) }
}

const moduleOf = (worker: WorkerName) => `readable-${worker}`
