// How a choice is counted, single or multiple: one counter an option, in the poll's order.
import type { ChoiceQuestion, OptionId } from '../poll/poll.ts'
import { placeIn, placesOf } from './places.ts'
import { fourDecimals } from './round.ts'
import type { TallyRule } from './rule.ts'

export interface ChoiceOutcome {
  readonly id: string
  readonly type: 'choice'
  readonly ballots: number
  readonly options: readonly {
    readonly id: OptionId
    readonly votes: number
    /** Of this question's ballots, also where a ballot names several: 0–1, 4 decimals; 0 without ballots. */
    readonly share: number
  }[]
}

export const choice: TallyRule<ChoiceQuestion, readonly OptionId[], ChoiceOutcome> = {
  counters: ({ options }) => options.length,

  count({ options }, counts, chosen, weight) {
    const places = placesOf(options)
    for (const id of chosen) {
      const place = placeIn(places, id)
      counts[place] = (counts[place] ?? 0) + weight
    }
  },

  outcome: ({ id, options }, { ballots, counts }) => ({
    id,
    type: 'choice',
    ballots,
    options: options.map((option, place) => {
      const votes = counts[place] ?? 0
      return { id: option.id, votes, share: ballots === 0 ? 0 : fourDecimals(votes, ballots) }
    }),
  }),
}
