// A definition keeps the limits whatever the draft was, and is a draft of itself.
import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  definePoll,
  type OptionDraft,
  type PollDraft,
  type QuestionDraft,
} from '../../src/domain/poll/define-poll.ts'
import { planShards } from '../../src/domain/poll/plan-shards.ts'
import { countersOf } from '../../src/domain/tally/rules.ts'
import { anId } from './polls.ts'
import './seed.ts'

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const words = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('Lunch?', 'Ünïcödé 🍕', ' kept as sent ') },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '\ud800', 'a\u0000b', 'x'.repeat(6_000)) },
)
const number = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 1.5, 11, 1e9, Number.NaN) },
)
const someOptions: fc.Arbitrary<OptionDraft[]> = fc.array(
  fc.record({
    id: optional(fc.oneof(anId, fc.constantFrom('o1', 'o2', 'o3'))),
    label: words,
    image: optional(
      fc.constantFrom('https://example.com/p.png', 'http://example.com/', 'javascript:alert(1)', 'https://'),
    ),
  }),
  { maxLength: 8 },
)
const asked = {
  id: optional(fc.oneof(anId, fc.constantFrom('q1', 'q2'))),
  prompt: words,
  required: optional(fc.boolean()),
}
const aQuestionDraft: fc.Arbitrary<QuestionDraft> = fc.oneof(
  fc.record({
    ...asked,
    type: fc.constant('choice' as const),
    min: optional(number),
    max: optional(number),
    shuffle: optional(fc.boolean()),
    options: someOptions,
  }),
  fc.record({ ...asked, type: fc.constant('ranking' as const), options: someOptions }),
  fc.record({ ...asked, type: fc.constant('rating' as const), scale: optional(number) }),
  fc.record({ ...asked, type: fc.constant('nps' as const) }),
  fc.record({ ...asked, type: fc.constant('text' as const), maxLength: optional(number) }),
)
const aDraft: fc.Arbitrary<PollDraft> = fc.record({
  title: words,
  description: optional(fc.oneof(words, fc.constant(null))),
  questions: fc.array(aQuestionDraft, { maxLength: 4 }),
  opensAt: optional(fc.oneof(number, fc.constant(null))),
  closesAt: optional(fc.oneof(number, fc.constant(null))),
  results: optional(fc.constantFrom('always', 'after-vote', 'after-close', 'hidden')),
  dedupe: optional(
    fc.oneof(
      fc.record({ by: fc.constantFrom('session' as const, 'invite' as const, 'none' as const) }),
      fc.record({ by: fc.constant('ip' as const), limit: optional(number) }),
    ),
  ),
  allowedOrigins: optional(
    fc.array(fc.constantFrom('https://example.com', 'HTTPS://Example.com:443', 'nowhere')),
  ),
  expectedVoters: optional(fc.oneof(number, fc.constant(null))),
  labels: optional(fc.dictionary(fc.oneof(anId, fc.constant('team')), words, { maxKeys: 3 })),
})

test('defining a definition again gives it back', () => {
  let accepted = 0
  fc.assert(
    fc.property(aDraft, (draft) => {
      const defined = definePoll(draft)
      if (!defined.ok) return
      accepted++
      deepEqual(definePoll(defined.value), defined)
      deepEqual(definePoll(JSON.parse(JSON.stringify(defined.value))), defined)
    }),
    { numRuns: 3_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})

test('whatever the draft, a definition has unique ids and keeps the limits, or every fault is named', () => {
  fc.assert(
    fc.property(aDraft, (draft) => {
      const defined = definePoll(draft)
      if (!defined.ok) {
        expect(defined.refusal.errors.length).toBeGreaterThan(0)
        for (const { pointer } of defined.refusal.errors) expect(pointer).toMatch(/^\/[a-z]/i)
        return
      }
      const { questions } = defined.value
      const lists = [questions, ...questions.flatMap((each) => ('options' in each ? [each.options] : []))]
      for (const list of lists) {
        const ids = list.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of ids) expect(id).toMatch(/^[a-z0-9_-]{1,40}$/)
      }
      for (const question of questions) {
        if (question.type !== 'choice') continue
        expect(1 <= question.min && question.min <= question.max).toBe(true)
        expect(question.max).toBeLessThanOrEqual(question.options.length)
      }
      expect(countersOf(questions)).toBeLessThanOrEqual(5_000)
    }),
    { numRuns: 3_000 },
  )
})

test('the shards planned are the least power of two with at most 5,000 expected voters each, up to 256', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000 }), (voters) => {
      const shards = planShards(voters)
      expect(Number.isInteger(Math.log2(shards))).toBe(true)
      expect(shards === 256 || shards * 5_000 >= voters).toBe(true)
      expect(shards === 1 || (shards / 2) * 5_000 < voters).toBe(true)
    }),
  )
})
