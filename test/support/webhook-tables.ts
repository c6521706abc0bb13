// The tables of webhooks and deliveries in memory, as the statements of src/archive leave them. Synchronous: whoever stands in
// for Postgres decides when, and whether, it answers.
import type {
  Delivery,
  DeliveryLog,
  DeliveryRecords,
  DueDelivery,
  OverdueDeliveries,
  TakenDelivery,
  Webhook,
  WebhookBook,
  WebhookChange,
  WebhookEvent,
  WebhookPlace,
} from '../../src/application/webhook-ports.ts'
import { sha256 } from '../../src/kernel/hash.ts'

export interface DeliveryRow extends Delivery {
  readonly workspaceId: string
  readonly webhookId: string
  readonly payload: string | null
}

interface WebhookRow extends Webhook {
  readonly workspaceId: string
  readonly failingSince: number | null
  readonly triedAt: number | null
}

export interface ToldBallot {
  readonly id: string
  readonly revision: number
  readonly castAt: number
}

export type WebhookTables = ReturnType<typeof webhookTables>

export const webhookTables = () => {
  const webhooks = new Map<string, WebhookRow>()
  const deliveries = new Map<string, DeliveryRow>()

  const own = (workspaceId: string, id: string) => {
    const row = webhooks.get(id)
    return row?.workspaceId === workspaceId ? row : undefined
  }
  const stop = (webhookId: string) => {
    for (const row of deliveries.values())
      if (row.webhookId === webhookId && row.state === 'pending')
        deliveries.set(row.id, {
          ...row,
          state: 'failed',
          nextAt: null,
          lastError: 'The webhook was disabled.',
        })
  }
  const listeners = (workspaceId: string, event: WebhookEvent, pollId: string) =>
    [...webhooks.values()].filter(
      (row) =>
        row.workspaceId === workspaceId &&
        row.disabledAt === null &&
        row.events.includes(event) &&
        (row.pollId === null || row.pollId === pollId),
    )
  const tell = (
    row: WebhookRow,
    event: WebhookEvent,
    pollId: string,
    news: {
      readonly source: string
      readonly payload: string | null
      readonly now: number
      readonly at: number
    },
  ): readonly DueDelivery[] => {
    const id = `msg_${sha256(`${row.id} ${event} ${news.source}`).slice(0, 32)}`
    if (deliveries.has(id)) return []
    deliveries.set(id, {
      id,
      workspaceId: row.workspaceId,
      webhookId: row.id,
      event,
      pollId,
      payload: news.payload,
      state: 'pending',
      attempts: 0,
      lastStatus: null,
      lastError: null,
      createdAt: news.now,
      nextAt: news.at,
      deliveredAt: null,
    })
    return [{ id, workspaceId: row.workspaceId, dueAt: news.at }]
  }
  const body = (type: WebhookEvent, now: number, data: object) =>
    JSON.stringify({ type, timestamp: new Date(now).toISOString(), data })

  return {
    webhooks,
    deliveries,

    /** What a statement that stored these ballots, each new or at a higher revision, tells of. */
    tellBallots(workspaceId: string, pollId: string, ballots: readonly ToldBallot[], now: number) {
      if (ballots.length === 0) return []
      const cast = listeners(workspaceId, 'ballot.cast', pollId).flatMap((row) =>
        chunks(ballots).flatMap((part) =>
          tell(row, 'ballot.cast', pollId, {
            source: `${pollId} ${part.map(({ id, revision }) => `${id}:${revision}`).join()}`,
            payload: body('ballot.cast', now, {
              pollId,
              ballots: part.map(({ castAt, ...ballot }) => ({
                ...ballot,
                castAt: new Date(castAt).toISOString(),
              })),
            }),
            now,
            at: now,
          }),
        ),
      )
      const minute = Math.floor(now / 60_000)
      const progress = listeners(workspaceId, 'poll.progress', pollId).flatMap((row) =>
        tell(row, 'poll.progress', pollId, {
          source: `${pollId} ${minute}`,
          payload: null,
          now,
          at: minute * 60_000 + 91_000,
        }),
      )
      return [...cast, ...progress]
    },

    tellPoll(workspaceId: string, pollId: string, event: 'poll.opened' | 'poll.closed', now: number) {
      return listeners(workspaceId, event, pollId).flatMap((row) =>
        tell(row, event, pollId, { source: pollId, payload: body(event, now, { pollId }), now, at: now }),
      )
    },

    add(workspaceId: string, webhook: Webhook, most: number): 'made' | 'full' | Webhook {
      const known = shown(own(workspaceId, webhook.id))
      if (known !== null) return known
      if ([...webhooks.values()].filter((row) => row.workspaceId === workspaceId).length >= most)
        return 'full'
      webhooks.set(webhook.id, { ...webhook, workspaceId, failingSince: null, triedAt: null })
      return 'made'
    },

    find: (workspaceId: string, id: string) => shown(own(workspaceId, id)),

    list: ({ workspaceId, limit, after }: Parameters<WebhookBook['list']>[0]) =>
      page(
        [...webhooks.values()].filter((row) => row.workspaceId === workspaceId),
        limit,
        after,
      ).flatMap((row) => shown(row) ?? []),

    change(workspaceId: string, id: string, { enabled, now, ...change }: WebhookChange & { now: number }) {
      const row = own(workspaceId, id)
      if (row === undefined) return null
      const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
      const toggled =
        enabled === undefined
          ? {}
          : enabled
            ? { disabledAt: null, disabledReason: null, triedAt: null }
            : { disabledAt: row.disabledAt ?? now, disabledReason: row.disabledReason ?? ('owner' as const) }
      webhooks.set(id, {
        ...row,
        ...named,
        ...(change.url !== undefined && { failingSince: null }),
        ...toggled,
      })
      if (enabled === false) stop(id)
      return shown(webhooks.get(id))
    },

    rotate(
      workspaceId: string,
      id: string,
      { now, until }: { readonly now: number; readonly until: number },
    ) {
      const row = own(workspaceId, id)
      if (row === undefined) return null
      const generation = row.generation + 1
      const overlaps = row.previousUntil !== null && row.previousUntil > now
      webhooks.set(id, {
        ...row,
        generation,
        oldestGeneration: until <= now ? generation : overlaps ? row.oldestGeneration : row.generation,
        previousUntil: until <= now ? until : Math.max(row.previousUntil ?? until, until),
      })
      return shown(webhooks.get(id))
    },

    remove(workspaceId: string, id: string): boolean {
      if (own(workspaceId, id) === undefined) return false
      for (const row of deliveries.values())
        if (row.webhookId === id && row.state === 'pending') deliveries.delete(row.id)
      return webhooks.delete(id)
    },

    deliveriesOf: ({ workspaceId, webhookId, state, limit, after }: Parameters<DeliveryLog['list']>[0]) =>
      own(workspaceId, webhookId)
        ? page(
            [...deliveries.values()].filter(
              (row) =>
                row.workspaceId === workspaceId &&
                row.webhookId === webhookId &&
                (state === null || row.state === state),
            ),
            limit,
            after,
          ).map(deliveryOf)
        : null,

    redeliver({ workspaceId, webhookId, deliveryId, now }: Parameters<DeliveryLog['redeliver']>[0]) {
      const row = deliveries.get(deliveryId)
      if (row === undefined || row.workspaceId !== workspaceId || row.webhookId !== webhookId) return null
      if (row.payload === null && row.state !== 'pending') return 'forgotten' as const
      if (webhooks.get(webhookId)?.disabledAt !== null) return null
      const untold = row.state === 'pending' && row.attempts === 0
      const nextAt = untold ? Math.max(row.nextAt ?? now, now) : now
      const again = { ...row, state: 'pending' as const, attempts: 0, nextAt, deliveredAt: null }
      deliveries.set(deliveryId, again)
      return deliveryOf(again)
    },

    /** `ballots`: how many the poll has, for its progress; null: the poll is no more. */
    take(
      { id, dueAt }: DueDelivery,
      { now, delaysMs, fraction }: Parameters<DeliveryRecords['take']>[1],
      ballots: (pollId: string) => number | null,
    ): TakenDelivery | null {
      const row = deliveries.get(id)
      const webhook = webhooks.get(row?.webhookId ?? '')
      if (row === undefined || webhook === undefined || webhook.disabledAt !== null) return null
      if (row.state !== 'pending' || row.nextAt !== dueAt) return null
      if (webhook.failingSince !== null) {
        if (webhook.triedAt !== null && webhook.triedAt > now - 15_000) {
          deliveries.set(id, { ...row, nextAt: now + Math.round((1 + 14 * fraction) * 60_000) })
          return null
        }
        const recent = (webhook.triedAt ?? webhook.failingSince) > now - 2 * 86_400_000
        const failingSince = recent ? webhook.failingSince : null
        webhooks.set(webhook.id, { ...webhook, failingSince, triedAt: now })
      }
      const attempt = row.attempts + 1
      const nextAt = now + (delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 0)
      const { pollId } = row
      const count = row.event === 'poll.progress' ? ballots(pollId) : null
      const told = count === null ? null : body('poll.progress', now, { pollId, ballots: count })
      const payload = row.payload ?? told
      deliveries.set(id, { ...row, attempts: attempt, nextAt, payload })
      const { id: webhookId, url, generation, oldestGeneration, previousUntil } = webhook
      return {
        id,
        workspaceId: row.workspaceId,
        event: row.event,
        payload,
        attempt,
        nextAt,
        traceparent: null,
        webhook: { id: webhookId, url, generation, oldestGeneration, previousUntil },
      }
    },

    settle(...[{ id, attempt }, settlement, { now, failingBefore }]: SettleOrder): void {
      const row = deliveries.get(id)
      if (row === undefined || row.state !== 'pending' || row.attempts !== attempt) return
      const webhook = webhooks.get(row.webhookId)
      if (settlement.kind === 'delivered') {
        deliveries.set(id, {
          ...row,
          state: 'delivered',
          deliveredAt: now,
          nextAt: null,
          lastStatus: settlement.status,
          lastError: null,
        })
        if (webhook !== undefined) webhooks.set(webhook.id, { ...webhook, failingSince: null, triedAt: null })
        return
      }
      const gone = settlement.kind === 'gone'
      const last = gone || settlement.last
      deliveries.set(id, {
        ...row,
        lastStatus: gone ? 410 : settlement.status,
        lastError: gone ? 'The answer was 410: the webhook is disabled.' : settlement.error,
        ...(last && { state: 'failed' as const, nextAt: null }),
      })
      if (webhook === undefined || webhook.disabledAt !== null) return
      if (settlement.kind === 'failed' && !settlement.sent) return
      const failingSince = webhook.failingSince ?? now
      const dead = gone || failingSince < failingBefore
      webhooks.set(webhook.id, {
        ...webhook,
        failingSince,
        ...(dead && { disabledAt: now, disabledReason: gone ? ('gone' as const) : ('failing' as const) }),
      })
      if (dead) stop(webhook.id)
    },

    overdue({ before, now, limit }: Parameters<OverdueDeliveries['overdue']>[0]): readonly DueDelivery[] {
      return [...deliveries.values()]
        .filter(({ state, nextAt }) => state === 'pending' && nextAt !== null && nextAt < before)
        .toSorted((one, other) => (one.nextAt ?? 0) - (other.nextAt ?? 0))
        .slice(0, limit)
        .flatMap((row) => {
          const webhook = webhooks.get(row.webhookId)
          const heard = webhook !== undefined && webhook.disabledAt === null
          deliveries.set(
            row.id,
            heard
              ? { ...row, nextAt: now }
              : { ...row, state: 'failed', nextAt: null, lastError: 'The webhook was disabled.' },
          )
          return heard ? [{ id: row.id, workspaceId: row.workspaceId, dueAt: now }] : []
        })
    },
  }
}

type SettleOrder = readonly [
  taken: Parameters<DeliveryRecords['settle']>[0],
  settlement: Parameters<DeliveryRecords['settle']>[1],
  times: Parameters<DeliveryRecords['settle']>[2],
]

const ballotsABody = 100

const chunks = (ballots: readonly ToldBallot[]) =>
  Array.from({ length: Math.ceil(ballots.length / ballotsABody) }, (_, at) =>
    ballots.slice(at * ballotsABody, (at + 1) * ballotsABody),
  )

const page = <Row extends WebhookPlace>(rows: readonly Row[], limit: number, after: WebhookPlace | null) =>
  rows
    .filter((row) => after === null || isBefore(row, after))
    .toSorted((one, other) => (isBefore(one, other) ? 1 : -1))
    .slice(0, limit)

const isBefore = (one: WebhookPlace, other: WebhookPlace) =>
  one.createdAt === other.createdAt ? one.id < other.id : one.createdAt < other.createdAt

const shown = (row: WebhookRow | undefined): Webhook | null => {
  if (row === undefined) return null
  const { workspaceId: _own, failingSince: _inside, triedAt: _too, ...webhook } = row
  return webhook
}

const deliveryOf = ({
  workspaceId: _own,
  webhookId: _whose,
  payload: _body,
  ...row
}: DeliveryRow): Delivery => row
