// The driver's process: the count Worker as it is, and the driver beside it, in one runtime on one thread, as a poll's
// box and its callers share one in production. Words: folder, commit ("group" or "single").
import { dirname, join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import type { PeerReady } from '../../peers/spawn-peer.ts'
import { bundleWorker } from '../bundle.ts'

const [folder = '.', commit = 'group'] = process.argv.slice(2)

const moduleAt = (path: string) => ({
  rootPath: folder,
  modulesRoot: folder,
  modules: [{ type: 'ESModule' as const, path }],
})

const config = resolve(import.meta.dirname, '../../../workers/count/wrangler.toml')
const { modulesRules: _, bindings, ...asDeployed } = unstable_getMiniflareWorkerOptions(config).workerOptions

/** A group gathers for a timer of at least a millisecond. The twin gathers nobody: it commits in the call, as code without
 *  groups would; behind that timer it reached half as much, which flattered the group. */
const inTheCall = 'const setTimeout = (run, ms) => (ms === 0 ? run() : globalThis.setTimeout(run, ms))'

const entry = join(dirname(config), 'index.ts')
const count = {
  ...asDeployed,
  ...moduleAt(await bundleWorker(entry, folder, 'count', commit === 'single' ? inTheCall : '')),
  name: 'edgepoll-count',
  // The [vars] of its wrangler.toml, which are text.
  bindings: { ...(bindings as Record<string, string>), BENCH_COMMIT: commit === 'single' ? 'single' : '' },
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
