// How a net promoter score is counted: one counter a value, from 0 to 10.
import type { NpsQuestion } from '../poll/poll.ts'
import { nearest } from './round.ts'
import type { TallyRule } from './rule.ts'

export interface NpsOutcome {
  readonly id: string
  readonly type: 'nps'
  readonly ballots: number
  /** From 0 to 10. */
  readonly counts: readonly number[]
  /** Promoters (9–10) less detractors (0–6) in percent of the ballots: a whole number −100…100, halves away from
   *  zero (−12.5 is −13); null without ballots. */
  readonly score: number | null
}

export const nps: TallyRule<NpsQuestion, number, NpsOutcome> = {
  counters: () => 11,

  count(_question, counts, value, weight) {
    counts[value] = (counts[value] ?? 0) + weight
  },

  outcome({ id }, { ballots, counts }) {
    const promoters = sum(counts.slice(9))
    const detractors = sum(counts.slice(0, 7))
    const score = ballots === 0 ? null : nearest(100 * (promoters - detractors), ballots)
    return { id, type: 'nps', ballots, counts, score }
  },
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
