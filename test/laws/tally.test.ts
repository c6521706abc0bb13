// Sharding is correct while tallies are a commutative monoid and counting a homomorphism into it: here is the proof.
// Not vitest's toStrictEqual: it takes an own property `constructor` for the type.
import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { countersOf } from '../../src/domain/tally/rules.ts'
import {
  countBallot,
  emptyTally,
  mergeTallies,
  openCount,
  outcomes,
  type PollTally,
  uncountBallot,
} from '../../src/domain/tally/tally.ts'
import { aBallot, anElection, anId, aQuestion, kinds, someQuestions } from './polls.ts'
import './seed.ts'

const countAll = (questions: readonly Question[], ballots: readonly Answers[]): PollTally =>
  ballots.reduce((tally, ballot) => countBallot(questions, tally, ballot), emptyTally(questions))

const polls = [
  ...kinds.map((kind) => [kind, anId.chain((id) => aQuestion(kind, id)).map((one) => [one])] as const),
  ['whole poll', someQuestions] as const,
]

describe.each(polls)('the tally of a %s', (_name, asked) => {
  const threeShards = asked.chain((questions) => {
    const shard = fc
      .array(aBallot(questions), { maxLength: 10 })
      .map((ballots) => countAll(questions, ballots))
    return fc.tuple(fc.constant(questions), shard, shard, shard)
  })

  test('merges to the same in any order', () => {
    fc.assert(
      fc.property(threeShards, ([questions, one, other]) => {
        deepEqual(mergeTallies(questions, one, other), mergeTallies(questions, other, one))
      }),
    )
  })

  test('merges to the same in any grouping', () => {
    fc.assert(
      fc.property(threeShards, ([questions, a, b, c]) => {
        const leftFirst = mergeTallies(questions, mergeTallies(questions, a, b), c)
        const rightFirst = mergeTallies(questions, a, mergeTallies(questions, b, c))
        deepEqual(leftFirst, rightFirst)
      }),
    )
  })

  test('is not changed by a shard without ballots', () => {
    fc.assert(
      fc.property(threeShards, ([questions, tally]) => {
        deepEqual(mergeTallies(questions, tally, emptyTally(questions)), tally)
        deepEqual(mergeTallies(questions, emptyTally(questions), tally), tally)
      }),
    )
  })

  test('is the same however the ballots were spread over shards', () => {
    const spread = fc.tuple(anElection(asked), fc.infiniteStream(fc.nat({ max: 7 })))
    fc.assert(
      fc.property(spread, ([{ questions, ballots }, shardOf]) => {
        const shards: Answers[][] = Array.from({ length: 8 }, () => [])
        for (const ballot of ballots) shards[shardOf.next().value ?? 0]?.push(ballot)
        const merged = shards
          .map((shard) => countAll(questions, shard))
          .reduce((left, right) => mergeTallies(questions, left, right))
        deepEqual(merged, countAll(questions, ballots))
      }),
    )
  })

  test('is what it was when a counted ballot is taken back', () => {
    const oneMore = anElection(asked).chain(({ questions, ballots }) =>
      fc.tuple(fc.constant(questions), fc.constant(ballots), aBallot(questions)),
    )
    fc.assert(
      fc.property(oneMore, ([questions, ballots, ballot]) => {
        const tally = countAll(questions, ballots)
        const more = countBallot(questions, tally, ballot)
        expect(more.ballots).toBe(tally.ballots + 1)
        deepEqual(uncountBallot(questions, more, ballot), tally)
      }),
    )
  })

  test('is the same counted in groups, with revisions, as ballot by ballot', () => {
    const revised = fc.tuple(anElection(asked), fc.infiniteStream(fc.boolean()))
    fc.assert(
      fc.property(revised, ([{ questions, ballots }, coin]) => {
        let count = openCount(questions, emptyTally(questions))
        let folded = emptyTally(questions)
        let last: Answers | null = null
        for (const ballot of ballots) {
          if (last !== null && coin.next().value) {
            count.remove(last)
            folded = uncountBallot(questions, folded, last)
          }
          count.add(ballot)
          folded = countBallot(questions, folded, ballot)
          last = ballot
          if (coin.next().value) count = openCount(questions, count.close()) // a commit, and the next group
        }
        deepEqual(count.close(), folded)
      }),
    )
  })

  test('never changes a tally that was handed out', () => {
    const oneMore = anElection(asked).chain((election) =>
      fc.tuple(fc.constant(election), aBallot(election.questions)),
    )
    fc.assert(
      fc.property(oneMore, ([{ questions, ballots }, ballot]) => {
        const tally = countAll(questions, ballots)
        const kept = structuredClone(tally)
        const count = openCount(questions, tally)
        count.add(ballot)
        const closed = count.close()
        const keptToo = structuredClone(closed)
        count.add(ballot)
        deepEqual(tally, kept)
        deepEqual(closed, keptToo)
        deepEqual(count.close(), countBallot(questions, closed, ballot))
      }),
    )
  })

  test('survives storage and travel as plain JSON', () => {
    fc.assert(
      fc.property(anElection(asked), ({ questions, ballots }) => {
        const tally = countAll(questions, ballots)
        const back: PollTally = JSON.parse(JSON.stringify(tally))
        deepEqual(back, tally)
        expect(JSON.stringify(outcomes(questions, back))).toBe(JSON.stringify(outcomes(questions, tally)))
      }),
    )
  })

  test('is bounded by the options, never by the ballots', () => {
    fc.assert(
      fc.property(anElection(asked), ({ questions, ballots }) => {
        const { questions: tallies } = countAll(questions, ballots)
        const numbers = Object.values(tallies).reduce((sum, { counts }) => sum + counts.length, 0)
        expect(Object.keys(tallies)).toHaveLength(questions.length)
        expect(numbers).toBe(countersOf(questions))
      }),
    )
  })
})
