// The results document of docs/design/api.md, made from a merged tally.
import type { Poll, Question, QuestionId } from '../poll/poll.ts'
import { type PairwiseRow, pairwiseRows } from './ranking.ts'
import type { RunoffOutcome } from './runoff.ts'
import { outcomes, type PollTally, type QuestionOutcome, tallyOf } from './tally.ts'

export interface Results {
  readonly pollId: string
  /** Counts publications; 0 before the first ballot. */
  readonly version: number
  /** RFC 3339, UTC. */
  readonly asOf: string
  /** Whether the poll is closed and every box has been counted: a final result never changes. */
  readonly final: boolean
  readonly ballots: number
  /** Ballots erased after the close, whose votes still stand in the numbers. */
  readonly erased: number
  readonly questions: readonly QuestionOutcome[]
}

/** `asOf` in milliseconds since the epoch; `runoffs` of ranking questions by id, where they are known. */
export const resultsOf = (
  poll: Pick<Poll, 'id' | 'questions'>,
  tally: PollTally,
  { version, asOf, final, runoffs = {} }: ResultsStamp,
): Results => ({
  pollId: poll.id,
  version,
  asOf: new Date(asOf).toISOString(),
  final,
  ballots: tally.ballots,
  erased: tally.erased,
  questions: outcomes(poll.questions, tally, runoffs),
})

/** The pairwise matrix of each ranking, by question; null: no question of the poll is one. It is a square of the options and
 *  seldom wanted, so it stays beside the document. */
export const pairwiseIn = (questions: readonly Question[], tally: PollTally): Pairwise | null => {
  const rankings = questions.filter((question) => question.type === 'ranking')
  if (rankings.length === 0) return null
  return Object.fromEntries(
    rankings.map((question) => [question.id, pairwiseRows(question, tallyOf(question, tally))] as const),
  )
}

export type Pairwise = Readonly<Record<QuestionId, readonly PairwiseRow[]>>

interface ResultsStamp {
  readonly version: number
  readonly asOf: number
  readonly final: boolean
  readonly runoffs?: Readonly<Record<string, RunoffOutcome | null>>
}
