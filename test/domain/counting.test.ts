// What each kind of question shows for the answers it got.
import { expect, test } from 'vitest'
import { pairwiseOf } from '../../src/domain/tally/ranking.ts'
import { countersOf } from '../../src/domain/tally/rules.ts'
import {
  countBallot,
  emptyTally,
  mergeTallies,
  noteErasure,
  openCount,
  outcomes,
  tallyOf,
  uncountBallot,
} from '../../src/domain/tally/tally.ts'
import { aChoice, anNps, aRanking, aRating, aText, outcomeOf, tallied } from './questions.ts'

test('a question nobody answered shows zeros, and no mean or score', () => {
  const questions = [aChoice(['a']), aRanking(['b', 'c']), aRating({ scale: 2 }), anNps(), aText()]
  expect(outcomes(questions, emptyTally(questions))).toEqual([
    { id: 'where', type: 'choice', ballots: 0, options: [{ id: 'a', votes: 0, share: 0 }] },
    {
      id: 'order',
      type: 'ranking',
      ballots: 0,
      options: [
        { id: 'b', firsts: 0, points: 0 },
        { id: 'c', firsts: 0, points: 0 },
      ],
      runoff: null,
    },
    { id: 'stars', type: 'rating', ballots: 0, counts: [0, 0], mean: null },
    { id: 'nps', type: 'nps', ballots: 0, counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], score: null },
    { id: 'why', type: 'text', ballots: 0 },
  ])
})

test('the share of a multiple choice is of the ballots that answer it, so shares may add up to more than 1', () => {
  const toppings = aChoice(['ham', 'olives', 'corn'], { max: 3 })
  const outcome = outcomeOf(toppings, ['ham', 'olives'], ['ham'], ['ham', 'olives', 'corn'])
  expect(outcome).toMatchObject({
    ballots: 3,
    options: [
      { id: 'ham', votes: 3, share: 1 },
      { id: 'olives', votes: 2, share: 0.6667 },
      { id: 'corn', votes: 1, share: 0.3333 },
    ],
  })
})

test('a question counts only the ballots that answer it', () => {
  const questions = [aChoice(['a', 'b']), aRating()]
  const tally = tallied(questions, [{ where: ['a'], stars: 5 }, { where: ['b'] }, { stars: 4 }])
  expect(tally.ballots).toBe(3)
  expect(outcomes(questions, tally)).toMatchObject([{ ballots: 2 }, { ballots: 2, mean: 4.5 }])
})

test('a share on the half of its last decimal is rounded up, where floats would lose the half', () => {
  const question = aChoice(['yes', 'no'])
  const ballots = { where: { ballots: 800, counts: [57, 743] } } // 0.07125 and 0.92875
  expect(outcomes([question], { ballots: 800, erased: 0, questions: ballots })).toMatchObject([
    { options: [{ share: 0.0713 }, { share: 0.9288 }] },
  ])
})

test('a score on a half goes away from zero on both sides, and is never minus zero', () => {
  const good = [9, 8, 8, 8, 8, 8, 8, 8] // +12.5
  const bad = [6, 8, 8, 8, 8, 8, 8, 8] // −12.5
  expect(outcomeOf(anNps(), ...good)).toMatchObject({ score: 13 })
  expect(outcomeOf(anNps(), ...bad)).toMatchObject({ score: -13 })
  const nearlyEven = [0, ...new Array<number>(300).fill(7)] // −0.33…
  expect(outcomeOf(anNps(), ...nearlyEven)).toHaveProperty('score', 0)
})

test('6 detracts, 7 and 8 are passive, 9 promotes', () => {
  expect([6, 7, 8, 9].map((value) => outcomeOf(anNps(), value))).toMatchObject([
    { score: -100 },
    { score: 0 },
    { score: 0 },
    { score: 100 },
  ])
})

test('a first of n options gets n−1 points, and one that is not ranked none', () => {
  expect(outcomeOf(aRanking(['a', 'b', 'c', 'd']), ['c', 'a'])).toMatchObject({
    options: [
      { id: 'a', firsts: 0, points: 2 },
      { id: 'b', firsts: 0, points: 0 },
      { id: 'c', firsts: 1, points: 3 },
      { id: 'd', firsts: 0, points: 0 },
    ],
  })
})

test('a ranked option beats every unranked one, and two unranked ones are not compared', () => {
  const question = aRanking(['a', 'b', 'c'])
  const tally = tallied([question], [{ order: ['b'] }, { order: ['a', 'b'] }])
  expect(pairwiseOf(question, tallyOf(question, tally))).toEqual([
    [0, 1, 1],
    [1, 0, 2],
    [0, 0, 0],
  ])
})

test('the tally of a ranking of 50 has 2,500 counters, so two of them fill the 5,000 of a poll', () => {
  const ids = Array.from({ length: 50 }, (_, at) => `o${at}`)
  expect(countersOf([aRanking(ids, { id: 'one' }), aRanking(ids, { id: 'other' })])).toBe(5_000)
  expect(countersOf([aChoice(ids), aRating({ scale: 7 }), anNps(), aText()])).toBe(50 + 7 + 11)
})

test('only the questions a ballot answers are made anew', () => {
  const questions = [aChoice(['a', 'b']), aRating()]
  const before = emptyTally(questions)
  const { where, stars } = countBallot(questions, before, { stars: 3 }).questions
  expect(where).toBe(tallyOf(aChoice(['a', 'b']), before))
  expect(stars).not.toBe(tallyOf(aRating(), before))
})

test('a group of ballots changes nothing until its count is closed', () => {
  const questions = [aRating()]
  const before = emptyTally(questions)
  const count = openCount(questions, before)
  count.add({ stars: 5 })
  count.add({ stars: 4 })
  expect(before).toEqual(emptyTally(questions))
  expect(count.close()).toEqual(tallied(questions, [{ stars: 5 }, { stars: 4 }]))
})

test('a revision takes the old answers back, also to questions it no longer answers', () => {
  const questions = [aChoice(['a', 'b']), aRating()]
  const count = openCount(questions, tallied(questions, [{ where: ['a'], stars: 2 }]))
  count.remove({ where: ['a'], stars: 2 })
  count.add({ where: ['b'] })
  expect(count.close()).toEqual(tallied(questions, [{ where: ['b'] }]))
})

test('taking back a ballot that was never counted is a bug, and says so', () => {
  const questions = [aChoice(['a', 'b'])]
  const tally = tallied(questions, [{ where: ['a'] }])
  expect(() => uncountBallot(questions, tally, { where: ['b'] })).toThrow('never counted')
  expect(() => uncountBallot(questions, emptyTally(questions), {})).toThrow('never counted')
})

test('counting an option that does not exist is a bug, and says so', () => {
  expect(() => outcomeOf(aChoice(['a']), ['b'])).toThrow('"b"')
  expect(() => outcomeOf(aRanking(['a', 'c']), ['b'])).toThrow('"b"')
})

test('a tally without ballots fits questions that were changed since; one with ballots does not', () => {
  const before = [aChoice(['a', 'b'])]
  const now = [aChoice(['a', 'b', 'c']), aRating()]
  expect(mergeTallies(now, emptyTally(before), emptyTally(now))).toEqual(emptyTally(now))
  const counted = tallied(before, [{ where: ['a'] }])
  expect(() => mergeTallies(now, counted, emptyTally(now))).toThrow('"where"')
})

test('a ballot erased after the close is said to be erased, and its numbers stand', () => {
  const questions = [aRating()]
  const tally = noteErasure(tallied(questions, [{ stars: 5 }]))
  expect(tally).toEqual({ ...tallied(questions, [{ stars: 5 }]), erased: 1 })
  expect(mergeTallies(questions, tally, tally).erased).toBe(2)
})
