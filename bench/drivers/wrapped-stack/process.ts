// The stack's process with the edge wrapped and the count Worker metered; ends with its parent. Words: data folder, edges.
import { join } from 'node:path'
import { buildBundles, hashOf } from '../../../dev/bundles.ts'
import { factsOf } from '../../../dev/facts.ts'
import { startPlatform } from '../../../dev/platform.ts'
import { freePort, host, portsFrom } from '../../../dev/ports.ts'
import { progressTo } from '../../../dev/progress.ts'
import { beginRun } from '../../../dev/run.ts'
import { startWorkers } from '../../../dev/stack-runtime.ts'
import { ensureWorkspace, noWorkspace, untilReady } from '../../../dev/workspace.ts'
import { bundleWorker } from '../bundle.ts'
import type { WrappedReady } from './wrapped-stack.ts'

const [dataFolder = '.', edges = '1'] = process.argv.slice(2)
const progress = progressTo(() => undefined)
const { nursery, lock } = await beginRun({ command: 'a benchmark', dataFolder, progress, ownGroups: false })

const wrapped = async (name: string, entry: string) => {
  const path = await bundleWorker(join(import.meta.dirname, entry), nursery.folder.root, name)
  return { path, sha256: hashOf(path) ?? '' }
}
const bundles = {
  ...(await buildBundles(nursery)),
  edge: await wrapped('wrapped-edge', 'edge.ts'),
  count: await wrapped('metered-count', '../metered/count.ts'),
}

const platform = await startPlatform({ settings: { databaseUrl: null, redisUrl: null }, nursery, progress })
const quiet = { LOG_LEVEL: 'warn' }
const ports = await portsFrom(await freePort(), Number(edges))
const values = { shared: platform.bindings, additional: { edge: quiet, count: quiet, archive: quiet } }
const { pids } = await startWorkers({ nursery, bundles, values, ports })
const urls = ports.map((port) => `http://${host}:${port}`)
for (const url of urls) await untilReady(url, { signal: nursery.ending })
const workspace = await ensureWorkspace(urls[0] ?? '', platform.secrets.rootKey, noWorkspace)
const facts = factsOf({ dataFolder: nursery.folder.root, edges: urls, platform, workspace, pids })

const ready: WrappedReady = { origin: facts.url, facts }
process.send?.(ready)
nursery.failure.catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
process.once('disconnect', async () => {
  await nursery.stopAll()
  await platform.stop()
  lock.release()
  process.exit(0)
})
