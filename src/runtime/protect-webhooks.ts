// What Postgres is asked under where an owner manages webhooks: as for keys, in protect.ts.
import type { DeliveryLog, WebhookBook } from '../application/webhook-ports.ts'
import type { Guard } from './guard.ts'

const reading = { priority: 'lists', ownMs: 4_000, repeatable: true } as const
const writing = { priority: 'owner-writes', ownMs: 5_000, repeatable: false } as const

/** Making a webhook twice makes two. */
export const protectWebhookBook = (book: WebhookBook, guard: Guard): WebhookBook => ({
  add: (reach, webhook, most, signal) =>
    guard.ask(writing, signal, (hop) => book.add(reach, webhook, most, hop)),
  find: (reach, webhookId, signal) =>
    guard.ask({ ...reading, priority: 'close' }, signal, (hop) => book.find(reach, webhookId, hop)),
  list: (order, signal) =>
    guard.ask({ ...reading, object: `webhooks:${order.workspaceId}` }, signal, (hop) =>
      book.list(order, hop),
    ),
  change: (reach, webhookId, change, signal) =>
    guard.ask(writing, signal, (hop) => book.change(reach, webhookId, change, hop)),
  rotate: (reach, webhookId, times, signal) =>
    guard.ask(writing, signal, (hop) => book.rotate(reach, webhookId, times, hop)),
  remove: (reach, webhookId, signal) =>
    guard.ask(writing, signal, (hop) => book.remove(reach, webhookId, hop)),
})

export const protectDeliveryLog = (log: DeliveryLog, guard: Guard): DeliveryLog => ({
  list: (order, signal) =>
    guard.ask({ ...reading, object: `deliveries:${order.workspaceId}` }, signal, (hop) =>
      log.list(order, hop),
    ),
  redeliver: (order, signal) => guard.ask(writing, signal, (hop) => log.redeliver(order, hop)),
})
