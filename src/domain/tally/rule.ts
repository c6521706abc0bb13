// The law every kind of question is counted by.
import type { Question, QuestionId } from '../poll/poll.ts'

/** How one kind of question is counted: which of its counters an answer moves, and what a reader is shown.
 *
 *  Every tally is a row of whole numbers and every answer moves some of them by one. So `merge` is addition place by
 *  place, `empty` is zeros, taking an answer back is counting it with weight −1, and counting is a homomorphism
 *  whatever a rule does here. Sharding is only correct while that is true, so test/laws holds every rule to it.
 *
 *  Answers are already checked: one that names an unknown option is a bug and throws. */
export interface TallyRule<Asked extends Question, Given extends Answer, Outcome> {
  /** How many counters the question needs. Bounded by the options, never by the ballots. */
  counters(question: Asked): number
  /** Moves the counters this answer touches by `weight`, in place: `counts` is a draft nobody else holds. */
  count(question: Asked, counts: number[], answer: Given, weight: 1 | -1): void
  /** What a reader is shown, in the shape of the results document. */
  outcome(question: Asked, tally: QuestionTally): Outcome
}

/** One question counted. Plain JSON. */
export interface QuestionTally {
  /** How many ballots answer this question. */
  readonly ballots: number
  /** As many as the rule's `counters`; each rule says what stands where. */
  readonly counts: readonly number[]
}

/** One voter's checked answers: what each question was answered with. Options in the poll's order for a choice,
 *  most wanted first for a ranking, a whole number for rating and nps, the text as sent for text. */
export type Answer = readonly string[] | number | string
export type Answers = Readonly<Record<QuestionId, Answer>>
