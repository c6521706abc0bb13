// What else an owner does with a poll: invites and exports.
import { createRoute, z } from '@hono/zod-openapi'
import { always, bodied, owned, repeated } from '../always.ts'
import { shown } from '../examples.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { once, pollPath, serialPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { exportedBallot } from '../schemas/ballot.ts'
import { invites, invitesDraft } from '../schemas/owner.ts'
import { owner } from '../security.ts'

const tags = ['Invites and exports']

const issueInvites = createRoute({
  operationId: 'issueInvites',
  summary: 'Make invite codes',
  description: 'Shown once. A code is good for one ballot of this poll until it is revoked.',
  tags,
  ...owner('polls:write'),
  method: 'post',
  path: '/v1/polls/{pollId}/invites',
  request: {
    params: pollPath,
    headers: once,
    body: body({ schema: invitesDraft, examples: ['invites-draft'] }),
  },
  responses: {
    201: {
      description: 'The codes; as CSV with the columns `serial,code`.',
      headers: headers('Idempotency-Replayed', ...unkept),
      content: {
        ...spoken({ schema: invites, examples: ['invites'] }),
        'text/csv': {
          schema: { type: 'string' },
          example: 'serial,code\r\n1,0000-0001-7qxm-qym6-gmd2\r\n',
        },
      },
    },
    ...refusals(...owned, ...bodied, ...repeated, 'invites-invalid'),
  },
})

const revokeInvite = createRoute({
  operationId: 'revokeInvite',
  summary: 'Revoke an invite',
  description: 'A ballot that was cast with it stands.',
  tags,
  ...owner('polls:write'),
  method: 'delete',
  path: '/v1/polls/{pollId}/invites/{serial}',
  request: { params: serialPath },
  responses: {
    204: { description: 'It is revoked.', headers: headers(...unkept) },
    ...refusals(...owned, 'query-invalid'),
  },
})

const exportBallots = createRoute({
  operationId: 'exportBallots',
  summary: 'Export ballots',
  description:
    'Every ballot, streamed, one JSON document a line. Of a closed poll it is complete, or 503 `archive-behind`; of an open one `Edgepoll-Archived` says how much of it is there.',
  tags,
  ...owner('exports:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/export',
  request: {
    params: pollPath,
    query: z.object({
      format: z.enum(['ndjson']).optional().openapi({ description: 'How it is written.', default: 'ndjson' }),
    }),
  },
  responses: {
    200: {
      description: 'The ballots, a line each.',
      headers: headers('Content-Disposition', 'Edgepoll-Archived', ...unkept),
      content: {
        'application/x-ndjson': {
          schema: exportedBallot,
          examples: shown('exported-ballot'),
        },
      },
    },
    ...refusals(
      ...always,
      'key-required',
      'poll-not-found',
      'scope-missing',
      'query-invalid',
      'archive-behind',
    ),
  },
})

export const ownerOperations = [issueInvites, revokeInvite, exportBallots]
