// The stack's process in a benchmark; ends with its parent. Words: data folder, commit, shedding, how many edges, edge, metrics and
// the debugger's port as in BenchStackOptions.
import { type Bundles, hashOf } from '../dev/bundles.ts'
import type { DevFacts } from '../dev/dev-file.ts'
import { startStack } from '../dev/stack.ts'
import { bundleWorker } from './drivers/bundle.ts'
import type { PeerReady } from './peers/spawn-peer.ts'

export interface StackReady extends PeerReady {
  readonly facts: DevFacts
}

const [
  dataFolder = '.',
  commit = 'group',
  shedding = 'on',
  edges = '1',
  edge = '',
  metrics = 'on',
  inspector,
] = process.argv.slice(2)

const common = { EDGEPOLL_SHEDDING: shedding === 'off' ? 'off' : '', EDGEPOLL_METRICS: metrics }
const { failure, stop, ...facts } = await startStack({
  dataFolder,
  edges: Number(edges),
  ...(inspector !== undefined && { inspectorPort: Number(inspector) }),
  instead: async (folder): Promise<Partial<Bundles>> => {
    if (edge === '') return {}
    const path = await bundleWorker(edge, folder, 'bench-edge')
    return { edge: { path, sha256: hashOf(path) ?? '' } }
  },
  bindings: {
    edge: common,
    count: { BENCH_COMMIT: commit === 'group' ? '' : commit, ...common },
    archive: common,
  },
})
if (facts.apiKey === null) throw new Error('The stack came without a workspace: nobody could make a poll.')
const ready: StackReady = { origin: facts.url, facts }
process.send?.(ready)
failure.catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
process.once('disconnect', async () => {
  await stop()
  process.exit(0)
})
