// Webhooks and their deliveries in memory, for verbs and routes; test/contracts holds it to what Postgres does.
import type {
  DeliveryLog,
  DeliveryRecords,
  OverdueDeliveries,
  WebhookBook,
} from '../../src/application/webhook-ports.ts'
import { type WebhookTables, webhookTables } from './webhook-tables.ts'

export interface MemoryWebhooks {
  readonly tables: WebhookTables
  /** Its methods may be replaced by a test. */
  readonly book: { -readonly [Name in keyof WebhookBook]: WebhookBook[Name] }
  readonly log: DeliveryLog
  readonly records: DeliveryRecords & OverdueDeliveries
}

export const memoryWebhooks = (): MemoryWebhooks => {
  const tables = webhookTables()
  return {
    tables,
    book: {
      add: async ({ workspaceId }, webhook, most) => tables.add(workspaceId, webhook, most),
      find: async ({ workspaceId }, id) => tables.find(workspaceId, id),
      list: async (order) => tables.list(order),
      change: async ({ workspaceId }, id, change) => tables.change(workspaceId, id, change),
      rotate: async ({ workspaceId }, id, times) => tables.rotate(workspaceId, id, times),
      remove: async ({ workspaceId }, id) => tables.remove(workspaceId, id),
    },
    log: {
      list: async (order) => tables.deliveriesOf(order),
      redeliver: async (order) => tables.redeliver(order),
    },
    records: {
      take: async (due, plan) => tables.take(due, plan, () => 0),
      settle: async (...order) => tables.settle(order[0], order[1], order[2]),
      overdue: async (order) => tables.overdue(order),
    },
  }
}
