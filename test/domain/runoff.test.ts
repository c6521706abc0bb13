// Instant runoff, round by round: from two voters to the 79,321 of Minneapolis.
import { expect, test } from 'vitest'
import { firstsAmong, mergeFirsts, startRunoff, stepRunoff } from '../../src/domain/tally/runoff.ts'
import minneapolis from '../data/minneapolis-mayor-2013.json' with { type: 'json' }
import { aRanking } from './questions.ts'

type Ballots = Iterable<readonly string[]>

const runoffOf = (ids: readonly string[], points: readonly number[], ...shards: readonly Ballots[]) => {
  let runoff = startRunoff(aRanking(ids), points)
  while (runoff.outcome === null) {
    const { continuing } = runoff
    runoff = stepRunoff(
      runoff,
      shards.map((rankings) => firstsAmong(rankings, continuing)).reduce(mergeFirsts),
    )
  }
  return runoff.outcome
}

test('an option wins at once with more than half of the ballots', () => {
  expect(runoffOf(['a', 'b', 'c'], [4, 2, 0], [['a'], ['a'], ['b']])).toEqual({
    winner: 'a',
    exhausted: 0,
    rounds: [{ counts: { a: 2, b: 1, c: 0 }, eliminated: [] }],
  })
})

test('exactly half is no majority: of two options with half each, the one with fewer points leaves', () => {
  expect(runoffOf(['a', 'b'], [3, 4], [['a'], ['b']])).toEqual({
    winner: 'b',
    exhausted: 1,
    rounds: [
      { counts: { a: 1, b: 1 }, eliminated: ['a'] },
      { counts: { b: 1 }, eliminated: [] },
    ],
  })
})

test('with equal points, the one later in the list leaves', () => {
  expect(runoffOf(['a', 'b'], [1, 1], [['a'], ['b']]).winner).toBe('a')
  expect(runoffOf(['b', 'a'], [1, 1], [['a'], ['b']]).winner).toBe('b')
})

test('options nobody puts first leave one a round', () => {
  const { rounds } = runoffOf(['a', 'b', 'c', 'd'], [9, 8, 1, 2], [['a', 'c', 'd'], ['b']])
  expect(rounds.map(({ eliminated }) => eliminated)).toEqual([['c'], ['d'], ['b'], []])
})

test('without any ballot nobody wins, after one round of zeros', () => {
  expect(runoffOf(['a', 'b'], [0, 0], [])).toEqual({
    winner: null,
    exhausted: 0,
    rounds: [{ counts: { a: 0, b: 0 }, eliminated: [] }],
  })
})

test('when every ballot is erased between two rounds, nobody wins', () => {
  const after = stepRunoff(startRunoff(aRanking(['a', 'b', 'c']), [1, 1, 0]), {
    counts: [1, 1, 0],
    exhausted: 0,
  })
  expect(stepRunoff(after, { counts: [0, 0], exhausted: 0 }).outcome).toMatchObject({
    winner: null,
    exhausted: 0,
  })
})

test('an answer to another round is a bug, and says so', () => {
  const runoff = startRunoff(aRanking(['a', 'b', 'c']), [0, 0, 0])
  expect(() => stepRunoff(runoff, { counts: [1, 1], exhausted: 0 })).toThrow('another round')
  expect(() => mergeFirsts({ counts: [1], exhausted: 0 }, { counts: [1, 1], exhausted: 0 })).toThrow(
    'different rounds',
  )
})

test('Minneapolis 2013: 79,321 ballots in 16 shards give the winner in round 34, 38,857 to 24,962', () => {
  const { candidates, rankings } = minneapolis
  const ids = candidates.map((_name, at) => `c${at}`)
  const idOf = (name: string) => `c${candidates.indexOf(name)}`

  const shards: string[][][] = Array.from({ length: 16 }, () => [])
  const points = ids.map(() => 0)
  let ballots = 0
  for (const [count, ranked] of rankings as [number, number[]][]) {
    // JSON has no tuples
    for (let each = 0; each < count; each++) shards[ballots++ % 16]?.push(ranked.map((at) => `c${at}`))
    ranked.forEach((at, position) => {
      points[at] = (points[at] ?? 0) + count * (ids.length - 1 - position)
    })
  }
  expect(ballots).toBe(79_321)

  const { winner, exhausted, rounds } = runoffOf(ids, points, ...shards)
  const byName = (counts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(counts).map(([id, count]) => [candidates[Number(id.slice(1))], count]))

  expect(byName(rounds[0]?.counts ?? {})).toEqual({
    ...byName(Object.fromEntries(ids.map((id) => [id, 0]))),
    ...minneapolis.firsts,
  })
  expect(winner).toBe(idOf(minneapolis.instantRunoff.winner))
  expect(rounds).toHaveLength(34) // 35 candidates, one leaves after each of 33 rounds, two are left
  expect(byName(rounds[33]?.counts ?? {})).toEqual({ 'BETSY HODGES': 38_857, 'MARK ANDREW': 24_962 })
  expect(byName(rounds[33]?.counts ?? {})).toEqual(minneapolis.instantRunoff.final)
  expect(exhausted).toBe(15_502)
  expect(exhausted).toBe(minneapolis.instantRunoff.exhausted)
  // No majority before: 34,074 of 68,378 continuing ballots are less than half.
  expect(byName(rounds[32]?.counts ?? {})).toEqual({
    'BETSY HODGES': 34_074,
    'MARK ANDREW': 22_704,
    'DON SAMUELS': 11_600,
  })
})
