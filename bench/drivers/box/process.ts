// The driver's process: the count Worker as it is, and the driver beside it, in one runtime on one thread, as a poll's
// box and its callers share one in production. Words: folder, commit ("group" or "single").
import { dirname, join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { bundleWorker } from '../bundle.ts'

const root = resolve(import.meta.dirname, '../../..')
const [folder = '.', commit = 'group'] = process.argv.slice(2)

const countWorker = async () => {
  const config = join(root, 'workers/count/wrangler.toml')
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config)
  const entry = process.env['BENCH_COUNT'] ?? join(dirname(config), 'index.ts')
  return {
    ...workerOptions,
    ...moduleAt(await bundleWorker(entry, folder, 'count')),
    name: 'edgepoll-count',
    bindings: { ...workerOptions.bindings, BENCH_COMMIT: commit === 'single' ? 'single' : '' },
  }
}

/** Named as the archive, whose place it takes. */
const driverWorker = async ({ compatibilityDate, compatibilityFlags, durableObjects }: Terms) => ({
  ...moduleAt(await bundleWorker(join(import.meta.dirname, 'worker.ts'), folder, 'driver')),
  name: 'edgepoll-archive',
  compatibilityDate,
  compatibilityFlags,
  durableObjects: Object.fromEntries(
    Object.entries(durableObjects).map(([binding, { className }]) => [
      binding,
      { className, scriptName: 'edgepoll-count', useSQLite: true },
    ]),
  ),
  queueConsumers: { 'edgepoll-ballots': { maxBatchSize: 100, maxBatchTimeout: 1 } },
})

interface Terms {
  readonly compatibilityDate: string
  readonly compatibilityFlags: string[]
  readonly durableObjects: Readonly<Record<string, { readonly className: string }>>
}

const moduleAt = (path: string) => ({
  rootPath: folder,
  modulesRoot: folder,
  modulesRules: undefined,
  modules: [{ type: 'ESModule' as const, path }],
})

const count = await countWorker()
const runtime = new Miniflare(
  convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: 0,
    resourcePersistencePath: join(folder, 'state'),
    // biome-ignore lint: x
    workers: [await driverWorker(count as any), count as any],
  }),
)
const origin = (await runtime.ready).origin
process.send?.({ kind: 'listening', origin })
process.once('disconnect', async () => {
  await runtime.dispose()
  process.exit(0)
})
