// A checked ballot has one way to be written, and no input makes the check fail other than by saying no.
import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkBallot } from '../../src/domain/ballot/check-ballot.ts'
import type { Question } from '../../src/domain/poll/poll.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { countBallot, emptyTally } from '../../src/domain/tally/tally.ts'
import { aBallot, anElection, someQuestions } from './polls.ts'
import './seed.ts'

const textOf = (questions: readonly Question[], answers: unknown): string => {
  const checked = checkBallot(questions, answers)
  if (!checked.ok) throw new Error(JSON.stringify(checked.refusal))
  return JSON.stringify(checked.value)
}

const aPollAndBallot = someQuestions.chain((questions) =>
  fc.tuple(fc.constant(questions), aBallot(questions)),
)

test('a good ballot is accepted, and checking it again changes nothing', () => {
  fc.assert(
    fc.property(aPollAndBallot, ([questions, ballot]) => {
      const text = textOf(questions, ballot)
      deepEqual(JSON.parse(text), ballot)
      expect(textOf(questions, JSON.parse(text))).toBe(text)
    }),
    { numRuns: 500 },
  )
})

test('the same answers in another order are the same text', () => {
  const shuffled = fc.tuple(aPollAndBallot, fc.infiniteStream(fc.nat()))
  fc.assert(
    fc.property(shuffled, ([[questions, ballot], random]) => {
      const shuffle = <Item>(items: readonly Item[]) =>
        items
          .map((item) => ({ item, at: random.next().value ?? 0 }))
          .sort((one, other) => one.at - other.at)
          .map(({ item }) => item)
      const isChoice = (id: string) => questions.some((each) => each.id === id && each.type === 'choice')
      const another = shuffle(Object.entries(ballot)).map(([id, answer]) => [
        id,
        typeof answer === 'object' && isChoice(id) ? shuffle(answer) : answer,
      ])
      expect(textOf(questions, Object.fromEntries(another))).toBe(textOf(questions, ballot))
    }),
    { numRuns: 500 },
  )
})

test('a single choice is the same text as a string and as a list of one', () => {
  const plain = (ballot: Answers, questions: readonly Question[]) =>
    Object.fromEntries(
      Object.entries(ballot).map(([id, answer]) => {
        const single = questions.some((each) => each.id === id && each.type === 'choice' && each.max === 1)
        return [id, single && typeof answer === 'object' ? answer[0] : answer]
      }),
    )
  fc.assert(
    fc.property(aPollAndBallot, ([questions, ballot]) => {
      expect(textOf(questions, plain(ballot, questions))).toBe(textOf(questions, ballot))
    }),
  )
})

test('whatever JSON is sent, the answer is a countable ballot or a list of faults', () => {
  const almost = aPollAndBallot.chain(([questions, ballot]) => {
    const nearMiss = fc.tuple(
      ...Object.entries(ballot).map(([id, answer]) =>
        fc.oneof(
          fc.constant([id, answer] as const),
          fc.tuple(fc.constant(id), fc.jsonValue()),
          fc.tuple(
            fc.constant(id),
            fc.array(fc.oneof(fc.constant('__proto__'), fc.constant(id), fc.jsonValue())),
          ),
          fc.tuple(fc.string(), fc.constant(answer)),
        ),
      ),
    )
    return fc.tuple(
      fc.constant(questions),
      fc.oneof(
        fc.jsonValue(),
        nearMiss.map((entries) => Object.fromEntries(entries)),
      ),
    )
  })
  fc.assert(
    fc.property(almost, ([questions, answers]) => {
      const checked = checkBallot(questions, answers)
      if (checked.ok) {
        expect(countBallot(questions, emptyTally(questions), checked.value).ballots).toBe(1)
        expect(textOf(questions, checked.value)).toBe(JSON.stringify(checked.value))
      } else {
        expect(checked.refusal.errors.length).toBeGreaterThan(0)
        for (const { pointer, detail } of checked.refusal.errors) {
          expect(pointer).toMatch(/^\/answers(\/([^~]|~0|~1)*)?$/su)
          expect(detail).toMatch(/^[A-Z].*\.$/)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a pointer leads to what is wrong, whatever the question is called', () => {
  fc.assert(
    fc.property(anElection(someQuestions, 0), fc.string(), ({ questions }, id) => {
      fc.pre(questions.every((question) => question.id !== id))
      const body = { answers: Object.fromEntries([[id, 'anything']]) }
      const checked = checkBallot(questions, body.answers)
      const pointers = checked.ok ? [] : checked.refusal.errors.map(({ pointer }) => pointer)
      expect(pointers.map((pointer) => follow(body, pointer))).toEqual(['anything'])
    }),
  )
})

/** RFC 6901, section 4. */
const follow = (document: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, token) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, token)
          ? Object.entries(value).find(([key]) => key === token)?.[1]
          : undefined,
      document,
    )
