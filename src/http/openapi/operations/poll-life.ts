// Polls: changed, opened, closed, archived, deleted.
import { createRoute, z } from '@hono/zod-openapi'
import { bodied, owned, repeated } from '../always.ts'
import { shown } from '../examples.ts'
import { spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { ifMatch, once, pollPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { closedPoll, ownedPoll } from '../schemas/poll.ts'
import { pollPatch } from '../schemas/poll-draft.ts'
import { owner } from '../security.ts'

const tags = ['Polls']

const changed = {
  description: 'The poll as it is now.',
  headers: headers('ETag', 'Idempotency-Replayed', ...unkept),
  content: spoken({
    schema: ownedPoll,
    message: 'Poll',
    examples: ['owned-poll'],
  }),
}

const editPoll = createRoute({
  operationId: 'editPoll',
  summary: 'Change a poll',
  description:
    'A JSON merge patch (RFC 7396). Answers once every box that has joined counts by it. Once a ballot is there questions and `dedupe` stand; after the end only what is shown may change.',
  tags,
  ...owner('polls:write'),
  method: 'patch',
  path: '/v1/polls/{pollId}',
  request: {
    params: pollPath,
    headers: z.object({ 'If-Match': ifMatch }),
    body: {
      required: true,
      content: {
        'application/merge-patch+json': {
          schema: pollPatch,
          examples: shown('poll-patch'),
        },
        'application/json': { schema: pollPatch },
        'application/vnd.msgpack': { schema: pollPatch },
      },
    },
  },
  responses: {
    200: changed,
    ...refusals(
      ...owned,
      ...bodied,
      'poll-invalid',
      'poll-closed',
      'questions-frozen',
      'version-changed',
      'precondition-required',
    ),
  },
})

const openPoll = createRoute({
  operationId: 'openPoll',
  summary: 'Open a poll',
  description: 'Voting starts now, whatever `opensAt` said. A poll that is open stays so.',
  tags,
  ...owner('polls:write'),
  method: 'post',
  path: '/v1/polls/{pollId}/open',
  request: { params: pollPath, headers: once },
  responses: { 200: changed, ...refusals(...owned, ...repeated, 'poll-closed') },
})

const closed = {
  headers: headers('ETag', 'Idempotency-Replayed', ...unkept),
  content: spoken({
    schema: closedPoll,
    message: 'Poll',
    examples: ['closed-poll'],
  }),
}

const closePoll = createRoute({
  operationId: 'closePoll',
  summary: 'Close a poll',
  description:
    'For good. Nothing is accepted once this has answered with `final: true`; a 202 says that a part of the poll could not be reached within 5 s, is still being closed, and may take ballots until then. A final result never changes.',
  tags,
  ...owner('polls:write'),
  method: 'post',
  path: '/v1/polls/{pollId}/close',
  request: { params: pollPath, headers: once },
  responses: {
    200: { description: 'The poll, with `final: true`: its results are final.', ...closed },
    202: {
      description: 'The poll, with `final: false`: counting takes longer than 5 s and goes on by itself.',
      ...closed,
    },
    ...refusals(...owned, ...repeated),
  },
})

const archivePoll = createRoute({
  operationId: 'archivePoll',
  summary: 'Archive a poll',
  description: 'Hides it from lists and touches nothing else: voting goes on.',
  tags,
  ...owner('polls:write'),
  method: 'post',
  path: '/v1/polls/{pollId}/archive',
  request: { params: pollPath, headers: once },
  responses: { 200: changed, ...refusals(...owned, ...repeated) },
})

const deletePoll = createRoute({
  operationId: 'deletePoll',
  summary: 'Delete a poll',
  description: 'With its secret, its ballots, its sockets and its rows. It is then as if it had never been.',
  tags,
  ...owner('polls:write'),
  method: 'delete',
  path: '/v1/polls/{pollId}',
  request: { params: pollPath },
  responses: {
    204: { description: 'It is gone.', headers: headers(...unkept) },
    ...refusals(...owned),
  },
})

export const pollLifeOperations = [editPoll, openPoll, closePoll, archivePoll, deletePoll]
