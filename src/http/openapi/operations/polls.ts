// Polls: made, listed, read.
import { createRoute, z } from '@hono/zod-openapi'
import { bodied, negotiated } from '../always.ts'
import { body, spoken } from '../formats.ts'
import { cached, headers, unkept } from '../headers.ts'
import { conditional, fields, idempotencyKey, pollPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { ownedPoll, poll, pollPage } from '../schemas/poll.ts'
import { pollDraft } from '../schemas/poll-draft.ts'
import { anybodyOrOwner, owner } from '../security.ts'

const tags = ['Polls']

const createPoll = createRoute({
  operationId: 'createPoll',
  summary: 'Make a poll',
  description:
    'It can be voted on at once, unless it is a draft or opens later. With an `Idempotency-Key` a repeat gets the first answer.',
  tags,
  ...owner('polls:write'),
  method: 'post',
  path: '/v1/polls',
  request: {
    headers: z.object({ 'Idempotency-Key': idempotencyKey }),
    body: body({
      schema: pollDraft,
      message: 'PollDraft',
      examples: ['least-draft', 'full-draft'],
    }),
  },
  responses: {
    201: {
      description: 'The poll.',
      headers: headers('Location', 'ETag', 'Idempotency-Replayed', ...unkept),
      content: spoken({
        schema: ownedPoll,
        message: 'Poll',
        examples: ['owned-poll'],
      }),
    },
    ...refusals(
      ...negotiated,
      ...bodied,
      'key-required',
      'scope-missing',
      'header-invalid',
      'poll-invalid',
      'plan-limit',
      'idempotency-key-reused',
      'poll-not-found',
    ),
  },
})

const listPolls = createRoute({
  operationId: 'listPolls',
  summary: 'List polls',
  description: 'Those of the key’s workspace, newest first. Archived ones are left out.',
  tags,
  ...owner('polls:read'),
  method: 'get',
  path: '/v1/polls',
  request: {
    query: z.object({
      limit: z.int().min(1).max(100).optional().openapi({ description: 'How many a page.', default: 20 }),
      cursor: z.string().optional().openapi({ description: 'The `nextCursor` of the page before.' }),
      status: z
        .enum(['draft', 'scheduled', 'open', 'closed'])
        .optional()
        .openapi({ description: 'Only polls of this status.' }),
      fields,
    }),
  },
  responses: {
    200: {
      description: 'A page of polls.',
      headers: headers('Link', ...unkept),
      content: spoken({
        schema: pollPage,
        message: 'PollPage',
        examples: ['poll-page'],
      }),
    },
    ...refusals(...negotiated, 'key-required', 'scope-missing', 'query-invalid'),
  },
})

const readPoll = createRoute({
  operationId: 'readPoll',
  summary: 'Read a poll',
  description:
    'Anybody sees what a voter needs; with a key of its workspace it is shown whole. Another workspace’s key is the same as none.',
  tags,
  ...anybodyOrOwner,
  method: 'get',
  path: '/v1/polls/{pollId}',
  request: { params: pollPath, query: z.object({ fields }), headers: z.object(conditional) },
  responses: {
    200: {
      description: 'The poll.',
      headers: headers(...cached),
      content: spoken({
        schema: z.union([ownedPoll, poll]),
        message: 'Poll',
        examples: ['poll', 'owned-poll'],
      }),
    },
    304: { description: 'It is as the tag says.', headers: headers(...cached) },
    ...refusals(...negotiated, 'poll-not-found', 'query-invalid'),
  },
})

export const pollOperations = [createPoll, listPolls, readPoll]
