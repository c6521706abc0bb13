// The dead-letter queue's consumer: what could not be archived is kept in Postgres until somebody has looked.
import type { ArchiveServices } from './archive-services.ts'
import type { QueuedMessage } from './consume-ballots.ts'

const patienceMs = 20_000

export const keepDeadLetters =
  ({ deadLetters, clock, report }: Pick<ArchiveServices, 'deadLetters' | 'clock' | 'report'>) =>
  async (deliveries: readonly QueuedMessage[]): Promise<void> => {
    const diedAt = clock.now()
    const letters = deliveries.map(({ id, body }) => ({ id: messageId(body) ?? id, body, diedAt }))
    try {
      await deadLetters.keep(letters, AbortSignal.timeout(patienceMs))
      for (const delivery of deliveries) delivery.ack()
    } catch (error) {
      report({ type: 'archive-failed', messages: deliveries.length, error: String(error) })
      for (const delivery of deliveries) delivery.retry()
    }
  }

/** The box's own id: the same events that die again are one letter. */
const messageId = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string' ? body.id : null
