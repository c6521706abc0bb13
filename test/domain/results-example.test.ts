// The results document of docs/design/api.md, counted from ballots that give it.
import { expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import { pointsOf } from '../../src/domain/tally/ranking.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { firstsAmong, startRunoff, stepRunoff } from '../../src/domain/tally/runoff.ts'
import { outcomes, tallyOf } from '../../src/domain/tally/tally.ts'
import { aChoice, anNps, aRanking, aRating, aText, tallied } from './questions.ts'

/** Word for word. */
const asPublished = `[
    { "id": "where", "type": "choice", "ballots": 10, "options": [ { "id": "pizza", "votes": 6, "share": 0.6 }, { "id": "sushi", "votes": 4, "share": 0.4 } ] },
    { "id": "order", "type": "ranking", "ballots": 5, "options": [ { "id": "a", "firsts": 2, "points": 6 }, { "id": "b", "firsts": 2, "points": 5 }, { "id": "c", "firsts": 1, "points": 4 } ],
      "runoff": { "winner": "b", "exhausted": 0, "rounds": [ { "counts": { "a": 2, "b": 2, "c": 1 }, "eliminated": ["c"] }, { "counts": { "a": 2, "b": 3 }, "eliminated": [] } ] } },
    { "id": "stars", "type": "rating", "ballots": 10, "counts": [1, 1, 2, 3, 3], "mean": 3.6 },
    { "id": "nps", "type": "nps", "ballots": 10, "counts": [0, 0, 1, 0, 0, 0, 1, 1, 1, 3, 3], "score": 40 },
    { "id": "why", "type": "text", "ballots": 3 } ]`

const order = aRanking(['a', 'b', 'c'])
const questions: readonly Question[] = [
  aChoice(['pizza', 'sushi'], { required: true }),
  order,
  aRating(),
  anNps(),
  aText(),
]

const ballots: readonly Answers[] = [
  { where: ['pizza'], order: ['a', 'c', 'b'], stars: 1, nps: 2, why: 'close by' },
  { where: ['pizza'], order: ['a', 'c'], stars: 2, nps: 6, why: 'cheap' },
  { where: ['pizza'], order: ['b', 'a', 'c'], stars: 3, nps: 7, why: 'no queue' },
  { where: ['pizza'], order: ['b', 'a'], stars: 3, nps: 8 },
  { where: ['pizza'], order: ['c', 'b', 'a'], stars: 4, nps: 9 },
  { where: ['pizza'], stars: 4, nps: 9 },
  { where: ['sushi'], stars: 4, nps: 9 },
  { where: ['sushi'], stars: 5, nps: 10 },
  { where: ['sushi'], stars: 5, nps: 10 },
  { where: ['sushi'], stars: 5, nps: 10 },
]

test('ten ballots give the published example to the letter', () => {
  const tally = tallied(questions, ballots)
  const rankings = ballots.flatMap(({ order }) => (typeof order === 'object' ? [order] : []))
  let runoff = startRunoff(order, pointsOf(order, tallyOf(order, tally)))
  while (runoff.outcome === null) runoff = stepRunoff(runoff, firstsAmong(rankings, runoff.continuing))

  expect(tally.ballots).toBe(10)
  const shown = outcomes(questions, tally, { order: runoff.outcome })
  expect(JSON.stringify(shown)).toBe(JSON.stringify(JSON.parse(asPublished)))
})
