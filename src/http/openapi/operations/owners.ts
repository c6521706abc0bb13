// What else an owner does with a poll: invites and exports.
import { createRoute, z } from '@hono/zod-openapi'
import { always, bodied, owned, repeated } from '../always.ts'
import { shown } from '../examples.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { once, paged, pollPath, serialPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { exportDocument, exportedBallot } from '../schemas/ballot.ts'
import { invites, invitesDraft, invitesPage } from '../schemas/owner.ts'
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

const listInvites = createRoute({
  operationId: 'listInvites',
  summary: 'List invites',
  description:
    'Those that were issued, by serial, without their codes. What was issued while the archive was away is as good and not in the list.',
  tags,
  ...owner('polls:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/invites',
  request: {
    params: pollPath,
    query: z.object({
      limit: z.int().min(1).max(1_000).optional().openapi({ description: 'How many a page.', default: 100 }),
      cursor: paged.cursor,
    }),
  },
  responses: {
    200: {
      description: 'A page of invites.',
      headers: headers('Link', ...unkept),
      content: spoken({ schema: invitesPage, examples: ['invites-page'] }),
    },
    ...refusals(...owned, 'query-invalid'),
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
    'Every ballot, streamed: as CSV for spreadsheets, as NDJSON with a document a line, or as one JSON document. One that breaks off ends in a connection error. Of a closed poll it is complete, or 503 `archive-behind`; of an open one `Edgepoll-Archived` says how much of it is there.',
  tags,
  ...owner('exports:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/export',
  request: {
    params: pollPath,
    query: z.object({
      format: z
        .enum(['csv', 'ndjson', 'json'])
        .optional()
        .openapi({ description: 'How it is written.', default: 'ndjson' }),
    }),
  },
  responses: {
    200: {
      description: 'The ballots.',
      headers: headers('Content-Disposition', 'Edgepoll-Archived', ...unkept),
      content: {
        'application/x-ndjson': {
          schema: exportedBallot,
          examples: shown('exported-ballot'),
        },
        'application/json': { schema: exportDocument, examples: shown('export') },
        'text/csv': {
          schema: { type: 'string' },
          example:
            'ballotId,castAt,revision,country,salt,shard,seq,where,order,stars,nps,why\r\nbal_pkbkqaz1h6xfjwjn0wwr0zg5s8,2026-11-24T12:00:00.000Z,1,DE,a5350fd24f2de18850a11e717d657073,0,1,pizza,b|a,4,9,"close by"\r\n',
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

export const ownerOperations = [issueInvites, listInvites, revokeInvite, exportBallots]
