// What the platform loads next to Postgres: the queue's consumer and the writer it hands on to, and the service the scoreboards call.
import { WorkerEntrypoint, waitUntil } from 'cloudflare:workers'
import type { PollDeath, PollRecord } from '../../src/application/ports.ts'
import { consumeApart } from '../../src/runtime/archive-lanes.ts'
import { type ArchiveServices, archiveServices } from '../../src/runtime/archive-services.ts'
import { consumeDeliveries } from '../../src/runtime/consume-deliveries.ts'
import { forgetAnswers } from '../../src/runtime/forget-answers.ts'
import { oncePerEnv } from '../../src/runtime/isolate.ts'
import { keepDeadLetters } from '../../src/runtime/keep-dead-letters.ts'
import { isOwnCall, writeBallots } from '../../src/runtime/placed-writer.ts'
import { reconcileEach } from '../../src/runtime/reconcile-all.ts'
import { retainAll } from '../../src/runtime/retain-all.ts'
import { sweepDeliveries } from '../../src/runtime/sweep-deliveries.ts'

/** As in wrangler.toml; the third schedule is the reconciler's. */
const retention = '47 * * * *'
const sweep = '* * * * *'

// Its type is said, because one of its bindings is this Worker itself.
const servicesOf: (env: ArchiveEnv) => ArchiveServices = oncePerEnv((env) => archiveServices(env, waitUntil))

/** Called by service binding, never from outside. */
export class ArchiveService extends WorkerEntrypoint<ArchiveEnv> {
  async recordPoll(poll: PollRecord): Promise<void> {
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
    // Reminders that died are only that: the sweep finds what they were of.
    if (batch.queue.startsWith('edgepoll-deliveries-dead')) batch.ackAll()
    else if (batch.queue.startsWith('edgepoll-deliveries')) await consumeDeliveries(services)(batch.messages)
    else if (batch.queue.startsWith('edgepoll-ballots-dead')) await keepDeadLetters(services)(batch.messages)
    else await consumeApart(services)(batch.messages)
    services.tellMetrics()
  },
  scheduled: async ({ cron }, env) => {
    const services = servicesOf(env)
    if (cron === sweep) await sweepDeliveries(services)()
    else if (cron === retention) await retainAll(services)()
    else {
      await forgetAnswers(services)()
      await reconcileEach(services)()
    }
    services.tellMetrics()
  },
} satisfies ExportedHandler<ArchiveEnv>
