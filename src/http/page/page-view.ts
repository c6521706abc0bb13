// What the page is made from: a poll, how it stands, and who is looking.
import type { Poll, PollStatus } from '../../domain/poll/poll.ts'
import type { Results } from '../../domain/tally/results.ts'
import type { Answer, Answers } from '../../domain/tally/rule.ts'
import type { VoterBeside } from './voter-beside.ts'

/** What the page reads of a poll. */
export type ShownPoll = Pick<
  Poll,
  'id' | 'title' | 'description' | 'questions' | 'opensAt' | 'closesAt' | 'results' | 'dedupe' | 'revisions'
>

/** Something the page tells the voter above the questions. */
export interface Notice {
  readonly tone: 'good' | 'bad' | 'plain'
  readonly text: string
}

export interface PollPage {
  readonly poll: ShownPoll
  readonly status: PollStatus
  /** null: not (yet) for this reader. */
  readonly results: Results | null
  /** Whether the form is there; otherwise the page only shows. */
  readonly voting: boolean
  /** Whether this browser has voted, as far as it remembers. */
  readonly voted: boolean
  /** What the form starts with: an earlier, refused try. */
  readonly answers: Answers
  /** Question id → what is wrong with its answer. */
  readonly errors: ReadonlyMap<string, string>
  readonly notice: Notice | null
  /** Proves to the live feed of an `after-vote` poll that its reader has voted. */
  readonly receipt: string | null
  /** What the form carries beside the answers. */
  readonly beside: VoterBeside
  /** Steadies the random order of a question's options for one voter. */
  readonly seed: string
  /** The page's own absolute address. */
  readonly url: string
}

/** An own property or nothing: a question may be called `constructor`. */
export const answerTo = ({ answers }: PollPage, questionId: string): Answer | undefined =>
  Object.hasOwn(answers, questionId) ? answers[questionId] : undefined

/** Whether this browser may vote once more: to change its ballot, or for somebody with another invite. */
export const mayVoteAgain = ({ revisions, dedupe }: ShownPoll): boolean =>
  revisions === 'until-close' || dedupe.by === 'invite'
