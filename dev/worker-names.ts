// The three Workers: what they are called and where their configurations are; the first answers the public.
import { join } from 'node:path'
import { projectRoot } from './settings.ts'

export const workerNames = ['edge', 'count', 'archive'] as const

export type WorkerName = (typeof workerNames)[number]

const configs: Readonly<Record<WorkerName, string>> = {
  edge: 'wrangler.toml',
  count: 'workers/count/wrangler.toml',
  archive: 'workers/archive/wrangler.toml',
}

/** The configuration of a Worker, from the root of the clone. */
export const configOf = (worker: WorkerName): string => configs[worker]

export const configPathOf = (worker: WorkerName): string => join(projectRoot, configs[worker])
