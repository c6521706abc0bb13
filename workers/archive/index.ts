// What the platform loads next to Postgres: the queue's consumer, and the service the scoreboards call.
import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { archiveServices } from '../../src/runtime/archive-services.ts'
import { consumeBallots } from '../../src/runtime/consume-ballots.ts'
import { oncePerEnv } from '../../src/runtime/isolate.ts'

const servicesOf = oncePerEnv((env: ArchiveEnv) => archiveServices(env))

/** Called by service binding, never from outside. */
export class ArchiveService extends WorkerEntrypoint<ArchiveEnv> {
  async recordPoll(poll: Poll): Promise<void> {
    await servicesOf(this.env).pollRecords.record(poll, AbortSignal.timeout(5_000))
  }
}

export default {
  fetch: () => new Response(null, { status: 404 }),
  queue: (batch, env) => consumeBallots(servicesOf(env))(batch.messages),
} satisfies ExportedHandler<ArchiveEnv>
