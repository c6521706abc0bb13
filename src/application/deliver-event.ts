import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { placeUnder, type SpanPlace } from '../kernel/trace.ts'
import { delaysMs, mostAttempts } from './delivery-schedule.ts'
import type { Report } from './events.ts'
import type { DeliveryRecords, DueDelivery, Remind, Settlement, TakenDelivery } from './webhook-ports.ts'

/** What came of sending: an answer's status, or why there was none. */
export type Sent =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: string }

/** Signs and posts a body. Never rejects but for a bug; ends by itself. */
export type SendEvent = (
  delivery: Pick<TakenDelivery, 'id' | 'webhook'> & {
    readonly payload: string
    readonly trace: SpanPlace | undefined
  },
  signal: AbortSignal,
) => Promise<Sent>

interface Needs {
  readonly deliveryRecords: DeliveryRecords
  readonly sendEvent: SendEvent
  readonly remind: Remind
  readonly clock: Clock
  readonly random: Random
  readonly report: Report
}

/** A webhook that has only failed for so long is disabled. */
const patienceMs = 5 * 24 * 60 * 60 * 1_000

/** Attempts a delivery that is due, once; the next attempt is planned before this one begins. Rejects when Postgres cannot be
 *  asked, and then it is due still. */
export const deliverEvent =
  ({ deliveryRecords, sendEvent, remind, clock, random, report }: Needs) =>
  async (due: DueDelivery, signal: AbortSignal): Promise<void> => {
    const fraction = random.fraction()
    const plan = { now: clock.now(), delaysMs: delaysMs(fraction), fraction }
    const taken = await deliveryRecords.take(due, plan, signal)
    if (taken === null) return
    const trace = placeUnder(taken.traceparent, `${taken.id} ${taken.attempt}`)
    const began = clock.now()
    const settlement = await attempt(taken)
    const now = clock.now()
    const { id, workspaceId, event, attempt: attempts, webhook, nextAt } = taken
    const outcome = settlement.kind === 'failed' && settlement.last ? 'given-up' : settlement.kind
    const status = settlement.kind === 'gone' ? 410 : settlement.status
    const durationMs = now - began
    report({
      type: 'delivery-attempted',
      deliveryId: id,
      webhookId: webhook.id,
      event,
      attempt: attempts,
      outcome,
      status,
      durationMs,
      ...(trace && { trace }),
    })
    const times = { now, failingBefore: now - patienceMs }
    const settle = () => deliveryRecords.settle(taken, settlement, times, signal)
    // Once more, because what is not settled is sent again.
    await settle().catch(settle)
    if (settlement.kind === 'failed' && !settlement.last) await remind([{ id, workspaceId, dueAt: nextAt }])

    async function attempt({ payload, attempt: nth, ...rest }: TakenDelivery): Promise<Settlement> {
      if (payload === null) return unsent('There is nothing left to tell.')
      // One whose last attempt was never settled: it has been tried often enough.
      if (nth > mostAttempts) return unsent('The last attempt did not end.')
      const sent = await sendEvent({ ...rest, payload, trace }, signal)
      const last = nth >= mostAttempts
      if (sent.kind === 'failed') return failed(sent.error, last)
      if (sent.status === 410) return { kind: 'gone' }
      if (sent.status >= 200 && sent.status < 300) return { kind: 'delivered', status: sent.status }
      return failed(`The answer was ${sent.status}.`, last, sent.status)
    }
  }

const failed = (error: string, last: boolean, status: number | null = null): Settlement => ({
  kind: 'failed',
  status,
  error,
  last,
  sent: true,
})

const unsent = (error: string): Settlement => ({
  kind: 'failed',
  status: null,
  error,
  last: true,
  sent: false,
})
