// Reminders out of the queue, one attempt each. A reminder that is early goes back for as long as the queue can hold it; one
// that cannot be followed is only lost, because the delivery itself is in Postgres and the sweep finds it.
import * as z from 'zod'
import { atMost } from '../kernel/at-most.ts'
import type { ArchiveServices } from './archive-services.ts'
import type { QueuedMessage } from './consume-ballots.ts'

/** The longest that a queue delays a message. https://developers.cloudflare.com/queues/platform/limits */
export const longestDelaySeconds = 12 * 60 * 60

/** Of six connections that a request may have open, one is for Postgres. */
const attemptsAtOnce = 5

/** An attempt's own end, what judges its target, and two statements. */
const patienceMs = 40_000

const reminder = z.object({ v: z.literal(1), id: z.string(), workspaceId: z.string(), dueAt: z.number() })

/** Seconds until it is due, as far as a queue goes. */
export const delayUntil = (dueAt: number, now: number): number =>
  Math.min(longestDelaySeconds, Math.max(0, Math.ceil((dueAt - now) / 1_000)))

export const consumeDeliveries =
  ({ deliverEvent, clock, report }: Pick<ArchiveServices, 'deliverEvent' | 'clock' | 'report'>) =>
  async (messages: readonly QueuedMessage[]): Promise<void> => {
    await atMost(attemptsAtOnce, messages, async (message) => {
      const due = reminder.safeParse(message.body)
      if (!due.success) {
        report({ type: 'message-poisoned', messageId: message.id, error: 'a reminder of an unknown version' })
        return message.ack()
      }
      const { v: _known, ...delivery } = due.data
      const delaySeconds = delayUntil(delivery.dueAt, clock.now())
      if (delaySeconds > 0) return message.retry({ delaySeconds })
      try {
        await deliverEvent(delivery, AbortSignal.timeout(patienceMs))
      } catch (error) {
        report({ type: 'delivery-stalled', deliveryId: delivery.id, error: String(error) })
      }
      message.ack()
    })
  }
