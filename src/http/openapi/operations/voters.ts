// What a voter may ask of an owner: what is held about them, and that it goes.
import { createRoute, z } from '@hono/zod-openapi'
import { voterBody } from '../../../representation/voter-body.ts'
import { bodied, owned, repeated } from '../always.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { once, pollPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { ballotId, hash, pollId, seq, shard, time } from '../schemas/scalars.ts'
import { owner } from '../security.ts'
import { described, listOf, named } from '../words.ts'

const voterName = described(
  'VoterName',
  voterBody,
  {
    voterId: 'The `Voter-Id`: for polls by `session`, `none` and `ip`.',
    inviteCode: 'For polls by `invite`.',
    inviteSerial: 'Of the invite, in place of its code; also of one that was revoked.',
    subject: 'The `sub` of the tokens that the owner signed: for polls by `account`.',
    address: 'Always refused: everybody behind an address has the same.',
  },
  'A voter, named by exactly one member.',
)

const erasedVoter = named(
  'ErasedVoter',
  z.object({ pollId, erased: z.int().min(0).describe('How many ballots were erased now.') }),
  { description: 'What became of a voter’s ballots.' },
)

const heldVoter = named(
  'HeldVoter',
  z.object({
    pollId,
    ballots: listOf(
      'Every ballot of theirs.',
      z.object({
        id: ballotId,
        shard,
        seq,
        answers: z.record(z.string(), z.unknown()).nullable().describe('null: erased.'),
        country: z.string().nullable().describe('Where it was cast from, two letters.'),
        revisions: listOf(
          'What the log says of it.',
          z.object({
            revision: z.int().min(1).describe('1 for the first.'),
            seq,
            castAt: time.describe('When.'),
            commitment: hash.describe('Of the answers; zeros for an erasure.'),
          }),
        ),
      }),
    ),
  }),
  { description: 'All that a poll holds about a voter.' },
)

const asked = {
  request: { params: pollPath, headers: once, body: body({ schema: voterName, examples: ['voter-name'] }) },
  method: 'post',
} as const

const eraseVoter = createRoute({
  operationId: 'eraseVoter',
  summary: 'Erase a voter’s ballots',
  description: 'As erasing each by its id. Repeating it is safe; none is there: 0.',
  tags: ['Ballots'],
  ...owner('polls:write'),
  ...asked,
  path: '/v1/polls/{pollId}/voters/erase',
  responses: {
    200: {
      description: 'How many.',
      headers: headers(...unkept, 'Idempotency-Replayed'),
      content: spoken({ schema: erasedVoter, examples: ['erased-voter'] }),
    },
    ...refusals(...owned, ...bodied, ...repeated, 'voter-invalid'),
  },
})

const exportVoter = createRoute({
  operationId: 'exportVoter',
  summary: 'Export what is held about a voter',
  description: 'For a voter who asks. From the ballot boxes, so that it is what is held now.',
  tags: ['Ballots'],
  ...owner('ballots:read'),
  ...asked,
  path: '/v1/polls/{pollId}/voters/export',
  responses: {
    200: {
      description: 'Their ballots.',
      headers: headers(...unkept, 'Idempotency-Replayed'),
      content: spoken({ schema: heldVoter, examples: ['held-voter'] }),
    },
    ...refusals(...owned, ...bodied, ...repeated, 'voter-invalid'),
  },
})

export const voterOperations = [eraseVoter, exportVoter]
