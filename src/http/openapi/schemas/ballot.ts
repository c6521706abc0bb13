// Ballots: what a voter sends, and what they get.
import { z } from '@hono/zod-openapi'
import { ballotBody } from '../../../representation/ballot-body.ts'
import { described, named } from '../words.ts'
import { ballotId, jws, pollId, time } from './scalars.ts'

/** Raw, because the validator takes any object: whether answers fit is the domain's to say, with a pointer each. */
const answers = {
  type: 'object',
  additionalProperties: {
    anyOf: [
      { type: 'string', description: 'A text; or the one option of a single choice.' },
      { type: 'integer', description: 'A rating or a net promoter score.' },
      {
        type: 'array',
        items: { type: 'string' },
        description: 'Options of a choice in any order; of a ranking, the most wanted first.',
      },
    ],
  },
} as const

/** The body of `POST …/ballots` and `PUT …/ballots/mine`. */
export const ballotDraft = described(
  'BallotDraft',
  ballotBody,
  {
    answers: {
      ...answers,
      description:
        'By question id; at least one. Strings are kept as sent, neither trimmed nor normalised. `null` is no answer: leave the member out.',
    },
    inviteCode: 'For polls by invitation. Case, hyphens and spaces do not matter.',
    voterToken:
      'For polls that count accounts: a JWT signed with a key of the poll, its `aud` the poll’s id, with `sub` and `exp`.',
    challengeToken: 'What the Turnstile widget gave. Good once, for five minutes.',
  },
  'One voter’s answers. Members that are not known are refused.',
)

const accepted = {
  id: ballotId,
  pollId,
  castAt: time.describe('When this revision was counted.'),
  revision: z.int().min(1).describe('1 for a first ballot, one more each time its voter replaced it.'),
  receipt: jws.describe(
    'A compact JWS over poll, ballot, revision, shard, seq and commitment. It proves that the ballot is in the log and not what is on it, so it cannot be sold.',
  ),
}

export const ballot = named('Ballot', z.object(accepted), {
  description: 'An accepted ballot. A repeat of the request gets the same one, the receipt byte for byte.',
})

const ownAnswers = z
  .record(z.string(), z.union([z.array(z.string()), z.int(), z.string()]))
  .describe('By question id, in the poll’s order; a single choice is a list of one.')

export const ownBallot = named('OwnBallot', z.object({ ...accepted, answers: ownAnswers }), {
  description: 'A voter’s own ballot, as it stands.',
})

const country = z
  .string()
  .regex(/^[A-Z][A-Z0-9]$/)
  .nullable()
  .describe('Where it was cast, ISO 3166-1, where the platform knows it.')

/** A ballot in its owner's list. */
export const listedBallot = named(
  'ListedBallot',
  z.object({
    id: ballotId,
    revision: accepted.revision,
    castAt: accepted.castAt,
    answers: ownAnswers.nullable().describe('By question id, in the poll’s order; null: erased.'),
    country,
    erased: z.boolean().describe('Whether the answers are gone for good.'),
  }),
  { description: 'A ballot as the archive has it. Who cast it is not known.' },
)

const nextCursor = z.string().nullable().describe('The `cursor` of the next page; null: this is the last.')

export const ballotsPage = named(
  'BallotsPage',
  z.object({
    data: z.array(listedBallot).describe('In the order of their ids, which tells nothing.'),
    nextCursor,
  }),
  { description: 'A page of a poll’s ballots.' },
)

export const textsPage = named(
  'TextsPage',
  z.object({
    data: z
      .array(z.object({ ballotId, castAt: accepted.castAt, text: z.string().describe('As it was written.') }))
      .describe('In the order of their ballots’ ids, which tells nothing.'),
    nextCursor,
  }),
  { description: 'A page of what voters wrote. It may be short, even empty, and still have a next one.' },
)

/** A line of an export. */
export const exportedBallot = named(
  'ExportedBallot',
  z.object({
    id: ballotId,
    revision: accepted.revision,
    castAt: accepted.castAt,
    answers: ownAnswers.nullable().describe('By question id; null: erased.'),
    country,
    shard: z.int().min(0).max(255).describe('Which of the poll’s boxes counted it.'),
    seq: z.int().min(1).describe('Position of this revision in the shard’s log.'),
    salt: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable()
      .describe('With the answers it opens the commitment in the log; null: erased.'),
    erased: z.boolean().describe('Whether the answers are gone for good.'),
  }),
  { description: 'A ballot with all that recounting needs.' },
)

export const exportDocument = named(
  'Export',
  z.object({ pollId, ballots: z.array(exportedBallot).describe('In the order of their ids.') }),
  { description: 'All ballots of a poll. One that was cut off lacks its closing brackets.' },
)
