// Polls as clients see them: to anybody what a voter needs, to their owner the rest.
import { z } from '@hono/zod-openapi'
import { named } from '../words.ts'
import { pollId, time } from './scalars.ts'
import { dedupeWords, kindWords, optionWords, pollWords, questionWords } from './words-of-polls.ts'

const option = named(
  'Option',
  z.object({
    id: z.string().describe(optionWords.id),
    label: z.string().describe(optionWords.label),
    image: z.string().optional().describe(optionWords.image),
  }),
  { description: 'What can be chosen.' },
)

const anyQuestion = {
  id: z.string().describe(questionWords.id),
  prompt: z.string().describe(questionWords.prompt),
  required: z.boolean().describe(questionWords.required),
}

export const question = named(
  'Question',
  z.discriminatedUnion('type', [
    named(
      'ChoiceQuestion',
      z.object({
        ...anyQuestion,
        type: z.literal('choice').describe(questionWords.type),
        min: z.int().describe(kindWords.choice.min),
        max: z.int().describe(kindWords.choice.max),
        shuffle: z.boolean().describe(kindWords.choice.shuffle),
        options: z.array(option).describe(kindWords.choice.options),
      }),
      { description: kindWords.choice.about },
    ),
    named(
      'RankingQuestion',
      z.object({
        ...anyQuestion,
        type: z.literal('ranking').describe(questionWords.type),
        options: z.array(option).describe(kindWords.ranking.options),
      }),
      { description: kindWords.ranking.about },
    ),
    named(
      'RatingQuestion',
      z.object({
        ...anyQuestion,
        type: z.literal('rating').describe(questionWords.type),
        scale: z.int().describe(kindWords.rating.scale),
      }),
      { description: kindWords.rating.about },
    ),
    named('NpsQuestion', z.object({ ...anyQuestion, type: z.literal('nps').describe(questionWords.type) }), {
      description: kindWords.nps.about,
    }),
    named(
      'TextQuestion',
      z.object({
        ...anyQuestion,
        type: z.literal('text').describe(questionWords.type),
        maxLength: z.int().describe(kindWords.text.maxLength),
      }),
      { description: kindWords.text.about },
    ),
  ]),
  { description: 'A question, with every default filled in.' },
)

const by = dedupeWords.by
const kid = z.string().describe('The `kid` of tokens that this key signs.')

const accountKey = named(
  'AccountKey',
  z.discriminatedUnion('alg', [
    named(
      'EdDsaKey',
      z.object({
        kid,
        alg: z.literal('EdDSA').describe('Ed25519.'),
        x: z.string().describe('The public key.'),
      }),
      {
        description: 'A public key: 32 bytes in base64url.',
      },
    ),
    named('Hs256Key', z.object({ kid, alg: z.literal('HS256').describe('HMAC with SHA-256.') }), {
      description: 'A shared secret, which is not shown.',
    }),
  ]),
  { description: 'A key that signs voters’ tokens.' },
)

const dedupe = named(
  'Dedupe',
  z.discriminatedUnion('by', [
    named('BySession', z.object({ by: z.literal('session').describe(by) }), {
      description: dedupeWords.session,
    }),
    named(
      'ByIp',
      z.object({ by: z.literal('ip').describe(by), limit: z.int().describe(dedupeWords.limit) }),
      { description: dedupeWords.ip },
    ),
    named('ByInvite', z.object({ by: z.literal('invite').describe(by) }), {
      description: dedupeWords.invite,
    }),
    named(
      'ByAccount',
      z.object({
        by: z.literal('account').describe(by),
        keys: z.array(accountKey).describe(dedupeWords.keys),
      }),
      { description: dedupeWords.account },
    ),
    named('ByNone', z.object({ by: z.literal('none').describe(by) }), { description: dedupeWords.none }),
  ]),
  { description: by },
)

const urls = named(
  'PollUrls',
  z.object({
    self: z.url().describe('The poll.'),
    results: z.url().describe('Its results.'),
    live: z.url().describe('Its live results, by WebSocket.'),
    page: z.url().describe('The page a person votes on.'),
  }),
  { description: 'Where to go from here.' },
)

const base = {
  id: pollId,
  title: z.string().describe(pollWords.title),
  description: z.string().nullable().describe(pollWords.description),
  status: z
    .enum(['draft', 'scheduled', 'open', 'closed'])
    .describe(
      'Where it is in its life. Scheduled is an open poll whose `opensAt` has not come; closed never reopens.',
    ),
  questions: z.array(question).describe(pollWords.questions),
  opensAt: time.nullable().describe(pollWords.opensAt),
  closesAt: time.nullable().describe(pollWords.closesAt),
  results: z.enum(['always', 'after-vote', 'after-close', 'hidden']).describe(pollWords.results),
  revisions: z.enum(['none', 'until-close']).describe(pollWords.revisions),
  challenge: z.enum(['off', 'suspicious', 'always']).describe(pollWords.challenge),
  version: z.int().min(1).describe('Counts definitions: 1 when made, one more at each change.'),
  createdAt: time.describe('When it was made.'),
  urls,
}

/** Without a key of its workspace. */
export const poll = named(
  'Poll',
  z.object({
    ...base,
    dedupe: z
      .object({ by: z.enum(['session', 'ip', 'invite', 'account', 'none']).describe(by) })
      .describe(by),
  }),
  { description: 'A poll as anybody sees it.' },
)

const owned = {
  ...base,
  dedupe,
  allowedOrigins: z.array(z.string()).describe(pollWords.allowedOrigins),
  expectedVoters: z.int().nullable().describe(pollWords.expectedVoters),
  labels: z.record(z.string(), z.string()).describe(pollWords.labels),
  mode: z.enum(['live', 'test']).describe('By which kind of key it was made.'),
  archived: z.boolean().describe('Hidden from lists; says nothing about voting.'),
  shards: z.int().min(1).max(256).describe('How many boxes count it. Fixed when it is made.'),
}

/** With a key of its workspace. */
export const ownedPoll = named('OwnedPoll', z.object(owned), { description: 'A poll as its owner sees it.' })

export const closedPoll = named(
  'ClosedPoll',
  z.object({
    ...owned,
    final: z.boolean().describe('Whether every ballot is in the published result.'),
  }),
  { description: 'A poll that has just been closed.' },
)

export const pollPage = named(
  'PollPage',
  z.object({
    data: z.array(ownedPoll).describe('Newest first. Archived polls are left out.'),
    nextCursor: z.string().nullable().describe('For the next page; null: there is none.'),
  }),
  { description: 'A page of a list of polls.' },
)
