// What owners read of their ballots, as the archive has them. Every question takes a poll that was found to be theirs.
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'
import type { QuestionId } from '../domain/poll/poll.ts'
import type { OwnedPoll } from './own-poll.ts'

export interface BallotPages {
  /** Ballots in the order of their ids, after one; `erased`: only those that are, or are not. */
  list(
    poll: OwnedPoll,
    order: PageOrder & { readonly erased: boolean | null },
    signal: AbortSignal,
  ): Promise<PageOf<ListedBallot>>
  /** null: the archive has no such ballot of this poll. */
  find(poll: OwnedPoll, ballotId: string, signal: AbortSignal): Promise<ListedBallot | null>
  /** What was answered to a text question, in the order of the ballots' ids, after one. */
  texts(
    poll: OwnedPoll,
    order: PageOrder & { readonly questionId: QuestionId },
    signal: AbortSignal,
  ): Promise<PageOf<TextAnswer>>
  /** Ballots as lines of an export, in the order of their ids, after one: at most `rows` of them and about `bytes`, but
   *  at least one. */
  lines(
    poll: OwnedPoll,
    order: { readonly after: string | null; readonly rows: number; readonly bytes: number },
    signal: AbortSignal,
  ): Promise<ExportPage>
}

export interface PageOrder {
  /** The id of a ballot, which need not exist. */
  readonly after: string | null
  readonly limit: number
}

/** A page may be short and go on all the same: of what is rare, so many rows are looked through for one page and no
 *  more. */
export interface PageOf<Item> {
  readonly items: readonly Item[]
  /** Where the next one begins; null: this is the last. */
  readonly next: string | null
}

export type ListedBallot = Pick<ArchivedBallot, 'id' | 'revision' | 'castAt' | 'answers' | 'country'>

export interface TextAnswer {
  readonly ballotId: string
  readonly castAt: number
  readonly text: string
}

export interface ExportPage {
  /** A JSON document a line (docs/design/formats.md), each line ended. */
  readonly lines: string
  readonly ballots: number
  /** The id of the last one; null: there are no more. */
  readonly next: string | null
}
