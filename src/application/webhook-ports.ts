// Webhooks as their owners manage them, and deliveries as they are made. Times are milliseconds since the epoch.

export const webhookEvents = ['poll.opened', 'poll.progress', 'poll.closed', 'ballot.cast'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

/** Where events are sent. Its secrets are computed from `id` and `generation` and are stored nowhere. */
export interface Webhook {
  readonly id: string
  readonly url: string
  readonly description: string
  readonly events: readonly WebhookEvent[]
  /** Only of this poll; null: of all of the workspace's. */
  readonly pollId: string | null
  /** Rises with each rotation of the secret; from 1 on. */
  readonly generation: number
  /** The oldest generation that still signs, until `previousUntil`; `generation` where none but it does. */
  readonly oldestGeneration: number
  readonly previousUntil: number | null
  readonly createdAt: number
  readonly disabledAt: number | null
  readonly disabledReason: DisabledReason | null
}

/** The endpoint said 410; nothing has come through for days; its owner wished it so. */
export type DisabledReason = 'gone' | 'failing' | 'owner'

/** Whose webhooks: the tenant of the key. Every statement of an owner goes by it. */
export interface WebhookReach {
  readonly workspaceId: string
}

export interface WebhookPlace {
  readonly createdAt: number
  readonly id: string
}

/** What is not named stays. */
export interface WebhookChange extends Partial<Pick<Webhook, 'url' | 'description' | 'events'>> {
  readonly enabled?: boolean
}

/** Postgres takes no text with U+0000, and nobody has such an id. */
export const isWebhookId = (text: string): boolean => /^whk_[0-9a-z]{1,40}$/.test(text)

export interface WebhookBook {
  /** `full`: the workspace has `most` already. A webhook: it had the id already and is answered as it is. Neither made anything. */
  add(
    reach: WebhookReach,
    webhook: Webhook,
    most: number,
    signal: AbortSignal,
  ): Promise<'made' | 'full' | Webhook>
  find(reach: WebhookReach, webhookId: string, signal: AbortSignal): Promise<Webhook | null>
  /** Newest first, after a place. */
  list(
    order: WebhookReach & { readonly limit: number; readonly after: WebhookPlace | null },
    signal: AbortSignal,
  ): Promise<readonly Webhook[]>
  /** null: no such webhook. One that is disabled keeps nothing on its way. */
  change(
    reach: WebhookReach,
    webhookId: string,
    change: WebhookChange & { readonly now: number },
    signal: AbortSignal,
  ): Promise<Webhook | null>
  /** The next secret signs from now on, all that signed until now beside it until `until`, which is never sooner than was said
   *  before, unless it is `now`: then none does. null: no such webhook. */
  rotate(
    reach: WebhookReach,
    webhookId: string,
    times: { readonly now: number; readonly until: number },
    signal: AbortSignal,
  ): Promise<Webhook | null>
  /** With what is on its way; what was delivered grows old as everything does. false: no such webhook. */
  remove(reach: WebhookReach, webhookId: string, signal: AbortSignal): Promise<boolean>
}

export const deliveryStates = ['pending', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** One event on its way to one webhook, as its owner sees it. */
export interface Delivery {
  /** `msg_…`: the `webhook-id` header, equal for every attempt. */
  readonly id: string
  readonly event: WebhookEvent
  readonly pollId: string
  readonly state: DeliveryState
  readonly attempts: number
  /** What the last attempt was answered with; null: nothing came back. */
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly createdAt: number
  /** When it is tried next; null: never. */
  readonly nextAt: number | null
  readonly deliveredAt: number | null
}

/** Deliveries, for the owner. */
export interface DeliveryLog {
  /** Newest first, after a place. null: no such webhook, which is not the same as one that was told nothing. */
  list(
    order: WebhookReach & {
      readonly webhookId: string
      readonly state: DeliveryState | null
      readonly limit: number
      readonly after: WebhookPlace | null
    },
    signal: AbortSignal,
  ): Promise<readonly Delivery[] | null>
  /** Begins its schedule anew, now. null: no such delivery; `forgotten`: its body is no longer kept. */
  redeliver(
    order: WebhookReach & { readonly webhookId: string; readonly deliveryId: string; readonly now: number },
    signal: AbortSignal,
  ): Promise<Delivery | 'forgotten' | null>
}

/** What is in the queue for a delivery: only a reminder, the delivery itself is in Postgres. */
export interface DueDelivery {
  readonly id: string
  /** Whose it is, and so where it lies. */
  readonly workspaceId: string
  /** When it is to be tried. One that was tried meanwhile is due at another time: the reminder is void. */
  readonly dueAt: number
}

/** Tells whoever delivers that something is due. Never rejects: what it loses, the sweep finds. */
export type Remind = (due: readonly DueDelivery[]) => Promise<void>

/** A delivery that is being attempted, and by whom. */
export interface TakenDelivery {
  readonly id: string
  readonly workspaceId: string
  readonly event: WebhookEvent
  /** The body to sign and send; null: there is nothing to tell any more. */
  readonly payload: string | null
  /** This one is the n-th, from 1 on. */
  readonly attempt: number
  /** When it is tried again, unless this attempt is settled. */
  readonly nextAt: number
  /** Of a request that it tells of, where one is traced. */
  readonly traceparent: string | null
  readonly webhook: Pick<Webhook, 'id' | 'url' | 'generation' | 'oldestGeneration' | 'previousUntil'>
}

/** How an attempt ended. */
export type Settlement =
  | { readonly kind: 'delivered'; readonly status: number }
  | {
      readonly kind: 'failed'
      readonly status: number | null
      readonly error: string
      /** Whether it is not tried again. */
      readonly last: boolean
      /** Whether anything was sent: else it says nothing of the endpoint. */
      readonly sent: boolean
    }
  /** 410: nothing is to be sent there any more. */
  | { readonly kind: 'gone' }

/** Deliveries, for whoever makes them. */
export interface DeliveryRecords {
  /** Claims a delivery that is still due at that time and plans its next attempt, so that one whose attempt is never settled
   *  is tried again. null: delivered, void, or somebody else has it; or its webhook fails and another was just tried there: then
   *  it is put off by some minutes, and the sweep finds it. */
  take(
    due: DueDelivery,
    plan: {
      readonly now: number
      /** ms until the attempt after the n-th, by n − 1. */
      readonly delaysMs: readonly number[]
      /** From 0 to 1, by chance: how long one is put off. */
      readonly fraction: number
    },
    signal: AbortSignal,
  ): Promise<TakenDelivery | null>
  /** A webhook that has done nothing but fail since before `failingBefore` is disabled by the last failure. */
  settle(
    taken: Pick<TakenDelivery, 'id' | 'workspaceId' | 'attempt'> & {
      readonly webhook: Pick<TakenDelivery['webhook'], 'id'>
    },
    settlement: Settlement,
    times: { readonly now: number; readonly failingBefore: number },
    signal: AbortSignal,
  ): Promise<void>
}

/** What nobody was reminded of in time, in one database. */
export interface OverdueDeliveries {
  /** What should have been tried before a time, oldest first: due now from here on, so that older reminders are void. What no
   *  webhook hears any more is given up. */
  overdue(
    order: { readonly before: number; readonly now: number; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly DueDelivery[]>
}
