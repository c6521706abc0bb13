// Webhooks of a world: the real reminders, consumer, attempts and sweep over a simulated queue and Postgres, and an owner's
// endpoint that is now and then away.
import { deliverEvent, type SendEvent } from '../../../src/application/deliver-event.ts'
import type { DeliveryRecords, OverdueDeliveries, Remind } from '../../../src/application/webhook-ports.ts'
import { consumeDeliveries } from '../../../src/runtime/consume-deliveries.ts'
import { remindThrough } from '../../../src/runtime/remind-deliveries.ts'
import { sweepDeliveries } from '../../../src/runtime/sweep-deliveries.ts'
import type { Tables } from '../../support/simulated/postgres.ts'
import { type Queue, queueOf } from '../../support/simulated/queue.ts'
import { aWebhook } from '../../support/webhooks.ts'
import { workspaceId } from '../people/insist.ts'
import type { Ground } from './ground.ts'

export interface Deliveries {
  readonly remind: Remind
  readonly queue: Queue
  /** The minute's round. */
  sweep(): Promise<void>
  /** An owner asks for everything again that is not delivered; answers how much that was. */
  redeliverAll(): Promise<number>
  /** What came to the owner's endpoint, in that order. */
  readonly received: readonly ReceivedEvent[]
}

export interface ReceivedEvent {
  readonly id: string
  readonly payload: string
}

interface Links {
  readonly records: () => DeliveryRecords & OverdueDeliveries
  readonly tables: () => Tables
}

export const deliveriesOf = (ground: Ground, { records, tables }: Links): Deliveries => {
  const { schedule, chaos, report, saw } = ground
  const chance = ground.chance.fork('deliveries')
  const clock = ground.machines.any()
  const received: ReceivedEvent[] = []

  const endpoint: SendEvent = async ({ id, payload }) => {
    await schedule.pause(chance.between(1, 300))
    if (chaos.strikes('endpoint-refused')) {
      chaos.fired('endpoint-refused')
      return { kind: 'answered', status: 503 }
    }
    if (received.some((event) => event.id === id)) saw('event received twice')
    received.push({ id, payload })
    if (chaos.strikes('endpoint-unanswered')) {
      chaos.fired('endpoint-unanswered')
      return { kind: 'failed', error: 'There was no answer.' }
    }
    return { kind: 'answered', status: 204 }
  }

  const remind = remindThrough({
    queue: {
      sendBatch: async (messages) => {
        if (chaos.strikes('reminder-lost')) {
          chaos.fired('reminder-lost')
          throw new Error('the queue does not take anything')
        }
        queue.send(messages.map(({ body }) => body))
      },
    },
    clock,
    report,
    waitUntil: (work) => void work,
  })

  const services = () => ({
    deliverEvent: deliverEvent({
      deliveryRecords: records(),
      sendEvent: endpoint,
      remind,
      clock,
      random: { bytes: (count) => new Uint8Array(count), fraction: () => chance.between(0, 1) },
      report,
    }),
    overdueDeliveries: [records()],
    remind,
    clock,
    report,
  })

  const queue = queueOf({
    schedule,
    chance: chance.fork('queue'),
    chaos,
    maxRetries: 100,
    retryDelayMs: 60_000,
    gatherMs: 500,
    consume: (messages) => consumeDeliveries(services())(messages),
    dead: () => ground.alarm('11', 'a reminder died'),
  })

  tables().webhooks.add(workspaceId, webhook, 1)

  return {
    remind,
    queue,
    received,
    sweep: () => sweepDeliveries(services())(),
    async redeliverAll() {
      const { webhooks } = tables()
      const open = [...webhooks.deliveries.values()].filter(({ state }) => state === 'pending')
      const now = clock.now()
      const again = open.flatMap(({ id: deliveryId }) => {
        const found = webhooks.redeliver({ workspaceId, webhookId: webhook.id, deliveryId, now })
        if (found === null || found === 'forgotten') return []
        return [{ id: found.id, workspaceId, dueAt: found.nextAt ?? now }]
      })
      await remind(again)
      return open.length
    },
  }
}

const webhook = aWebhook({ id: 'whk_simulated', createdAt: 0 })
