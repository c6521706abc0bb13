// A queue batch, from its envelopes to acknowledgements: what can be read, in statements as large as Postgres can bear,
// each message acknowledged alone, since a throw would send the whole batch again.
import { type BallotMessage, openBallotMessage } from '../application/ballot-message.ts'
import { placeUnder } from '../kernel/trace.ts'
import type { ArchiveServices } from './archive-services.ts'

export interface QueuedMessage {
  readonly id: string
  readonly attempts: number
  /** When it was put into the queue. */
  readonly timestamp: Date
  readonly body: unknown
  ack(): void
  retry(options?: { delaySeconds?: number }): void
}

/** What archives into one database. */
export type Lane = ArchiveServices['directoryLane']

const patienceMs = 20_000
const longestDelaySeconds = 300

export const consumeBallots =
  ({
    archiveBallots,
    worthRetrying,
    pace,
    clock,
    report,
  }: Lane & Pick<ArchiveServices, 'worthRetrying' | 'clock' | 'report'>) =>
  async (deliveries: readonly QueuedMessage[]): Promise<void> => {
    const readable: { delivery: QueuedMessage; message: BallotMessage }[] = []
    for (const delivery of deliveries) {
      const message = openBallotMessage(delivery.body)
      if (message !== null) readable.push({ delivery, message })
      else poisoned(delivery, 'an envelope of an unknown version')
    }
    while (readable.length > 0) {
      if (await archive(readable.splice(0, pace.messagesAtOnce))) continue
      // Postgres is away: what it has not been asked for comes back as what it has.
      for (const { delivery } of readable.splice(0)) putOff(delivery)
    }

    function poisoned(delivery: QueuedMessage, error: string) {
      report({ type: 'message-poisoned', messageId: delivery.id, error })
      delivery.retry({ delaySeconds: longestDelaySeconds }) // to the dead-letter queue in the end, never lost
    }

    function putOff(delivery: QueuedMessage) {
      delivery.retry({ delaySeconds: backoffSeconds(delivery.attempts) })
    }

    /** false: Postgres is away, and nothing else need be tried now. */
    async function archive(batch: typeof readable): Promise<boolean> {
      try {
        const durationMs = await archiveBallots(
          batch.map(({ message }) => message),
          AbortSignal.timeout(patienceMs),
        )
        pace.note(durationMs)
        for (const { delivery, message } of batch) {
          delivery.ack()
          const trace = placeUnder(message.traceparent, message.id)
          const lagMs = clock.now() - delivery.timestamp.getTime()
          report({ type: 'message-archived', lagMs, ...(trace && { trace }) })
        }
      } catch (error) {
        report({ type: 'archive-failed', messages: batch.length, error: String(error) })
        if (worthRetrying(error)) {
          pace.note(null)
          for (const { delivery } of batch) putOff(delivery)
          return false
        }
        if (batch.length === 1) {
          for (const { delivery } of batch) poisoned(delivery, String(error))
          return true
        }
        // One message that Postgres will never take must not hold up its neighbours.
        for (const [at, each] of batch.entries()) {
          if (await archive([each])) continue
          for (const { delivery } of batch.slice(at + 1)) putOff(delivery)
          return false
        }
      }
      return true
    }
  }

export const backoffSeconds = (attempts: number): number =>
  Math.min(longestDelaySeconds, 2 ** Math.min(attempts, 9))
