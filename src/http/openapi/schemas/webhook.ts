// Webhooks, their deliveries and the bodies of events, as owners send and get them.
import { z } from '@hono/zod-openapi'
import { deliveryStates, webhookEvents } from '../../../application/webhook-ports.ts'
import { rotationBody } from '../../../representation/rotation-body.ts'
import { webhookBody, webhookPatch } from '../../../representation/webhook-body.ts'
import { described, listOf, named } from '../words.ts'
import { time } from './scalars.ts'

const where = {
  description:
    'Where events are posted: https, port 443, a public host by its name. Judged again before each attempt, as is where the name leads.',
  format: 'uri',
  maxLength: 2_000,
}

export const webhookDraft = described(
  'WebhookDraft',
  webhookBody,
  {
    url: where,
    description: { description: 'What it is for, up to 300 code points.', maxLength: 300 },
    events: { description: 'What it hears of: everything, unless said.', uniqueItems: true },
    pollId: 'Only of this poll; null: of all of the workspace’s, those to come included.',
  },
  'A webhook, as it is asked for.',
)

export const webhookChange = described(
  'WebhookPatch',
  webhookPatch,
  {
    url: where,
    description: { description: 'What it is for, up to 300 code points.', maxLength: 300 },
    events: { description: 'What it hears of.', uniqueItems: true },
    enabled:
      'Whether anything is sent there. Disabling gives up what is on its way; what happens meanwhile is never sent.',
  },
  'What is to change; what is not named stays.',
)

export const webhookRotation = described(
  'WebhookRotation',
  rotationBody,
  { overlapSeconds: 'How long the old secret still signs too: a day, unless said; at most thirty.' },
  'How a secret is replaced.',
)

const pollId = z.string().describe('The poll.')

const members = {
  id: z
    .string()
    .regex(/^whk_[0-9a-hjkmnp-tv-z]{26}$/)
    .describe('The webhook’s id.'),
  url: z.string().describe('Where events are posted.'),
  description: z.string().describe('What it is for.'),
  events: listOf('What it hears of.', z.enum(webhookEvents)),
  pollId: z.string().nullable().describe('Only of this poll; null: of all.'),
  enabled: z.boolean().describe('Whether anything is sent there.'),
  createdAt: time.describe('When it was made.'),
  disabledAt: time.nullable().describe('Since when nothing is sent there.'),
  disabledReason: z
    .enum(['gone', 'failing', 'owner'])
    .nullable()
    .describe(
      'Why: the endpoint answered 410; every attempt has failed for five days; its owner wished it so.',
    ),
  previousSecretUntil: time.nullable().describe('Until then the secret before signs too.'),
}

export const webhook = named('Webhook', z.object(members), { description: 'A webhook, without its secret.' })

export const webhookWithSecret = named(
  'WebhookWithSecret',
  z.object({
    ...members,
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
      .describe('What signs, as Standard Webhooks writes it. Shown here and never again.'),
  }),
  { description: 'A webhook and its new secret.' },
)

const nextCursor = z.string().nullable().describe('The `cursor` of the next page; null: there is none.')

export const webhookPage = named(
  'WebhookPage',
  z.object({ data: listOf('Newest first, those that are disabled included.', webhook), nextCursor }),
  { description: 'A page of webhooks.' },
)

export const delivery = named(
  'Delivery',
  z.object({
    id: z
      .string()
      .regex(/^msg_[0-9a-f]{32}$/)
      .describe('The `webhook-id` header: equal for every attempt.'),
    event: z.enum(webhookEvents).describe('What it tells of.'),
    pollId,
    state: z.enum(deliveryStates).describe('`pending`: it is tried (again) at `nextAt`.'),
    attempts: z.int().min(0).describe('How often it has been tried.'),
    lastStatus: z
      .int()
      .nullable()
      .describe('What the last attempt was answered with; null: nothing came back.'),
    lastError: z.string().nullable().describe('What was wrong with it.'),
    createdAt: time.describe('When it was written down, with what it tells of.'),
    nextAt: time.nullable().describe('When it is tried next.'),
    deliveredAt: time.nullable().describe('When it was answered with a 2xx.'),
  }),
  { description: 'One event on its way to one webhook. Kept for 90 days, its body for 14.' },
)

export const deliveryPage = named(
  'DeliveryPage',
  z.object({ data: listOf('Newest first.', delivery), nextCursor }),
  { description: 'A page of deliveries.' },
)

const event = <Data extends z.ZodRawShape>(type: (typeof webhookEvents)[number], data: Data) =>
  z.object({
    type: z.literal(type).describe('Which event it is.'),
    timestamp: time.describe('When it was written down.'),
    data: z.object(data).describe('What happened.'),
  })

/** The body of each event. */
export const eventBodies = {
  'poll.opened': event('poll.opened', { pollId }),
  'poll.progress': event('poll.progress', {
    pollId,
    ballots: z.int().min(0).describe('Ballots that have answers, as far as they are archived.'),
    asOf: time.describe('When they were counted.'),
  }),
  'poll.closed': event('poll.closed', {
    pollId,
    closedAt: time.optional().describe('When it began to close.'),
  }),
  'ballot.cast': event('ballot.cast', {
    pollId,
    ballots: listOf(
      'Up to a hundred, in the order of their box. Their answers are read with `ballots:read`.',
      z.object({
        id: z.string().describe('The ballot.'),
        revision: z.int().min(1).describe('1 for the first; a higher one replaces what was told before.'),
        castAt: time.describe('When this revision was cast.'),
      }),
    ),
  }),
} as const
