// What the operator does with the root key.
import { createRoute, z } from '@hono/zod-openapi'
import { bodied, operated, repeated } from '../always.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { once, pollPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { pollAudit, pollIds, redriven, workspace, workspaceDraft } from '../schemas/owner.ts'
import { operator } from '../security.ts'

const tags = ['Operator']

const createWorkspace = createRoute({
  operationId: 'createWorkspace',
  summary: 'Make a workspace',
  description: 'With its first key, which is shown once.',
  tags,
  ...operator,
  method: 'post',
  path: '/v1/workspaces',
  request: {
    headers: once,
    body: body({ schema: workspaceDraft, examples: ['workspace-draft'] }),
  },
  responses: {
    201: {
      description: 'The workspace.',
      headers: headers('Idempotency-Replayed', ...unkept),
      content: spoken({ schema: workspace, examples: ['workspace'] }),
    },
    ...refusals(...operated, ...bodied, ...repeated, 'workspace-invalid'),
  },
})

const listPollIds = createRoute({
  operationId: 'listPollIds',
  summary: 'List the ids of all polls',
  description: 'For the reconciler, 500 at a time.',
  tags,
  ...operator,
  method: 'get',
  path: '/v1/operator/polls',
  request: {
    query: z.object({
      after: z.string().optional().openapi({ description: 'The `next` of the page before.' }),
    }),
  },
  responses: {
    200: {
      description: 'The ids.',
      headers: headers(...unkept),
      content: spoken({ schema: pollIds, examples: ['poll-ids'] }),
    },
    ...refusals(...operated, 'query-invalid'),
  },
})

const reconcilePoll = createRoute({
  operationId: 'reconcilePoll',
  summary: 'Compare a poll’s boxes with Postgres',
  description: 'Shard by shard; what differs is sent to the archive again.',
  tags,
  ...operator,
  method: 'post',
  path: '/v1/operator/polls/{pollId}/reconcile',
  request: { params: pollPath, headers: once },
  responses: {
    200: {
      description: 'Each shard’s verdict.',
      headers: headers('Idempotency-Replayed', ...unkept),
      content: spoken({ schema: pollAudit, examples: ['poll-audit'] }),
    },
    ...refusals(...operated, ...repeated, 'poll-not-found'),
  },
})

const redriveLetters = createRoute({
  operationId: 'redriveLetters',
  summary: 'Send dead letters to the archive again',
  description: 'The oldest hundred. Repeating it is safe: the archive writes each ballot once.',
  tags,
  ...operator,
  method: 'post',
  path: '/v1/operator/dead-letters/redrive',
  request: { headers: once },
  responses: {
    200: {
      description: 'How many.',
      headers: headers('Idempotency-Replayed', ...unkept),
      content: spoken({ schema: redriven, examples: ['redriven'] }),
    },
    ...refusals(...operated, ...repeated),
  },
})

export const operatorOperations = [createWorkspace, listPollIds, reconcilePoll, redriveLetters]
