// The law every kind of question is counted by.
import type { Question, QuestionId } from '../poll/poll.ts'

/** How one kind of question is counted. `merge` with `empty` is a commutative monoid and counting is a
 *  homomorphism into it; sharding is only correct while that is true, so test/laws holds every rule to it.
 *
 *  `Answer` is what one ballot says to the question, already checked. `Tally` is plain JSON, bounded by the
 *  options and never by the ballots. `Outcome` is what a reader is shown. */
export interface TallyRule<Asked extends Question, Answer, Tally, Outcome> {
  empty(question: Asked): Tally
  count(question: Asked, tally: Tally, answer: Answer): Tally
  /** Takes one counted answer back: `uncount(count(t, a), a)` equals `t`. */
  uncount(question: Asked, tally: Tally, answer: Answer): Tally
  merge(question: Asked, left: Tally, right: Tally): Tally
  outcome(question: Asked, tally: Tally): Outcome
}

/** One voter's checked answers: what each question was answered with. Options in the poll's order for a choice,
 *  most wanted first for a ranking, a whole number for rating and nps, the text as sent for text. */
export type Answer = readonly string[] | number | string
export type Answers = Readonly<Record<QuestionId, Answer>>
