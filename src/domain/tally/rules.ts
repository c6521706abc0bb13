// Every kind of question and the rule it is counted by: a new kind without one does not compile.
import type { Question } from '../poll/poll.ts'
import { type ChoiceOutcome, choice } from './choice.ts'
import { type NpsOutcome, nps } from './nps.ts'
import { type RankingOutcome, ranking } from './ranking.ts'
import { type RatingOutcome, rating } from './rating.ts'
import type { Answer, TallyRule } from './rule.ts'
import { type TextOutcome, text } from './text.ts'

/** One question as the results document shows it. */
export type QuestionOutcome = ChoiceOutcome | RankingOutcome | RatingOutcome | NpsOutcome | TextOutcome

/** The rule of a question. It takes this question and answers checked against it, nothing else. */
export const ruleOf = (question: Question): TallyRule<Question, Answer, QuestionOutcome> =>
  rules[question.type]

/** How many numbers the tally of these questions holds: an option of a choice 1, a ranking of n options n², a rating its
 *  scale, an nps 11, a text 0. A poll's limit of 5,000 keeps what travels after each commit within some 40 KB. */
export const countersOf = (questions: readonly Question[]): number =>
  questions.reduce((counters, question) => counters + ruleOf(question).counters(question), 0)

const rules = { choice, ranking, rating, nps, text } satisfies {
  readonly [Kind in Question['type']]: TallyRule<Extract<Question, { type: Kind }>, never, QuestionOutcome>
}
