// The runoff over shards, against one that holds every ballot in its hands and crosses out names.
import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RankingQuestion } from '../../src/domain/poll/poll.ts'
import {
  firstsAmong,
  mergeFirsts,
  type RunoffOutcome,
  startRunoff,
  stepRunoff,
} from '../../src/domain/tally/runoff.ts'
import './seed.ts'

type Ballots = readonly (readonly string[])[]

const anElection = fc
  .uniqueArray(fc.constantFrom('__proto__', 'constructor', '2', '1', 'a', 'b', 'c', 'd'), { minLength: 2 })
  .chain((ids) =>
    fc.tuple(fc.constant(ids), fc.array(fc.shuffledSubarray(ids, { minLength: 1 }), { maxLength: 40 })),
  )

test('it finds what crossing out names on paper finds', () => {
  fc.assert(
    fc.property(anElection, ([ids, ballots]) => {
      deepEqual(runoffOver(ids, [ballots]), onPaper(ids, ballots))
    }),
    { numRuns: 1_000 },
  )
})

test('it does not matter in which shard a ballot lies, nor the order of shards', () => {
  fc.assert(
    fc.property(anElection, fc.infiniteStream(fc.nat({ max: 3 })), ([ids, ballots], shardOf) => {
      const shards: (readonly string[])[][] = [[], [], [], []]
      for (const ballot of ballots) shards[shardOf.next().value ?? 0]?.push(ballot)
      deepEqual(runoffOver(ids, shards), runoffOver(ids, [ballots]))
      deepEqual(runoffOver(ids, shards.toReversed()), runoffOver(ids, [ballots]))
    }),
  )
})

test('every round accounts for every ballot, and drops one option until the last drops none', () => {
  fc.assert(
    fc.property(anElection, ([ids, ballots]) => {
      const { rounds, exhausted } = runoffOver(ids, [ballots])
      rounds.forEach(({ counts, eliminated }, at) => {
        const last = at === rounds.length - 1
        const continuing = Object.values(counts).reduce((sum, count) => sum + count, 0)
        expect(Object.keys(counts)).toHaveLength(ids.length - at)
        expect(eliminated).toHaveLength(last ? 0 : 1)
        if (last) expect(continuing + exhausted).toBe(ballots.length)
      })
    }),
  )
})

const runoffOver = (ids: readonly string[], shards: readonly Ballots[]): RunoffOutcome => {
  const question: RankingQuestion = {
    id: 'order',
    type: 'ranking',
    prompt: 'Rank',
    required: true,
    options: ids.map((id) => ({ id, label: id })),
  }
  let runoff = startRunoff(question, bordaPoints(ids, shards.flat()))
  while (runoff.outcome === null) {
    const { continuing } = runoff
    runoff = stepRunoff(runoff, shards.map((shard) => firstsAmong(shard, continuing)).reduce(mergeFirsts))
  }
  return runoff.outcome
}

const bordaPoints = (ids: readonly string[], ballots: Ballots) =>
  ids.map((id) =>
    ballots.reduce((points, ranked) => {
      const position = ranked.indexOf(id)
      return position < 0 ? points : points + ids.length - 1 - position
    }, 0),
  )

/** Written from the words of api.md alone: piles of paper, no shards, no shared code. */
const onPaper = (ids: readonly string[], ballots: Ballots): RunoffOutcome => {
  const points = new Map(bordaPoints(ids, ballots).map((score, at) => [ids[at], score]))
  let names = [...ids]
  let papers = ballots.map((ballot) => [...ballot])
  const rounds: { counts: Record<string, number>; eliminated: string[] }[] = []
  for (;;) {
    const piles = names.map((name) => papers.filter((paper) => paper[0] === name).length)
    const counts = Object.fromEntries(names.map((name, at) => [name, piles[at] ?? 0]))
    const live = papers.filter((paper) => paper.length > 0).length
    const exhausted = papers.length - live
    const winner = names.filter((_name, at) => (piles[at] ?? 0) > live / 2)[0] ?? null
    if (winner !== null || live === 0) {
      rounds.push({ counts, eliminated: [] })
      return { winner, exhausted, rounds }
    }
    const fewest = Math.min(...piles)
    const weakest = names.filter((_name, at) => piles[at] === fewest)
    const poorest = Math.min(...weakest.map((name) => points.get(name) ?? 0))
    const leaves = weakest.filter((name) => points.get(name) === poorest).at(-1)
    rounds.push({ counts, eliminated: leaves === undefined ? [] : [leaves] })
    names = names.filter((name) => name !== leaves)
    papers = papers.map((paper) => paper.filter((name) => name !== leaves))
  }
}
