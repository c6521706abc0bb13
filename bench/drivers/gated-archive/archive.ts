// The archive Worker as it is, but that its consumer waits at a gate before each batch: a consumer that can be stalled.
import archive, { ArchiveService } from '../../../workers/archive/index.ts'

/** What the benchmark gives it more: an address that answers while the gate is open. */
type GatedEnv = ArchiveEnv & { readonly BENCH_GATE: string }

export { ArchiveService }

export default {
  ...archive,
  queue: async (batch, env) => {
    await (await fetch(env.BENCH_GATE)).arrayBuffer()
    return archive.queue(batch, env)
  },
} satisfies ExportedHandler<GatedEnv>
