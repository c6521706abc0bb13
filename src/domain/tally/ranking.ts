// How a ranking is counted: who beats whom, from which Borda points follow, and who is first.
import type { OptionId, RankingQuestion } from '../poll/poll.ts'
import { placeIn, placesOf } from './places.ts'
import type { QuestionTally, TallyRule } from './rule.ts'
import type { RunoffOutcome } from './runoff.ts'

export interface RankingOutcome {
  readonly id: string
  readonly type: 'ranking'
  readonly ballots: number
  readonly options: readonly { readonly id: OptionId; readonly firsts: number; readonly points: number }[]
  /** null unless it was provided: it needs every ranking, so it does not travel in the tally. */
  readonly runoff: RunoffOutcome | null
}

/** The counters are a square of n × n, row by row. Row i, column j: ballots that want i rather than j, where an option
 *  that is not ranked is wanted less than any that is; two unranked ones are not compared. A cell against oneself
 *  would be empty, so the diagonal holds the firsts: n² counters say everything but the runoff. */
export const ranking: TallyRule<RankingQuestion, readonly OptionId[], RankingOutcome> = {
  counters: ({ options }) => options.length ** 2,

  count({ options }, counts, ranked, weight) {
    const places = placesOf(options)
    const behind = options.map(() => true)
    ranked.forEach((id, position) => {
      const place = placeIn(places, id)
      const row = place * options.length
      behind[place] = false
      if (position === 0) counts[row + place] = (counts[row + place] ?? 0) + weight
      for (let other = 0; other < options.length; other++) {
        if (behind[other]) counts[row + other] = (counts[row + other] ?? 0) + weight
      }
    })
  },

  outcome(question, tally) {
    const points = pointsOf(question, tally)
    return {
      id: question.id,
      type: 'ranking',
      ballots: tally.ballots,
      options: question.options.map(({ id }, place) => ({
        id,
        firsts: tally.counts[place * question.options.length + place] ?? 0,
        points: points[place] ?? 0,
      })),
      runoff: null,
    }
  },
}

/** One option beside the others: how many ballots want it rather than each of them. */
export interface PairwiseRow {
  readonly id: OptionId
  /** By the other option's id. */
  readonly over: Readonly<Record<OptionId, number>>
}

/** The pairwise matrix by name, in the poll's order. */
export const pairwiseRows = (question: RankingQuestion, tally: QuestionTally): readonly PairwiseRow[] => {
  const { options } = question
  return pairwiseOf(question, tally).map((row, place) => ({
    id: options[place]?.id ?? '',
    over: Object.fromEntries(
      options.flatMap(({ id }, other) => (other === place ? [] : [[id, row[other] ?? 0] as const])),
    ),
  }))
}

/** Borda points in the poll's order: n−1 for a first, one less for each place after it, 0 unranked. An option ranked at
 *  position p beats n−1−p others, so a ballot's points are the pairs it wins: the row without its diagonal. */
export const pointsOf = (question: RankingQuestion, tally: QuestionTally): readonly number[] =>
  pairwiseOf(question, tally).map((row) => row.reduce((points, wins) => points + wins, 0))

/** Who beats whom: row i, column j is how many ballots want option i rather than j; 0 on the diagonal. */
export const pairwiseOf = (
  { options }: RankingQuestion,
  { counts }: QuestionTally,
): readonly (readonly number[])[] =>
  options.map((_row, i) => options.map((_column, j) => (i === j ? 0 : (counts[i * options.length + j] ?? 0))))
