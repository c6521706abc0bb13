// Webhooks and their deliveries in memory, for verbs and routes; test/contracts holds it to what Postgres does.
import type { AuditEntry } from '../../src/application/audit-ports.ts'
import type { DeliveryLog, DeliveryRecords, WebhookBook } from '../../src/application/webhook-ports.ts'
import { type WebhookTables, webhookTables } from './webhook-tables.ts'

export interface MemoryWebhooks {
  readonly tables: WebhookTables
  readonly book: WebhookBook
  readonly log: DeliveryLog
  readonly records: DeliveryRecords
  /** Entries of the audit log that changes wrote. */
  readonly entries: AuditEntry[]
}

export const memoryWebhooks = (entries: AuditEntry[] = []): MemoryWebhooks => {
  const tables = webhookTables()
  const noting = <Done>(done: Done, entry: AuditEntry): Done => {
    if (done !== null && done !== false && done !== 'forgotten') entries.push(entry)
    return done
  }
  return {
    tables,
    entries,
    book: {
      add: async ({ workspaceId }, webhook, most, entry) =>
        noting(tables.add(workspaceId, webhook, most), entry),
      find: async ({ workspaceId }, id) => tables.find(workspaceId, id),
      list: async (order) => tables.list(order),
      change: async ({ workspaceId }, id, change, entry) =>
        noting(tables.change(workspaceId, id, change), entry),
      rotate: async ({ workspaceId }, id, until, entry) =>
        noting(tables.rotate(workspaceId, id, until), entry),
      remove: async ({ workspaceId }, id, entry) => noting(tables.remove(workspaceId, id), entry),
    },
    log: {
      list: async (order) => tables.deliveriesOf(order),
      redeliver: async (order, entry) => noting(tables.redeliver(order), entry),
    },
    records: {
      take: async (due, plan) => tables.take(due, plan, () => 0),
      settle: async (...order) => tables.settle(order[0], order[1], order[2]),
      overdue: async (before, limit) => tables.overdue(before, limit),
    },
  }
}
