// What became of a webhook's deliveries, and sending one again.
import type { WebhookRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { Owner } from './identify-caller.ts'
import type { WebhookOrder } from './manage-webhooks.ts'
import {
  type Delivery,
  type DeliveryLog,
  type DeliveryState,
  isWebhookId,
  type Remind,
  type Webhook,
  type WebhookPlace,
} from './webhook-ports.ts'

interface Needs {
  readonly deliveryLog: DeliveryLog
  readonly remind: Remind
  readonly clock: Clock
}

export interface DeliveriesOrder {
  readonly owner: Owner
  readonly webhookId: string
  readonly state: DeliveryState | null
  readonly limit: number
  readonly after: WebhookPlace | null
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[]
  readonly next: WebhookPlace | null
}

/** A page of a webhook's deliveries, newest first. One statement, which finds the webhook to be the owner's as well. */
export const listDeliveries =
  ({ deliveryLog }: Pick<Needs, 'deliveryLog'>) =>
  async (
    { owner: { workspaceId }, limit, ...order }: DeliveriesOrder,
    signal: AbortSignal,
  ): Promise<Result<DeliveryPage, WebhookRefusal>> => {
    const rows = isWebhookId(order.webhookId)
      ? await deliveryLog.list({ workspaceId, limit: limit + 1, ...order }, signal)
      : null
    if (rows === null) return refuse({ reason: 'webhook-not-found' })
    const deliveries = rows.slice(0, limit)
    return accept({ deliveries, next: rows.length > limit ? (deliveries.at(-1) ?? null) : null })
  }

/** Sends a delivery again, whatever became of it: the same id, the same body, the schedule from its beginning. */
export const redeliver =
  ({ deliveryLog, remind, clock }: Pick<Needs, 'deliveryLog' | 'remind' | 'clock'>) =>
  async (
    {
      owner,
      webhook,
      deliveryId,
    }: Omit<WebhookOrder, 'webhookId'> & { readonly webhook: Webhook; readonly deliveryId: string },
    signal: AbortSignal,
  ): Promise<Result<Delivery, WebhookRefusal>> => {
    if (webhook.disabledAt !== null) return refuse({ reason: 'webhook-disabled' })
    if (!/^msg_[0-9a-f]{32}$/.test(deliveryId)) return refuse({ reason: 'delivery-not-found' })
    const { workspaceId } = owner
    const order = { workspaceId, webhookId: webhook.id, deliveryId, now: clock.now() }
    const found = await deliveryLog.redeliver(order, signal)
    if (found === null) return refuse({ reason: 'delivery-not-found' })
    if (found === 'forgotten') return refuse({ reason: 'delivery-forgotten' })
    await remind([{ id: found.id, workspaceId, dueAt: found.nextAt ?? order.now }])
    return accept(found)
  }
