// Webhooks: the operations by which owners manage them, and what is posted to theirs.
import { createRoute, type RouteConfig, z } from '@hono/zod-openapi'
import { deliveryStates, type WebhookEvent, webhookEvents } from '../../../application/webhook-ports.ts'
import { bodied, negotiated, repeated } from '../always.ts'
import { shown } from '../examples.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { deliveryPath, once, paged, webhookPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import {
  delivery,
  deliveryPage,
  eventBodies,
  webhook,
  webhookChange,
  webhookDraft,
  webhookPage,
  webhookRotation,
  webhookWithSecret,
} from '../schemas/webhook.ts'
import { owner } from '../security.ts'

const about = { tags: ['Webhooks'], ...owner('webhooks:write') }
const managed = [...negotiated, 'key-required', 'scope-missing'] as const

const asItIs = {
  description: 'The webhook.',
  headers: headers(...unkept),
  content: spoken({ schema: webhook, examples: ['webhook'] }),
}

const createWebhook = createRoute({
  operationId: 'createWebhook',
  summary: 'Make a webhook',
  description:
    'Events are posted by Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` and `webhook-signature` are over the body, and any of its libraries verifies them with the secret. Any 2xx within 15 s takes an event; else it is sent again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h. 410 disables the webhook. An event may come more than once, always with the same `webhook-id`, and in any order.',
  ...about,
  method: 'post',
  path: '/v1/webhooks',
  request: { headers: once, body: body({ schema: webhookDraft, examples: ['webhook-draft'] }) },
  responses: {
    201: {
      description: 'The webhook. Its secret is shown here and never again.',
      headers: headers('Location', 'Idempotency-Replayed', ...unkept),
      content: spoken({ schema: webhookWithSecret, examples: ['new-webhook'] }),
    },
    ...refusals(...managed, ...bodied, ...repeated, 'webhook-invalid', 'poll-not-found', 'plan-limit'),
  },
})

const listWebhooks = createRoute({
  operationId: 'listWebhooks',
  summary: 'List webhooks',
  description: 'Of the workspace, newest first; test keys have webhooks of their own, for test polls.',
  ...about,
  method: 'get',
  path: '/v1/webhooks',
  request: { query: z.object(paged) },
  responses: {
    200: {
      description: 'A page of webhooks.',
      headers: headers('Link', ...unkept),
      content: spoken({ schema: webhookPage, examples: ['webhook-page'] }),
    },
    ...refusals(...managed, 'query-invalid'),
  },
})

const readWebhook = createRoute({
  operationId: 'readWebhook',
  summary: 'Read a webhook',
  description: 'Everything but its secret.',
  ...about,
  method: 'get',
  path: '/v1/webhooks/{webhookId}',
  request: { params: webhookPath },
  responses: { 200: asItIs, ...refusals(...managed, 'webhook-not-found', 'query-invalid') },
})

const changeWebhook = createRoute({
  operationId: 'changeWebhook',
  summary: 'Change a webhook',
  description: 'Also enables one that was disabled.',
  ...about,
  method: 'patch',
  path: '/v1/webhooks/{webhookId}',
  request: {
    params: webhookPath,
    body: {
      required: true,
      content: {
        'application/merge-patch+json': { schema: webhookChange, examples: shown('webhook-patch') },
        'application/json': { schema: webhookChange },
        'application/vnd.msgpack': { schema: webhookChange },
      },
    },
  },
  responses: { 200: asItIs, ...refusals(...managed, ...bodied, 'webhook-not-found', 'webhook-invalid') },
})

const deleteWebhook = createRoute({
  operationId: 'deleteWebhook',
  summary: 'Delete a webhook',
  description: 'What is on its way is not sent.',
  ...about,
  method: 'delete',
  path: '/v1/webhooks/{webhookId}',
  request: { params: webhookPath },
  responses: {
    204: { description: 'It is gone.', headers: headers(...unkept) },
    ...refusals(...managed, 'webhook-not-found', 'query-invalid'),
  },
})

const rotateWebhook = createRoute({
  operationId: 'rotateWebhook',
  summary: 'Replace a webhook’s secret',
  description:
    'While the overlap lasts events carry two signatures, of the new secret and of the one before.',
  ...about,
  method: 'post',
  path: '/v1/webhooks/{webhookId}/rotate',
  request: {
    params: webhookPath,
    headers: once,
    body: { ...body({ schema: webhookRotation, examples: ['webhook-rotation'] }), required: false },
  },
  responses: {
    200: {
      description: 'The webhook. Its new secret is shown here and never again.',
      headers: headers('Idempotency-Replayed', ...unkept),
      content: spoken({ schema: webhookWithSecret, examples: ['new-webhook'] }),
    },
    ...refusals(...managed, ...bodied, ...repeated, 'webhook-not-found', 'webhook-invalid'),
  },
})

const listDeliveries = createRoute({
  operationId: 'listDeliveries',
  summary: 'List a webhook’s deliveries',
  description: 'Newest first: what was sent, what it was answered with, and when it is tried next.',
  ...about,
  method: 'get',
  path: '/v1/webhooks/{webhookId}/deliveries',
  request: {
    params: webhookPath,
    query: z.object({
      ...paged,
      state: z.enum(deliveryStates).optional().openapi({ description: 'Only those that stand so.' }),
    }),
  },
  responses: {
    200: {
      description: 'A page of deliveries.',
      headers: headers('Link', ...unkept),
      content: spoken({ schema: deliveryPage, examples: ['delivery-page'] }),
    },
    ...refusals(...managed, 'webhook-not-found', 'query-invalid'),
  },
})

const redeliver = createRoute({
  operationId: 'redeliver',
  summary: 'Send an event again',
  description: 'Whatever became of it: the same id and body, and the schedule from its beginning.',
  ...about,
  method: 'post',
  path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver',
  request: { params: deliveryPath, headers: once },
  responses: {
    202: {
      description: 'It is on its way.',
      headers: headers('Idempotency-Replayed', ...unkept),
      content: spoken({ schema: delivery, examples: ['delivery'] }),
    },
    ...refusals(
      ...managed,
      ...repeated,
      'webhook-not-found',
      'webhook-disabled',
      'delivery-not-found',
      'delivery-forgotten',
      'query-invalid',
    ),
  },
})

export const webhookOperations = [
  createWebhook,
  listWebhooks,
  readWebhook,
  changeWebhook,
  deleteWebhook,
  rotateWebhook,
  listDeliveries,
  redeliver,
]

const told: Readonly<Record<WebhookEvent, string>> = {
  'poll.opened': 'Voters can vote from now on.',
  'poll.progress': 'At most once a minute while ballots come in, and once after the last.',
  'poll.closed': 'Results are final.',
  'ballot.cast': 'Ballots, or revisions of them, have come into the archive.',
}

/** What is posted to an owner's endpoint: the document's `webhooks`. */
export const eventOperations: readonly (readonly [WebhookEvent, RouteConfig])[] = webhookEvents.map(
  (event) => [
    event,
    {
      operationId: event.replace('.', '-'),
      summary: told[event],
      description:
        'Posted to the `url` of a webhook that hears of it. Verify the signature before anything else; it may come more than once, always under the same `webhook-id`.',
      // What protects it is the signature.
      security: [],
      tags: ['Webhooks'],
      method: 'post',
      path: event,
      request: {
        headers: z.object({
          'webhook-id': z.string().openapi({ description: 'Equal for every attempt.' }),
          'webhook-timestamp': z
            .string()
            .openapi({ description: 'Seconds since the epoch, of this attempt.' }),
          'webhook-signature': z.string().openapi({ description: '`v1,…`; two while secrets overlap.' }),
        }),
        body: { required: true, content: { 'application/json': { schema: eventBodies[event] } } },
      },
      responses: { 200: { description: 'Any 2xx takes it.' } },
    },
  ],
)
