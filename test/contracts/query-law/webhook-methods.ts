// The laws of webhooks and their deliveries.
import { deliveryLog } from '../../../src/archive/delivery-log.ts'
import { deliveryRecords } from '../../../src/archive/delivery-records.ts'
import { webhookBook } from '../../../src/archive/webhook-book.ts'
import { aWebhook } from '../../support/webhooks.ts'
import { type Law, one, page } from './law.ts'

const now = Date.UTC(2026, 5, 1)
const hooks = { workspaceId: 'ws_1' }
const newWebhook = aWebhook({ id: 'wh_new', events: ['poll.closed'] })

export const webhookLaws: Readonly<Record<string, Law>> = {
  // As `keyBook.add`.
  'webhookBook.add': {
    ...one((db, signal) => webhookBook(db).add(hooks, newWebhook, 50, signal), 14),
    statements: 2,
  },
  'webhookBook.find': one((db, signal) => webhookBook(db).find(hooks, 'wh_11', signal)),
  'webhookBook.list': page(
    (db, signal) => webhookBook(db).list({ ...hooks, limit: 10, after: null }, signal),
    10,
  ),
  'webhookBook.change': one(
    (db, signal) => webhookBook(db).change(hooks, 'wh_11', { description: 'd', now }, signal),
    4,
  ),
  'webhookBook.change (disabled)': {
    ...page((db, signal) => webhookBook(db).change(hooks, 'wh_12', { enabled: false, now }, signal), 10_000),
    why: 'gives up all that is on its way',
    grows: true,
  },
  'webhookBook.rotate': one(
    (db, signal) => webhookBook(db).rotate(hooks, 'wh_11', { now, until: now }, signal),
    4,
  ),
  'webhookBook.remove': one((db, signal) => webhookBook(db).remove(hooks, 'wh_11', signal), 4),
  'deliveryLog.list': page(
    (db, signal) =>
      deliveryLog(db).list(
        { workspaceId: 'ws_1', webhookId: 'wh_12', state: null, limit: 100, after: null },
        signal,
      ),
    100,
  ),
  // None of 100,000 did.
  'deliveryLog.list (failed)': page(
    (db, signal) =>
      deliveryLog(db).list(
        { workspaceId: 'ws_1', webhookId: 'wh_12', state: 'failed', limit: 100, after: null },
        signal,
      ),
    100,
  ),
  'deliveryLog.list (pending)': {
    ...page(
      (db, signal) =>
        deliveryLog(db).list(
          { workspaceId: 'ws_1', webhookId: 'wh_12', state: 'pending', limit: 100, after: null },
          signal,
        ),
      100,
    ),
    multiple: 12,
    why: 'passes by what stands otherwise: a tenth stands so',
  },
  'deliveryLog.redeliver': one(
    (db, signal) =>
      deliveryLog(db).redeliver(
        { workspaceId: 'ws_1', webhookId: 'wh_12', deliveryId: 'msg_7', now },
        signal,
      ),
    6,
  ),
  'deliveryRecords.take': {
    ...one(
      (db, signal) =>
        deliveryRecords(db).take(
          { id: 'msg_20', workspaceId: 'ws_1', dueAt: Date.UTC(2026, 0, 1) + 20_000 },
          { now, delaysMs: [5_000], fraction: 0 },
          signal,
        ),
      110_000,
    ),
    why: 'progress, once a minute, counts a poll by the minutes it was voted in: 10,080 in a week, ten weeks here',
  },
  'deliveryRecords.settle (delivered)': one(
    (db, signal) =>
      deliveryRecords(db).settle(
        { id: 'msg_30', workspaceId: 'ws_1', attempt: 1, webhook: { id: 'wh_12' } },
        { kind: 'delivered', status: 204 },
        { now, failingBefore: now },
        signal,
      ),
    6,
  ),
  'deliveryRecords.settle': one(
    (db, signal) =>
      deliveryRecords(db).settle(
        { id: 'msg_40', workspaceId: 'ws_1', attempt: 1, webhook: { id: 'wh_12' } },
        { kind: 'failed', status: 500, error: 'e', last: false, sent: true },
        { now, failingBefore: 0 },
        signal,
      ),
    8,
  ),
  'deliveryRecords.overdue': {
    ...page((db, signal) => deliveryRecords(db).overdue({ before: now, now, limit: 1_000 }, signal), 1_000),
    multiple: 6,
    why: 'finds them, looks at the webhook of each, and changes them',
  },
}
