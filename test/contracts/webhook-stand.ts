// Webhooks where they lie: on a real Postgres, and in what stands in for it in tests; and what tests do with either.
import { expect } from 'vitest'
import type {
  DeliveryLog,
  DeliveryRecords,
  DueDelivery,
  OverdueDeliveries,
  TakenDelivery,
  Webhook,
  WebhookBook,
} from '../../src/application/webhook-ports.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { deliveryLog } from '../../src/archive/delivery-log.ts'
import { deliveryRecords } from '../../src/archive/delivery-records.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { webhookBook } from '../../src/archive/webhook-book.ts'
import { memoryWebhooks } from '../support/memory-webhooks.ts'
import type { TestPostgres } from '../support/postgres.ts'
import { aWebhook } from '../support/webhooks.ts'
import { aBallot, aPoll } from './archived.ts'

export const signal = () => AbortSignal.timeout(20_000)
let made = 0

/** Names no delivery. */
export const nothing: DueDelivery = { id: '', workspaceId: '', dueAt: 0 }

export interface Stand {
  readonly workspaceId: string
  readonly book: WebhookBook
  readonly log: DeliveryLog
  readonly records: DeliveryRecords & OverdueDeliveries
  /** Archives ballots of a poll of the workspace; answers what became due. */
  cast(pollId: string, ids: readonly string[], revision?: number): Promise<readonly DueDelivery[]>
  opened(pollId: string): Promise<readonly DueDelivery[]>
  /** As a race leaves it. */
  leavePending(deliveryId: string): Promise<void>
  closed(pollId: string): Promise<readonly DueDelivery[]>
}

export const standsOver = (postgres: TestPostgres) => ({
  Postgres: async (): Promise<Stand> => {
    const workspaceId = `ws_${++made}`
    const database = openDatabase(postgres)
    const collecting = async (
      work: (due: (more: readonly DueDelivery[]) => Promise<void>) => Promise<unknown>,
    ) => {
      const due: DueDelivery[] = []
      await work(async (more) => void due.push(...more))
      return due
    }
    const record = (id: string, change: object) =>
      collecting((remind) =>
        pollRecords(database, remind).record({ ...aPoll({ id, workspaceId }), ...change }, signal()),
      )
    return {
      workspaceId,
      book: webhookBook(database),
      log: deliveryLog(database),
      records: deliveryRecords(database),
      cast: (pollId, ids, revision = 1) =>
        collecting((remind) =>
          ballotRecords(database, remind).store(
            [
              {
                v: 2,
                id: `${pollId}:0:1`,
                pollId,
                shard: 0,
                first: 1,
                last: ids.length,
                workspaceId,
                ballots: ids.map((id, at) => aBallot(id, { revision, seq: at + 1, shard: 0 })),
              },
            ],
            signal(),
          ),
        ),
      leavePending: async (id) => {
        await postgres.query(`update deliveries set state = 'pending', next_at = now() where id = $1`, [id])
      },
      opened: (id) => record(id, { opened: true }),
      closed: (id) => record(id, { opened: true, phase: 'closed', version: 4, closedAt: 1_795_570_000_000 }),
    }
  },
  'in memory': async (): Promise<Stand> => {
    const workspaceId = `ws_${++made}`
    const { tables, ...stand } = memoryWebhooks()
    const stored = new Map<string, number>()
    return {
      workspaceId,
      ...stand,
      cast: async (pollId, ids, revision = 1) => {
        const fresh = ids.filter((id) => (stored.get(`${pollId} ${id}`) ?? 0) < revision)
        for (const id of fresh) stored.set(`${pollId} ${id}`, revision)
        return tables.tellBallots(
          workspaceId,
          pollId,
          fresh.map((id) => ({ id, revision, castAt: Date.now() })),
          Date.now(),
        )
      },
      leavePending: async (id) => {
        const row = tables.deliveries.get(id)
        if (row !== undefined) tables.deliveries.set(id, { ...row, state: 'pending', nextAt: Date.now() })
      },
      opened: async (pollId) => tables.tellPoll(workspaceId, pollId, 'poll.opened', Date.now()),
      closed: async (pollId) => tables.tellPoll(workspaceId, pollId, 'poll.closed', Date.now()),
    }
  },
})

export const plan = { now: Date.now(), delaysMs: [5_000, 60_000], fraction: 0 }
export const times = { now: plan.now + 1_000, failingBefore: plan.now - 1_000 }
export const onlyCasts = { events: ['ballot.cast'] } as const

/** What tests do with the stand of the moment. */
export const using = (stand: () => Stand) => {
  const reach = () => ({ workspaceId: stand().workspaceId })
  const unmade = (changes: Partial<Webhook> = {}) =>
    aWebhook({ id: `whk_${String(++made).padStart(16, '0')}`, ...changes })
  return {
    reach,
    unmade,
    async added(changes: Partial<Webhook> = {}) {
      const webhook = unmade(changes)
      expect(await stand().book.add(reach(), webhook, 50, signal())).toBe('made')
      return webhook
    },
    async taken(due: DueDelivery | undefined): Promise<TakenDelivery> {
      const delivery = due === undefined ? null : await stand().records.take(due, plan, signal())
      if (delivery === null) throw new Error('it could not be taken')
      return delivery
    },
    async deliveries(webhookId: string, state: 'pending' | 'failed' | null = null) {
      const order = { ...reach(), webhookId, state, limit: 100, after: null }
      const found = await stand().log.list(order, signal())
      if (found === null) throw new Error('there is no such webhook')
      return found
    },
  }
}
