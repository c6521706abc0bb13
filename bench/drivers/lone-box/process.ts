// The driver's process: the count Worker and the driver beside it, in one runtime on one thread, as a poll's box and
// its callers share one in production. Words: folder, and "deployed" or "metered" for the count Worker.
import { dirname, join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import type { PeerReady } from '../../peers/spawn-peer.ts'
import { bundleWorker } from '../bundle.ts'

const [folder = '.', objects = 'deployed'] = process.argv.slice(2)

const moduleAt = (path: string) => ({
  rootPath: folder,
  modulesRoot: folder,
  modules: [{ type: 'ESModule' as const, path }],
})

const config = resolve(import.meta.dirname, '../../../workers/count/wrangler.toml')
const { modulesRules: _, ...asDeployed } = unstable_getMiniflareWorkerOptions(config).workerOptions
const entry =
  objects === 'metered' ? join(import.meta.dirname, '../metered/count.ts') : join(dirname(config), 'index.ts')

const count = {
  ...asDeployed,
  ...moduleAt(await bundleWorker(entry, folder, 'count')),
  name: 'edgepoll-count',
  bindings: { ...(asDeployed['bindings'] as Record<string, string>), LOG_LEVEL: 'warn' }, // its [vars] are text
}

const boxes = (className: string) => ({ className, scriptName: count.name, useSQLite: true })
const driver = {
  ...moduleAt(await bundleWorker(join(import.meta.dirname, 'worker.ts'), folder, 'driver')),
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
    workers: [driver, count],
  }),
)
const { origin } = await runtime.ready
const ready: PeerReady = { origin }
process.send?.(ready)
process.once('disconnect', async () => {
  await runtime.dispose()
  process.exit(0)
})
