// The verbs by which owners manage webhooks: who plays which part at the edge.
import type { Drawing } from '../application/draw-again.ts'
import { listDeliveries, redeliver } from '../application/manage-deliveries.ts'
import {
  changeWebhook,
  createWebhook,
  listWebhooks,
  readWebhook,
  removeWebhook,
  rotateWebhook,
} from '../application/manage-webhooks.ts'
import type { PollBook } from '../application/ports.ts'
import type { DeliveryLog, WebhookBook } from '../application/webhook-ports.ts'
import { targetFault } from '../application/webhook-target.ts'
import { webhookSecrets } from '../delivery/secret.ts'
import type { EdgeConfig } from './config.ts'
import type { Footing } from './guard.ts'
import { type ReminderQueue, remindThrough } from './remind-deliveries.ts'

interface Needs extends Pick<Footing, 'clock' | 'report'>, Drawing {
  readonly config: Pick<EdgeConfig, 'WEBHOOK_KEY' | 'EDGEPOLL_TEST_WEBHOOKS'>
  readonly webhookBook: WebhookBook
  readonly deliveryLog: DeliveryLog
  readonly pollBook: PollBook
  readonly queue: ReminderQueue
  readonly waitUntil: (work: Promise<unknown>) => void
}

export const edgeWebhooks = ({ config, queue, waitUntil, ...rest }: Needs) => {
  const unguarded = config.EDGEPOLL_TEST_WEBHOOKS === '1'
  const needs = {
    ...rest,
    webhookSecret: webhookSecrets(config.WEBHOOK_KEY),
    remind: remindThrough({ queue, waitUntil, clock: rest.clock, report: rest.report }),
  }
  return {
    changeWebhook: changeWebhook(needs),
    createWebhook: createWebhook(needs),
    listDeliveries: listDeliveries(needs),
    listWebhooks: listWebhooks(needs),
    readWebhook: readWebhook(needs),
    redeliver: redeliver(needs),
    removeWebhook: removeWebhook(needs),
    rotateWebhook: rotateWebhook(needs),
    webhookFault: (url: string) => targetFault(url, unguarded),
  }
}
