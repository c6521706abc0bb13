// What ballots must give, computed here from the ballots alone and sharing no code with the server.
import type { Ranking } from './election.ts'

export interface Expected {
  readonly ballots: number
  /** By candidate, as all lists here. */
  readonly firsts: readonly number[]
  /** Borda: n − 1 for a first of n candidates, one less for each place down, 0 unranked. */
  readonly points: readonly number[]
}

export interface Runoff {
  readonly winner: number | null
  /** Ballots that name nobody who is left in the last round. */
  readonly exhausted: number
  readonly rounds: readonly RunoffRound[]
}

export interface RunoffRound {
  /** Candidate and continuing ballots, of those who are left. */
  readonly counts: ReadonlyMap<number, number>
  readonly eliminated: readonly number[]
}

/** First choices and points. */
export const expectedOf = (ballots: readonly Ranking[], candidates: number): Expected => {
  const firsts = Array<number>(candidates).fill(0)
  const points = Array<number>(candidates).fill(0)
  for (const ranking of ballots) {
    ranking.forEach((candidate, place) => {
      if (place === 0) firsts[candidate] = (firsts[candidate] ?? 0) + 1
      points[candidate] = (points[candidate] ?? 0) + candidates - 1 - place
    })
  }
  return { ballots: ballots.length, firsts, points }
}

/** Instant runoff: who has the fewest continuing ballots leaves (ties: fewer points, then later in the list) until
 *  one holds a majority of the continuing ballots. */
export const runoffOf = (ballots: readonly Ranking[], candidates: number): Runoff => {
  const { points } = expectedOf(ballots, candidates)
  const distinct = countDistinct(ballots)
  const left = new Set(points.keys())
  const rounds: RunoffRound[] = []
  for (;;) {
    const counts = continuing(distinct, left)
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const order = [...counts].sort(
      ([left, leftCount], [right, rightCount]) =>
        leftCount - rightCount || (points[left] ?? 0) - (points[right] ?? 0) || right - left,
    )
    const [last] = order[0] ?? [null]
    const [leader, leaderCount] = order.at(-1) ?? [null, 0]
    const decided = leaderCount * 2 > total || order.length <= 1
    rounds.push({ counts, eliminated: decided || last === null ? [] : [last] })
    if (decided || last === null) return { winner: leader, exhausted: ballots.length - total, rounds }
    left.delete(last)
  }
}

const countDistinct = (ballots: readonly Ranking[]): readonly (readonly [Ranking, number])[] => {
  const counts = new Map<string, [Ranking, number]>()
  for (const ranking of ballots) {
    const entry = counts.get(ranking.join())
    if (entry === undefined) counts.set(ranking.join(), [ranking, 1])
    else entry[1] += 1
  }
  return [...counts.values()]
}

const continuing = (
  distinct: readonly (readonly [Ranking, number])[],
  left: ReadonlySet<number>,
): Map<number, number> => {
  const counts = new Map([...left].map((candidate) => [candidate, 0]))
  for (const [ranking, count] of distinct) {
    const choice = ranking.find((candidate) => left.has(candidate))
    if (choice !== undefined) counts.set(choice, (counts.get(choice) ?? 0) + count)
  }
  return counts
}
