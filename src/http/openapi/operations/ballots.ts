// Ballots: cast, read and replaced by their voter, erased by the owner.
import { createRoute, z } from '@hono/zod-openapi'
import { bodied, negotiated, owned } from '../always.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { ballotPath, idempotencyKey, pollPath, voterId } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { ballot, ballotDraft, ownBallot } from '../schemas/ballot.ts'
import type { Reason } from '../schemas/problem.ts'
import { anybody, owner } from '../security.ts'

const tags = ['Ballots']

/** Whoever stands behind a request, as the poll counts voters. */
const voter = [
  'voter-id-required',
  'invite-required',
  'invite-invalid',
  'token-invalid',
  'header-invalid',
] as const satisfies readonly Reason[]

const casting = [
  ...negotiated,
  ...bodied,
  ...voter,
  'poll-not-found',
  'challenge-required',
  'challenge-failed',
  'ballot-invalid',
  'ballot-too-large',
  'already-voted',
  'revisions-exhausted',
  'poll-not-open',
  'poll-closed',
  'idempotency-key-reused',
  'overloaded',
  'outcome-unknown',
] as const satisfies readonly Reason[]

const sent = {
  headers: z.object({ 'Voter-Id': voterId, 'Idempotency-Key': idempotencyKey }),
  body: body({
    schema: ballotDraft,
    message: 'BallotDraft',
    examples: ['short-ballot-draft', 'full-ballot-draft'],
  }),
}

const counted = spoken({ schema: ballot, message: 'Ballot', examples: ['ballot'] })

const standing = {
  description: 'The ballot as it stands: a repeat gets the first answer, a revision its number.',
  headers: headers('Idempotency-Replayed', 'Edgepoll-Retry-Safe', ...unkept),
  content: counted,
}

const castBallot = createRoute({
  operationId: 'castBallot',
  summary: 'Cast a ballot',
  description: `Counted exactly once, however often it is sent: the same voter with the same answers gets 200 with the first receipt. Other answers of the same voter are 409 \`already-voted\`, or a revision where the poll's \`revisions\` is \`until-close\`. Safe to repeat with the same keys after 503.`,
  tags,
  ...anybody,
  method: 'post',
  path: '/v1/polls/{pollId}/ballots',
  request: { params: pollPath, ...sent },
  responses: {
    201: {
      description: 'It is counted.',
      headers: headers('Edgepoll-Retry-Safe', ...unkept),
      content: counted,
    },
    200: standing,
    ...refusals(...casting),
  },
})

const readOwnBallot = createRoute({
  operationId: 'readOwnBallot',
  summary: 'Read one’s own ballot',
  description: 'Whose it is says `Voter-Id`, an invite code or a token, as the poll counts voters.',
  tags,
  ...anybody,
  method: 'get',
  path: '/v1/polls/{pollId}/ballots/mine',
  request: {
    params: pollPath,
    headers: z.object({
      'Voter-Id': voterId,
      'Invite-Code': z.string().optional().openapi({ description: 'For polls by invitation.' }),
      'Voter-Token': z
        .string()
        .optional()
        .openapi({ description: 'For polls that count accounts: a JWT of the owner’s.' }),
    }),
  },
  responses: {
    200: {
      description: 'The ballot with its answers.',
      headers: headers(...unkept),
      content: spoken({
        schema: ownBallot,
        message: 'OwnBallot',
        examples: ['own-ballot'],
      }),
    },
    ...refusals(...negotiated, ...voter, 'poll-not-found', 'ballot-not-found'),
  },
})

const reviseBallot = createRoute({
  operationId: 'reviseBallot',
  summary: 'Replace one’s own ballot',
  description: 'As a cast, for voters who have voted; where there is no ballot to replace it is 404.',
  tags,
  ...anybody,
  method: 'put',
  path: '/v1/polls/{pollId}/ballots/mine',
  request: { params: pollPath, ...sent },
  responses: { 200: standing, ...refusals(...casting, 'ballot-not-found') },
})

const eraseBallot = createRoute({
  operationId: 'eraseBallot',
  summary: 'Erase a ballot',
  description:
    'Its answers go for good. Before the close its votes are taken back; after it the numbers stand and `erased` counts it. Doing it again changes nothing.',
  tags,
  ...owner('polls:write'),
  method: 'delete',
  path: '/v1/polls/{pollId}/ballots/{ballotId}',
  request: { params: ballotPath },
  responses: {
    204: { description: 'It is erased.', headers: headers(...unkept) },
    ...refusals(...owned, 'ballot-not-found', 'overloaded', 'outcome-unknown'),
  },
})

export const ballotOperations = [castBallot, readOwnBallot, reviseBallot, eraseBallot]
