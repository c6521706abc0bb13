// The results document of docs/design/api.md, made from a merged tally.
import type { Poll } from '../poll/poll.ts'
import type { RunoffOutcome } from './runoff.ts'
import { outcomes, type PollTally, type QuestionOutcome } from './tally.ts'

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

interface ResultsStamp {
  readonly version: number
  readonly asOf: number
  readonly final: boolean
  readonly runoffs?: Readonly<Record<string, RunoffOutcome | null>>
}
