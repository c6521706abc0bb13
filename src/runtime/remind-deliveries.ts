// Reminders into the queue: what is due now goes at once, what is due later as late as a queue can. What cannot be put there the
// sweep finds within minutes.
import type { Report } from '../application/events.ts'
import type { Remind } from '../application/webhook-ports.ts'
import type { Clock } from '../kernel/clock.ts'
import { delayUntil } from './consume-deliveries.ts'

/** A queue, as far as reminders need it. */
export interface ReminderQueue {
  sendBatch(messages: { body: unknown; contentType: 'json'; delaySeconds: number }[]): Promise<unknown>
}

interface Needs {
  readonly queue: ReminderQueue
  readonly clock: Clock
  readonly report: Report
  /** Nobody waits for the queue. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

const messagesABatch = 100

export const remindThrough =
  ({ queue, clock, report, waitUntil }: Needs): Remind =>
  async (due) => {
    const now = clock.now()
    for (let at = 0; at < due.length; at += messagesABatch) {
      const batch = due.slice(at, at + messagesABatch).map((delivery) => ({
        body: { v: 1, ...delivery },
        contentType: 'json' as const,
        delaySeconds: delayUntil(delivery.dueAt, now),
      }))
      const sent = queue.sendBatch(batch).catch((error: unknown) => {
        report({ type: 'reminders-lost', count: batch.length, error: String(error) })
      })
      waitUntil(sent)
    }
  }
