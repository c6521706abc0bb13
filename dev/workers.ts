// How the Workers become options of Miniflare, the runtime `npm run stack` runs them in. Nothing else knows.
import { dirname } from 'node:path'
import type { Bundle, Bundles } from './bundles.ts'
import { assetsFolder } from './generate-published.ts'
import { host } from './ports.ts'
import { configPathOf, type WorkerName } from './worker-names.ts'

/** Values for the variables of the Workers: those each configuration declares, and additions for one Worker. */
export interface WorkerValues {
  readonly shared: Readonly<Record<string, string>>
  readonly additional: Partial<Readonly<Record<WorkerName, Readonly<Record<string, string>>>>>
}

/** One process of the runtime: what it is to run, as plain JSON, so that it can be sent to it. */
export interface RuntimePlan {
  readonly name: string
  readonly options: RuntimeOptions
  /** Workers apart from here share key-value storage with others through the registry. */
  readonly shares: boolean
  readonly workers: readonly {
    readonly options: Readonly<Record<string, unknown>>
    readonly bundle: Bundle
  }[]
}

/** What is said to Miniflare of the process as a whole. */
export interface RuntimeOptions {
  readonly host: string
  readonly port: number
  readonly cf: false
  readonly resourcePersistencePath: string
  readonly isolatedResourcePersistencePath: string
  readonly unsafeDevRegistryPath?: string
  readonly inspectorPort?: number
}

interface Needs {
  readonly name: string
  readonly workers: readonly WorkerName[]
  readonly bundles: Bundles
  readonly values: WorkerValues
  /** The public port, for the process that runs an edge. */
  readonly port: number | null
  /** Objects and queues of this process. */
  readonly state: string
  /** What all processes have in common; the same as `state` when there is one. */
  readonly sharedState: string
  /** Where the processes find each other; null when there is one. */
  readonly registry: string | null
  /** Where its debugger listens; without one it has none. */
  readonly inspectorPort?: number | undefined
}

export const planRuntime = async (needs: Needs): Promise<RuntimePlan> => {
  const { name, bundles, values, port, state, sharedState, registry, inspectorPort } = needs
  const all = await Promise.all(
    needs.workers.map(async (worker) => ({
      options: await optionsOf(worker, bundles[worker], values, port),
      bundle: bundles[worker],
    })),
  )
  const usesStorage = all.some(({ options: { kvNamespaces } }) => Object.keys(kvNamespaces ?? {}).length > 0)
  const shares = registry !== null && usesStorage
  return {
    name,
    options: {
      host,
      // The entry nobody uses: requests come through the direct socket of the edge.
      port: 0,
      cf: false,
      // Two processes must not write the same files; what they share is kept by one of them for all.
      resourcePersistencePath: shares ? sharedState : state,
      isolatedResourcePersistencePath: state,
      ...(registry === null ? {} : { unsafeDevRegistryPath: registry }),
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
    },
    shares,
    workers: all,
  }
}

const optionsOf = async (
  worker: WorkerName,
  bundle: Bundle,
  values: WorkerValues,
  port: number | null,
): Promise<Readonly<Record<string, unknown>>> => {
  // It is fifteen megabytes; what only reads types from here should not load it.
  const { unstable_getMiniflareWorkerOptions: miniflareOptionsOf, unstable_readConfig: readConfig } =
    await import('wrangler')
  // It would complain about secrets that are given below.
  Object.assign(process.env, { WRANGLER_LOG: 'none' })
  const path = configPathOf(worker)
  const config = readConfig({ config: path }, { hideWarnings: true })
  const { assets, ...workerOptions } = miniflareOptionsOf(config).workerOptions
  const declared = new Set([...Object.keys(config.vars), ...(config.secrets?.required ?? [])])
  const given = Object.entries(values.shared).filter(([name]) => declared.has(name))
  return {
    ...workerOptions,
    name: config.name,
    rootPath: dirname(path),
    // The bundle is one module; rules are for finding more.
    modulesRules: undefined,
    modulesRoot: dirname(path),
    // The folder itself: with `assets` every request would pass Miniflare's router first.
    ...(assets === undefined
      ? {}
      : { serviceBindings: { ...Object(workerOptions['serviceBindings']), ASSETS: folder } }),
    // From the configuration and from us; a .dev.vars in the clone is for `wrangler dev` by hand.
    bindings: {
      ...config.vars,
      ...Object.fromEntries(given),
      ...values.additional[worker],
      ...versionOf(config.version_metadata, bundle),
    },
    versionMetadata: undefined,
    // Past Miniflare's own entry, which costs three requests of four.
    ...(worker === 'edge' && port !== null ? { unsafeDirectSockets: [{ host, port }] } : {}),
  }
}

export const versionIdOf = ({ sha256 }: Bundle): string => sha256.slice(0, 16)

/** What the platform would tell a Worker of itself. */
const versionOf = (metadata: { readonly binding: string } | undefined, bundle: Bundle) =>
  metadata === undefined ? {} : { [metadata.binding]: { id: versionIdOf(bundle), tag: '', timestamp: '' } }

/** Read by the runtime; answers a GET with the file's bytes. */
const folder = { disk: { path: assetsFolder, writable: false } }
