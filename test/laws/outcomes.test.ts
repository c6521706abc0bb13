// What a reader is shown, against the same counted the slow way, from the ballots.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import { pairwiseOf } from '../../src/domain/tally/ranking.ts'
import { fourDecimals, nearest } from '../../src/domain/tally/round.ts'
import type { Answer, Answers } from '../../src/domain/tally/rule.ts'
import { countBallot, emptyTally, outcomes, tallyOf } from '../../src/domain/tally/tally.ts'
import { anElection, someQuestions } from './polls.ts'
import './seed.ts'

test('every outcome says what counting the ballots by hand says', () => {
  fc.assert(
    fc.property(anElection(someQuestions), ({ questions, ballots }) => {
      const tally = ballots.reduce(
        (sum, ballot) => countBallot(questions, sum, ballot),
        emptyTally(questions),
      )
      expect(tally.ballots).toBe(ballots.length)
      expect(outcomes(questions, tally)).toEqual(questions.map((question) => byHand(question, ballots)))
    }),
  )
})

test('the pairwise matrix says how many ballots want one option rather than another', () => {
  fc.assert(
    fc.property(anElection(someQuestions), ({ questions, ballots }) => {
      const tally = ballots.reduce(
        (sum, ballot) => countBallot(questions, sum, ballot),
        emptyTally(questions),
      )
      for (const question of questions) {
        if (question.type !== 'ranking') continue
        const rankings = answersTo(question, ballots).map(asList)
        const wants = (ranked: readonly string[], one: string, other: string) =>
          ranked.includes(one) && (!ranked.includes(other) || ranked.indexOf(one) < ranked.indexOf(other))
        expect(pairwiseOf(question, tallyOf(question, tally))).toEqual(
          question.options.map(({ id: one }) =>
            question.options.map(
              ({ id: other }) =>
                rankings.filter((ranked) => one !== other && wants(ranked, one, other)).length,
            ),
          ),
        )
      }
    }),
  )
})

test('ratios are rounded as in long division, halves away from zero', () => {
  const ratio = fc.tuple(
    fc.integer({ min: -400_000_000, max: 400_000_000 }),
    fc.integer({ min: 1, max: 2 ** 31 }),
  )
  const ratioOfSmall = fc.tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 400 }))
  fc.assert(
    fc.property(fc.oneof(ratio, ratioOfSmall), ([numerator, denominator]) => {
      expect(nearest(numerator, denominator)).toBe(longDivision(BigInt(numerator), BigInt(denominator)))
      expect(fourDecimals(numerator, denominator)).toBe(
        longDivision(10_000n * BigInt(numerator), BigInt(denominator)) / 10_000,
      )
    }),
    { numRuns: 5_000 },
  )
})

const longDivision = (numerator: bigint, denominator: bigint): number => {
  const size = numerator < 0n ? -numerator : numerator
  const rounded = (2n * size + denominator) / (2n * denominator)
  return Number(numerator < 0n ? -rounded : rounded)
}

const byHand = (question: Question, all: readonly Answers[]) => {
  const answers = answersTo(question, all)
  const { id, type } = question
  const ballots = answers.length
  switch (type) {
    case 'choice':
      return {
        id,
        type,
        ballots,
        options: question.options.map((option) => {
          const votes = answers.filter((answer) => asList(answer).includes(option.id)).length
          return { id: option.id, votes, share: ballots === 0 ? 0 : decimals(votes, ballots) }
        }),
      }
    case 'ranking':
      return {
        id,
        type,
        ballots,
        options: question.options.map((option) => ({
          id: option.id,
          firsts: answers.filter((answer) => asList(answer)[0] === option.id).length,
          points: sum(
            answers.map(asList).map((ranked) => {
              const position = ranked.indexOf(option.id)
              return position < 0 ? 0 : question.options.length - 1 - position
            }),
          ),
        })),
        runoff: null,
      }
    case 'rating': {
      const counts = Array.from({ length: question.scale }, (_, at) => times(answers, at + 1))
      return {
        id,
        type,
        ballots,
        counts,
        mean: ballots === 0 ? null : decimals(sum(answers.map(Number)), ballots),
      }
    }
    case 'nps': {
      const counts = Array.from({ length: 11 }, (_, at) => times(answers, at))
      const happy = answers.filter((answer) => Number(answer) >= 9).length
      const unhappy = answers.filter((answer) => Number(answer) <= 6).length
      const score = ballots === 0 ? null : longDivision(BigInt(100 * (happy - unhappy)), BigInt(ballots))
      return { id, type, ballots, counts, score }
    }
    case 'text':
      return { id, type, ballots }
  }
}

const answersTo = ({ id }: Question, ballots: readonly Answers[]): readonly Answer[] =>
  ballots.flatMap((ballot) => Object.entries(ballot).flatMap(([key, answer]) => (key === id ? [answer] : [])))

const asList = (answer: Answer): readonly string[] => (typeof answer === 'object' ? answer : [])
const times = (answers: readonly Answer[], value: number) =>
  answers.filter((answer) => answer === value).length
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const decimals = (numerator: number, denominator: number) =>
  longDivision(10_000n * BigInt(numerator), BigInt(denominator)) / 10_000
