// Instant runoff over ballots that stay where they are: each round asks every shard one bounded question.
import type { OptionId, RankingQuestion } from '../poll/poll.ts'

/** As in the results document. */
export interface RunoffOutcome {
  /** null where no ballot ranks any option. */
  readonly winner: OptionId | null
  /** Ballots that rank none of the options of the last round. */
  readonly exhausted: number
  readonly rounds: readonly RunoffRound[]
}

export interface RunoffRound {
  /** Ballots by their most wanted continuing option; continuing options only. */
  readonly counts: Readonly<Record<OptionId, number>>
  /** The option that leaves after this round; empty in the last. */
  readonly eliminated: readonly OptionId[]
}

/** What a set of ballots answers to "firsts among these options", in the order of the options asked about. */
export interface FirstsAmong {
  readonly counts: readonly number[]
  readonly exhausted: number
}

/** A runoff under way. Plain JSON. While `outcome` is null, ask all shards about `continuing` and `stepRunoff`. */
export interface Runoff {
  /** In the poll's order. */
  readonly continuing: readonly OptionId[]
  /** Borda points of the continuing options, in the same order: they break ties. */
  readonly points: readonly number[]
  readonly rounds: readonly RunoffRound[]
  readonly outcome: RunoffOutcome | null
}

/** The first round is between all options. `points` are the question's Borda points in the poll's order.
 *
 *  @example
 *  let runoff = startRunoff(question, pointsOf(question, tally))
 *  while (runoff.outcome === null) {
 *    const answers = shards.map((rankings) => firstsAmong(rankings, runoff.continuing))
 *    runoff = stepRunoff(runoff, answers.reduce(mergeFirsts))
 *  }
 */
export const startRunoff = ({ options }: RankingQuestion, points: readonly number[]): Runoff => ({
  continuing: options.map(({ id }) => id),
  points,
  rounds: [],
  outcome: null,
})

/** One round. It is the last when an option holds more than half of the continuing ballots, or when there are none;
 *  else the option with fewest leaves (ties: fewer points, then later in the list), one a round. Two options with
 *  half each are a tie like any other, so a last round may be between one. */
export const stepRunoff = (runoff: Runoff, firsts: FirstsAmong): Runoff => {
  const { continuing, points, rounds } = runoff
  if (firsts.counts.length !== continuing.length) throw new Error('these firsts answer another round')
  const votes = (at: number) => firsts.counts[at] ?? 0
  const ballots = firsts.counts.reduce((sum, count) => sum + count, 0)
  const winner = continuing.find((_id, at) => 2 * votes(at) > ballots) ?? null
  const counts = Object.fromEntries(continuing.map((id, at) => [id, votes(at)]))

  if (winner !== null || ballots === 0) {
    const all = [...rounds, { counts, eliminated: [] }]
    return { ...runoff, rounds: all, outcome: { winner, exhausted: firsts.exhausted, rounds: all } }
  }

  const weaker = (one: number, other: number) =>
    votes(one) - votes(other) || (points[one] ?? 0) - (points[other] ?? 0) || other - one
  const leaves = continuing.reduce((weakest, _id, at) => (weaker(at, weakest) < 0 ? at : weakest), 0)
  return {
    continuing: continuing.filter((_id, at) => at !== leaves),
    points: points.filter((_points, at) => at !== leaves),
    rounds: [...rounds, { counts, eliminated: continuing.slice(leaves, leaves + 1) }],
    outcome: null,
  }
}

/** One shard's answer: each ballot counts for its most wanted continuing option, or is exhausted. */
export const firstsAmong = (
  rankings: Iterable<readonly OptionId[]>,
  continuing: readonly OptionId[],
): FirstsAmong => {
  const places = new Map(continuing.map((id, place) => [id, place]))
  const counts = continuing.map(() => 0)
  let exhausted = 0
  for (const ranked of rankings) {
    const first = ranked.find((id) => places.has(id))
    const place = first === undefined ? undefined : places.get(first)
    if (place === undefined) exhausted++
    else counts[place] = (counts[place] ?? 0) + 1
  }
  return { counts, exhausted }
}

/** Two shards' answers to the same question as one. */
export const mergeFirsts = (left: FirstsAmong, right: FirstsAmong): FirstsAmong => {
  if (left.counts.length !== right.counts.length) throw new Error('these firsts answer different rounds')
  return {
    counts: left.counts.map((count, place) => count + (right.counts[place] ?? 0)),
    exhausted: left.exhausted + right.exhausted,
  }
}
