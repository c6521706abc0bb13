// What the platform loads next to Postgres: the queue's consumer and the writer it hands on to, and the service the scoreboards call.
import { WorkerEntrypoint, waitUntil } from 'cloudflare:workers'
import type { PollDeath } from '../../src/application/ports.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { archiveServices } from '../../src/runtime/archive-services.ts'
import { consumeBallots } from '../../src/runtime/consume-ballots.ts'
import { forgetAnswers } from '../../src/runtime/forget-answers.ts'
import { oncePerEnv } from '../../src/runtime/isolate.ts'
import { keepDeadLetters } from '../../src/runtime/keep-dead-letters.ts'
import { askWriter, isOwnCall, writeBallots } from '../../src/runtime/placed-writer.ts'
import { reconcileAll } from '../../src/runtime/reconcile-all.ts'
import { retainAll } from '../../src/runtime/retain-all.ts'

/** As in wrangler.toml; the other schedule is the reconciler's. */
const retention = '47 * * * *'

const servicesOf = oncePerEnv((env: ArchiveEnv) => archiveServices(env, waitUntil))

/** Called by service binding, never from outside. */
export class ArchiveService extends WorkerEntrypoint<ArchiveEnv> {
  async recordPoll(poll: Poll): Promise<void> {
    await servicesOf(this.env).pollRecords.record(poll, AbortSignal.timeout(5_000))
  }

  async removePoll(death: PollDeath): Promise<void> {
    await servicesOf(this.env).pollRecords.remove(death, AbortSignal.timeout(30_000))
  }
}

export default {
  /** The writer, placed next to Postgres; to everybody but this Worker itself there is nothing here. */
  fetch: async (request, env, { props }) => {
    if (!isOwnCall(props)) return new Response(null, { status: 404 })
    const services = servicesOf(env)
    const answer = await writeBallots(services)(request)
    services.tellMetrics()
    return answer
  },
  queue: async (batch, env) => {
    const services = servicesOf(env)
    const dead = batch.queue.startsWith('edgepoll-ballots-dead')
    const consume = consumeBallots({ ...services, archiveBallots: askWriter(env.WRITER) })
    await (dead ? keepDeadLetters(services)(batch.messages) : consume(batch.messages))
    services.tellMetrics()
  },
  scheduled: async ({ cron }, env) => {
    const services = servicesOf(env)
    if (cron === retention) await retainAll(services)()
    else {
      await forgetAnswers(services)()
      await reconcileAll(services)()
    }
    services.tellMetrics()
  },
} satisfies ExportedHandler<ArchiveEnv>
