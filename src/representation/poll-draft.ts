// The shape of `POST /v1/polls`: right types, nothing unknown. What needs more than one member to decide is the
// domain's (define-poll).
import * as z from 'zod'
import type { PollDraft } from '../domain/poll/define-poll.ts'
import { stringMembers } from './own-members.ts'

const option = z.strictObject({ id: z.string().optional(), label: z.string(), image: z.string().optional() })

const anyQuestion = { id: z.string().optional(), prompt: z.string(), required: z.boolean().optional() }

const question = z.discriminatedUnion('type', [
  z.strictObject({
    ...anyQuestion,
    type: z.literal('choice'),
    min: z.int().optional(),
    max: z.int().optional(),
    shuffle: z.boolean().optional(),
    options: z.array(option),
  }),
  z.strictObject({ ...anyQuestion, type: z.literal('ranking'), options: z.array(option) }),
  z.strictObject({ ...anyQuestion, type: z.literal('rating'), scale: z.int().optional() }),
  z.strictObject({ ...anyQuestion, type: z.literal('nps') }),
  z.strictObject({ ...anyQuestion, type: z.literal('text'), maxLength: z.int().optional() }),
])

const accountKey = z.discriminatedUnion('alg', [
  z.strictObject({ kid: z.string(), alg: z.literal('EdDSA'), x: z.string() }),
  z.strictObject({ kid: z.string(), alg: z.literal('HS256'), secret: z.string() }),
])

const dedupe = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('session') }),
  z.strictObject({ by: z.literal('ip'), limit: z.int().optional() }),
  z.strictObject({ by: z.literal('invite') }),
  z.strictObject({ by: z.literal('account'), keys: z.array(accountKey) }),
  z.strictObject({ by: z.literal('none') }),
])

/** RFC 3339 with a zone; inside, milliseconds since the epoch. */
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

export const pollDraft = z.strictObject({
  title: z.string(),
  description: z.string().nullish(),
  questions: z.array(question),
  opensAt: time.nullish(),
  closesAt: time.nullish(),
  results: z.enum(['always', 'after-vote', 'after-close', 'hidden']).optional(),
  dedupe: dedupe.optional(),
  revisions: z.enum(['none', 'until-close']).optional(),
  challenge: z.enum(['off', 'suspicious', 'always']).optional(),
  allowedOrigins: z.array(z.string()).optional(),
  expectedVoters: z.int().nonnegative().nullish(),
  labels: stringMembers.optional(),
  status: z.enum(['draft', 'open']).default('open'),
})

export type PollOrderBody = z.infer<typeof pollDraft>

/** The part of the body that defines the poll. */
export const draftOf = ({ status: _status, ...draft }: PollOrderBody): PollDraft => draft
