// The count Worker and a driver beside it, in one runtime on one thread, as a poll's box and its callers share one in
// production. The driver takes the archive's place.
import { dirname, join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import type { PeerReady } from '../peers/spawn-peer.ts'
import { bundleWorker } from './bundle.ts'

interface Order {
  readonly folder: string
  /** The driver's module. */
  readonly driver: string
  /** Set over the count Worker's [vars], which are text. */
  readonly vars: Readonly<Record<string, string>>
  /** Instead of the count Worker's own module. */
  readonly entry?: string
  /** Code before the count Worker's. */
  readonly banner?: string
}

const config = resolve(import.meta.dirname, '../../workers/count/wrangler.toml')

/** Runs until the parent process is gone. */
export const runCountBeside = async ({ folder, driver, vars, entry, banner }: Order): Promise<void> => {
  const moduleAt = (path: string) => ({
    rootPath: folder,
    modulesRoot: folder,
    modules: [{ type: 'ESModule' as const, path }],
  })
  const {
    modulesRules: _,
    bindings,
    ...asDeployed
  } = unstable_getMiniflareWorkerOptions(config).workerOptions
  const count = {
    ...asDeployed,
    ...moduleAt(await bundleWorker(entry ?? join(dirname(config), 'index.ts'), folder, 'count', banner)),
    name: 'edgepoll-count',
    bindings: { ...(bindings as Record<string, string>), ...vars },
  }
  const boxes = (className: string) => ({ className, scriptName: count.name, useSQLite: true })
  const beside = {
    ...moduleAt(await bundleWorker(driver, folder, 'driver')),
    name: 'edgepoll-archive', // whose place it takes
    compatibilityDate: '2026-11-01',
    compatibilityFlags: ['nodejs_compat'],
    durableObjects: { BALLOT_BOX: boxes('BallotBox'), SCOREBOARD: boxes('Scoreboard') },
    queueConsumers: { 'edgepoll-ballots': { maxBatchSize: 100, maxBatchTimeout: 1 } },
  }
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      resourcePersistencePath: join(folder, 'state'),
      workers: [beside, count],
    }),
  )
  const { origin } = await runtime.ready
  const ready: PeerReady = { origin }
  process.send?.(ready)
  process.once('disconnect', async () => {
    await runtime.dispose()
    process.exit(0)
  })
}
