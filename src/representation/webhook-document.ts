// Webhooks and deliveries as their owner sees them.
import type { Delivery, Webhook } from '../application/webhook-ports.ts'
import { time } from './time.ts'

/** Without its secret. */
export const webhookDocument = (webhook: Webhook) => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  events: webhook.events,
  pollId: webhook.pollId,
  enabled: webhook.disabledAt === null,
  createdAt: time(webhook.createdAt),
  disabledAt: time(webhook.disabledAt),
  disabledReason: webhook.disabledReason,
  previousSecretUntil: time(webhook.previousUntil),
})

export const deliveryDocument = (delivery: Delivery) => ({
  id: delivery.id,
  event: delivery.event,
  pollId: delivery.pollId,
  state: delivery.state,
  attempts: delivery.attempts,
  lastStatus: delivery.lastStatus,
  lastError: delivery.lastError,
  createdAt: time(delivery.createdAt),
  nextAt: time(delivery.nextAt),
  deliveredAt: time(delivery.deliveredAt),
})
