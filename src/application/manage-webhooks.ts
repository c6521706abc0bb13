// An owner's webhooks: made, listed, changed, given a new secret, removed.
import type { PlanRefusal, VotingRefusal, WebhookRefusal } from '../domain/refusal.ts'
import { toBase32 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type Drawing, type DrawName, drawnFor, isOfThisRequest } from './draw-again.ts'
import type { Owner } from './identify-caller.ts'
import { ownPoll } from './own-poll.ts'
import { planTerms } from './plan-terms.ts'
import type { PollBook } from './ports.ts'
import {
  isWebhookId,
  type Webhook,
  type WebhookBook,
  type WebhookChange,
  type WebhookPlace,
} from './webhook-ports.ts'

/** The secret that signs for a webhook, `whsec_…`, as Standard Webhooks writes it. */
export type WebhookSecret = (webhook: Pick<Webhook, 'id' | 'generation'>) => string

interface Needs extends Drawing {
  readonly webhookBook: WebhookBook
  readonly webhookSecret: WebhookSecret
  readonly pollBook: PollBook
  readonly clock: Clock
}

interface Ordered {
  readonly owner: Owner
}

/** What names a webhook for its owner. */
export interface WebhookOrder extends Ordered {
  readonly webhookId: string
}

export interface WebhookDraft extends Pick<Webhook, 'url' | 'description' | 'events' | 'pollId'> {}

/** A webhook with its secret: shown when it is made and when it is changed. */
export interface WebhookShown {
  readonly webhook: Webhook
  readonly secret: string
}

/** With an Idempotency-Key the webhook follows from that: who lost the answer after it was made asks again and gets it. */
export const createWebhook =
  ({ webhookBook, webhookSecret, pollBook, clock, ...drawing }: Needs) =>
  async (
    { owner, drawName, ...draft }: Ordered & WebhookDraft & { readonly drawName: DrawName },
    signal: AbortSignal,
  ): Promise<Result<WebhookShown, PlanRefusal | VotingRefusal>> => {
    const { workspaceId, plan } = owner
    if (draft.pollId !== null) {
      const poll = await ownPoll(pollBook, { pollId: draft.pollId, workspaceId }, signal)
      if (!poll.ok) return poll
    }
    const now = clock.now()
    const most = planTerms[plan].webhooks
    const add = async (from: Pick<Random, 'bytes'>) => {
      const webhook: Webhook = {
        id: `whk_${toBase32(from.bytes(16))}`,
        ...draft,
        generation: 1,
        oldestGeneration: 1,
        previousUntil: null,
        createdAt: now,
        disabledAt: null,
        disabledReason: null,
      }
      const added = await webhookBook.add({ workspaceId }, webhook, most, signal)
      return added === 'made' ? webhook : added
    }
    const first = await add(drawnFor(drawing, drawName, 'webhook', JSON.stringify(draft)))
    const isOfAnother = first !== 'full' && !isOfThisRequest(first, now)
    const webhook = isOfAnother ? await add(drawing.random) : first
    if (webhook === 'full') {
      const detail = `The plan ${plan} lets a workspace have ${most} webhooks: delete one, or change the plan.`
      return refuse({ reason: 'plan-limit', detail })
    }
    return accept({ webhook, secret: webhookSecret(webhook) })
  }

export const readWebhook =
  ({ webhookBook }: Pick<Needs, 'webhookBook'>) =>
  async (
    { owner, webhookId }: Pick<WebhookOrder, 'owner' | 'webhookId'>,
    signal: AbortSignal,
  ): Promise<Result<Webhook, WebhookRefusal>> =>
    foundOr(
      // Postgres takes no text with U+0000, and nobody has such an id.
      isWebhookId(webhookId)
        ? await webhookBook.find({ workspaceId: owner.workspaceId }, webhookId, signal)
        : null,
    )

/** A page of a workspace's webhooks, newest first. One statement. */
export const listWebhooks =
  ({ webhookBook }: Pick<Needs, 'webhookBook'>) =>
  async (
    {
      owner: { workspaceId },
      limit,
      after,
    }: { readonly owner: Owner; readonly limit: number; readonly after: WebhookPlace | null },
    signal: AbortSignal,
  ): Promise<{ readonly webhooks: readonly Webhook[]; readonly next: WebhookPlace | null }> => {
    const rows = await webhookBook.list({ workspaceId, limit: limit + 1, after }, signal)
    const webhooks = rows.slice(0, limit)
    return { webhooks, next: rows.length > limit ? (webhooks.at(-1) ?? null) : null }
  }

export const changeWebhook =
  ({ webhookBook, clock }: Pick<Needs, 'webhookBook' | 'clock'>) =>
  async (
    { owner, webhookId, change }: WebhookOrder & { readonly change: WebhookChange },
    signal: AbortSignal,
  ): Promise<Result<Webhook, WebhookRefusal>> => {
    const { workspaceId } = owner
    const changed = { ...change, now: clock.now() }
    return foundOr(await webhookBook.change({ workspaceId }, webhookId, changed, signal))
  }

/** Gives it a new secret. What is sent until the overlap is over is signed with the old ones too. */
export const rotateWebhook =
  ({ webhookBook, webhookSecret, clock }: Pick<Needs, 'webhookBook' | 'webhookSecret' | 'clock'>) =>
  async (
    { owner, webhookId, overlapMs }: WebhookOrder & { readonly overlapMs: number },
    signal: AbortSignal,
  ): Promise<Result<WebhookShown, WebhookRefusal>> => {
    const { workspaceId } = owner
    const now = clock.now()
    const times = { now, until: now + overlapMs }
    const webhook = foundOr(await webhookBook.rotate({ workspaceId }, webhookId, times, signal))
    return webhook.ok ? accept({ webhook: webhook.value, secret: webhookSecret(webhook.value) }) : webhook
  }

export const removeWebhook =
  ({ webhookBook }: Pick<Needs, 'webhookBook'>) =>
  async ({ owner, webhookId }: WebhookOrder, signal: AbortSignal): Promise<Result<null, WebhookRefusal>> => {
    const { workspaceId } = owner
    const removed = await webhookBook.remove({ workspaceId }, webhookId, signal)
    return removed ? accept(null) : refuse({ reason: 'webhook-not-found' })
  }

const foundOr = (webhook: Webhook | null): Result<Webhook, WebhookRefusal> =>
  webhook === null ? refuse({ reason: 'webhook-not-found' }) : accept(webhook)
