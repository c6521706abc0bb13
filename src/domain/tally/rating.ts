// How a rating is counted: one counter a value, from 1 to the scale.
import type { RatingQuestion } from '../poll/poll.ts'
import { fourDecimals } from './round.ts'
import type { TallyRule } from './rule.ts'

export interface RatingOutcome {
  readonly id: string
  readonly type: 'rating'
  readonly ballots: number
  /** From 1 to the scale. */
  readonly counts: readonly number[]
  /** 4 decimals; null without ballots. */
  readonly mean: number | null
}

export const rating: TallyRule<RatingQuestion, number, RatingOutcome> = {
  counters: ({ scale }) => scale,

  count(_question, counts, stars, weight) {
    counts[stars - 1] = (counts[stars - 1] ?? 0) + weight
  },

  outcome({ id }, { ballots, counts }) {
    const sum = counts.reduce((total, count, place) => total + count * (place + 1), 0)
    return { id, type: 'rating', ballots, counts, mean: ballots === 0 ? null : fourDecimals(sum, ballots) }
  },
}
