// The stack's process in a benchmark; ends with its parent. Words: data folder, commit ("group" or "single").
import { startStack } from '../dev/stack.ts'
import type { PeerReady } from './peers/spawn-peer.ts'

export interface StackReady extends PeerReady {
  readonly apiKey: string
}

const [dataFolder = '.', commit = 'group'] = process.argv.slice(2)

const stack = await startStack({
  dataFolder,
  bindings: { count: { BENCH_COMMIT: commit === 'single' ? 'single' : '' } },
})
if (stack.apiKey === null) throw new Error('The stack came without a workspace: nobody could make a poll.')
const ready: StackReady = { origin: stack.url, apiKey: stack.apiKey }
process.send?.(ready)
stack.failure.catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
process.once('disconnect', async () => {
  await stack.stop()
  process.exit(0)
})
