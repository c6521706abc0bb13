// Polls and ballots as fast-check makes them up, with the ids that break careless records.
import fc from 'fast-check'
import type { Option, Question, QuestionId } from '../../src/domain/poll/poll.ts'
import type { Answer, Answers } from '../../src/domain/tally/rule.ts'

export const kinds = ['choice', 'ranking', 'rating', 'nps', 'text'] as const satisfies Question['type'][]

/** Legal ids that are also names of inherited members, or that JavaScript moves to the front of an object. */
const awkward = ['__proto__', 'constructor', 'valueof', '10', '2', '-', '_']

export const anId = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...awkward) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z0-9_-]{1,6}$/) },
)

const someOptions = (least: number): fc.Arbitrary<readonly Option[]> =>
  fc
    .uniqueArray(anId, { minLength: least, maxLength: 7 })
    .map((ids) => ids.map((id) => ({ id, label: `Option ${id}` })))

/** A question of one kind. Only a poll decides which are required: here none is. */
export const aQuestion = (kind: Question['type'], id: QuestionId): fc.Arbitrary<Question> => {
  const asked = { id, prompt: `Question ${id}?`, required: false }
  switch (kind) {
    case 'choice':
      return someOptions(1).chain((options) =>
        fc
          .tuple(fc.integer({ min: 1, max: options.length }), fc.integer({ min: 1, max: options.length }))
          .map(([one, other]) => ({
            ...asked,
            type: kind,
            min: Math.min(one, other),
            max: Math.max(one, other),
            shuffle: false,
            options,
          })),
      )
    case 'ranking':
      return someOptions(2).map((options) => ({ ...asked, type: kind, options }))
    case 'rating':
      return fc.integer({ min: 2, max: 10 }).map((scale) => ({ ...asked, type: kind, scale }))
    case 'nps':
      return fc.constant({ ...asked, type: kind })
    case 'text':
      return fc.integer({ min: 1, max: 40 }).map((maxLength) => ({ ...asked, type: kind, maxLength }))
  }
}

/** One to six questions of any kinds. */
export const someQuestions: fc.Arbitrary<readonly Question[]> = fc
  .uniqueArray(anId, { minLength: 1, maxLength: 6 })
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.constantFrom(...kinds).chain((kind) => aQuestion(kind, id)))),
  )

/** An answer as `checkBallot` leaves it. */
export const anAnswer = (question: Question): fc.Arbitrary<Answer> => {
  switch (question.type) {
    case 'choice':
      return fc
        .subarray(
          question.options.map(({ id }) => id),
          { minLength: question.min, maxLength: question.max },
        )
        .map((chosen) => question.options.flatMap(({ id }) => (chosen.includes(id) ? [id] : [])))
    case 'ranking':
      return fc.shuffledSubarray(
        question.options.map(({ id }) => id),
        { minLength: 1 },
      )
    case 'rating':
      return fc.integer({ min: 1, max: question.scale })
    case 'nps':
      return fc.integer({ min: 0, max: 10 })
    case 'text':
      return fc.string({ unit: 'binary', minLength: 1, maxLength: question.maxLength }).map(withoutNul)
  }
}

/** Checked answers to at least one of the questions, in the poll's order. */
export const aBallot = (questions: readonly Question[]): fc.Arbitrary<Answers> =>
  fc
    .subarray([...questions], { minLength: 1 })
    .chain((answered) =>
      fc
        .tuple(...answered.map(anAnswer))
        .map((answers) => Object.fromEntries(answered.map(({ id }, at) => [id, answers[at] ?? '']))),
    )

/** Questions with up to `most` ballots. */
export const anElection = (asked: fc.Arbitrary<readonly Question[]>, most = 25) =>
  asked.chain((questions) =>
    fc.record({
      questions: fc.constant(questions),
      ballots: fc.array(aBallot(questions), { maxLength: most }),
    }),
  )

const withoutNul = (text: string) => text.replaceAll('\u0000', '0')
