// The bodies that make and change polls: the validators of src/representation, with words.
import { z } from '@hono/zod-openapi'
import { pollDraft as validator } from '../../../representation/poll-draft.ts'
import { described, named, worded } from '../words.ts'
import { dedupeWords, kindWords, optionWords, pollWords, questionWords } from './words-of-polls.ts'

const { shape } = validator
const { element } = shape.questions
const [choice, ranking, rating, nps, text] = element.options
const [bySession, byIp, byInvite, byAccount, byNone] = shape.dedupe.unwrap().options

const given = ' Made by position where it is left out.'
const id = { pattern: '^[a-z0-9_-]{1,40}$' }

const option = described(
  'OptionDraft',
  choice.shape.options.element,
  {
    id: { ...id, description: optionWords.id + given },
    label: { description: optionWords.label, maxLength: 200 },
    image: { description: optionWords.image, format: 'uri', maxLength: 2_048 },
  },
  'An option, as its owner asks for it.',
)

const any = {
  id: { ...id, description: questionWords.id + given },
  prompt: { description: questionWords.prompt, maxLength: 300 },
  required: `${questionWords.required} True for the first question and false for the others, unless said.`,
  type: questionWords.type,
} as const

const question = named(
  'QuestionDraft',
  z.discriminatedUnion('type', [
    described(
      'ChoiceQuestionDraft',
      choice,
      {
        ...any,
        min: { description: kindWords.choice.min, default: 1, minimum: 1 },
        max: { description: kindWords.choice.max, default: 1, minimum: 1 },
        shuffle: { description: kindWords.choice.shuffle, default: false },
        options: worded(z.array(option), {
          description: kindWords.choice.options,
          minItems: 1,
          maxItems: 200,
        }),
      },
      kindWords.choice.about,
    ),
    described(
      'RankingQuestionDraft',
      ranking,
      {
        ...any,
        options: worded(z.array(option), {
          description: kindWords.ranking.options,
          minItems: 2,
          maxItems: 50,
        }),
      },
      kindWords.ranking.about,
    ),
    described(
      'RatingQuestionDraft',
      rating,
      { ...any, scale: { description: kindWords.rating.scale, default: 5, minimum: 2, maximum: 10 } },
      kindWords.rating.about,
    ),
    described('NpsQuestionDraft', nps, any, kindWords.nps.about),
    described(
      'TextQuestionDraft',
      text,
      {
        ...any,
        maxLength: {
          description: kindWords.text.maxLength,
          default: 500,
          minimum: 1,
          maximum: 5_000,
        },
      },
      kindWords.text.about,
    ),
  ]),
  { description: 'A question, as its owner asks for it.' },
)

const [edDsa, hs256] = byAccount.shape.keys.element.options

const accountKey = named(
  'AccountKeyDraft',
  z.discriminatedUnion('alg', [
    described(
      'EdDsaKeyDraft',
      edDsa,
      {
        kid: 'The `kid` of tokens that this key signs.',
        alg: 'Ed25519.',
        x: { description: 'The public key: 32 bytes in base64url.', pattern: '^[A-Za-z0-9_-]{43}$' },
      },
      'A public key. Nobody can make tokens with it.',
    ),
    described(
      'Hs256KeyDraft',
      hs256,
      {
        kid: 'The `kid` of tokens that this key signs.',
        alg: 'HMAC with SHA-256.',
        secret: 'The secret. It is write-only: no answer shows it again.',
      },
      'A shared secret.',
    ),
  ]),
  { description: 'A key that signs voters’ tokens.' },
)

const dedupe = named(
  'DedupeDraft',
  z.discriminatedUnion('by', [
    described('BySessionDraft', bySession, { by: dedupeWords.by }, dedupeWords.session),
    described(
      'ByIpDraft',
      byIp,
      {
        by: dedupeWords.by,
        limit: { description: dedupeWords.limit, default: 1, minimum: 1, maximum: 1_000 },
      },
      dedupeWords.ip,
    ),
    described('ByInviteDraft', byInvite, { by: dedupeWords.by }, dedupeWords.invite),
    described(
      'ByAccountDraft',
      byAccount,
      {
        by: dedupeWords.by,
        keys: worded(z.array(accountKey), { description: dedupeWords.keys, minItems: 1, maxItems: 4 }),
      },
      dedupeWords.account,
    ),
    described('ByNoneDraft', byNone, { by: dedupeWords.by }, dedupeWords.none),
  ]),
  { description: dedupeWords.by },
)

const labels = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: 200 },
  maxProperties: 20,
} as const

/** The body of `POST /v1/polls`. */
export const pollDraft = described(
  'PollDraft',
  validator,
  {
    title: { description: pollWords.title, maxLength: 300 },
    description: { description: pollWords.description, maxLength: 5_000 },
    questions: worded(z.array(question), { description: pollWords.questions, minItems: 1, maxItems: 50 }),
    opensAt: pollWords.opensAt,
    closesAt: pollWords.closesAt,
    results: { description: pollWords.results, default: 'always' },
    dedupe: dedupe.optional(),
    revisions: { description: pollWords.revisions, default: 'none' },
    challenge: { description: pollWords.challenge, default: 'off' },
    allowedOrigins: { description: pollWords.allowedOrigins, maxItems: 100 },
    expectedVoters: { description: pollWords.expectedVoters, minimum: 1 },
    labels: { ...labels, description: pollWords.labels },
    status: 'Whether voting may start at once. A draft waits for `POST …/open`.',
  },
  'A poll, as its owner asks for it. Members that are not known are refused.',
)

const { title, questions, status: _status, dedupe: _dedupe, labels: _labels, ...changeable } = pollDraft.shape

/** The body of `PATCH /v1/polls/{pollId}`. */
export const pollPatch = named(
  'PollPatch',
  z.strictObject({
    title: title.optional(),
    questions: questions.optional(),
    ...nullish(changeable),
    dedupe: worded(z.looseObject({}).nullish(), {
      description: `${dedupeWords.by} Merged with what is there.`,
    }),
    labels: worded(z.record(z.string(), z.string().nullable()).nullish(), {
      description: `${pollWords.labels} Merged with those there; null takes one out.`,
    }),
  }),
  {
    description:
      'A JSON merge patch (RFC 7396): members that are named are replaced, lists whole; null takes a member out, which brings its default back. `status` has routes of its own. Questions and `dedupe` are frozen once a ballot is there.',
  },
)

function nullish(members: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  // A default here would be sent by clients made from the document, and change what was not named.
  const freed = (schema: z.ZodType) => worded(schema.nullish(), { default: undefined })
  return Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, freed(schema)]))
}
