// A queue batch, from its envelopes to acknowledgements: one statement for all that can be read, each message
// acknowledged alone, since a throw would send the whole batch again.
import { type BallotMessage, openBallotMessage } from '../application/ballot-message.ts'
import type { ArchiveServices } from './archive-services.ts'

export interface Delivery {
  readonly id: string
  readonly attempts: number
  readonly body: unknown
  ack(): void
  retry(options?: { delaySeconds?: number }): void
}

const patienceMs = 20_000
const longestDelaySeconds = 300

export const consumeBallots =
  ({
    archiveBallots,
    worthRetrying,
    report,
  }: Pick<ArchiveServices, 'archiveBallots' | 'worthRetrying' | 'report'>) =>
  async (deliveries: readonly Delivery[]): Promise<void> => {
    const readable: { delivery: Delivery; message: BallotMessage }[] = []
    for (const delivery of deliveries) {
      const message = openBallotMessage(delivery.body)
      if (message !== null) readable.push({ delivery, message })
      else poisoned(delivery, 'an envelope of an unknown version')
    }
    if (readable.length === 0) return
    await archive(readable)

    function poisoned(delivery: Delivery, error: string) {
      report({ type: 'message-poisoned', messageId: delivery.id, error })
      delivery.retry({ delaySeconds: longestDelaySeconds }) // to the dead-letter queue in the end, never lost
    }

    async function archive(batch: typeof readable): Promise<void> {
      try {
        await archiveBallots(
          batch.map(({ message }) => message),
          AbortSignal.timeout(patienceMs),
        )
        for (const { delivery } of batch) delivery.ack()
      } catch (error) {
        report({ type: 'archive-failed', messages: batch.length, error: String(error) })
        if (worthRetrying(error)) {
          for (const { delivery } of batch)
            delivery.retry({ delaySeconds: backoffSeconds(delivery.attempts) })
        } else if (batch.length === 1) {
          for (const { delivery } of batch) poisoned(delivery, String(error))
        } else {
          // One message that Postgres will never take must not hold up its neighbours.
          for (const each of batch) await archive([each])
        }
      }
    }
  }

const backoffSeconds = (attempts: number): number => Math.min(longestDelaySeconds, 2 ** Math.min(attempts, 9))
