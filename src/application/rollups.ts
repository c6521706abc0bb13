// What is counted of ballots as they are archived: how many came when, and what was answered where. As far as the archive is.
import type { OptionId, QuestionId } from '../domain/poll/poll.ts'
import type { OwnedPoll } from './own-poll.ts'

export const intervals = ['minute', 'hour', 'day'] as const
export type Interval = (typeof intervals)[number]

export interface RollupReader {
  /** Ballots by when they were cast, oldest first: intervals in which none was are left out. */
  timeline(
    poll: OwnedPoll,
    order: {
      readonly interval: Interval
      /** Milliseconds since the epoch; an interval belongs to the page when it begins at or after `from` and before `to`. */
      readonly from: number
      readonly to: number
      readonly limit: number
    },
    signal: AbortSignal,
  ): Promise<readonly TimelinePoint[]>
  /** Ballots by country, and what was answered there. */
  crossTab(poll: OwnedPoll, signal: AbortSignal): Promise<readonly CrossTabCell[]>
}

export interface TimelinePoint {
  /** When the interval begins, UTC. */
  readonly at: number
  readonly ballots: number
}

export interface CrossTabCell {
  /** Two letters, ISO 3166-1; null: not known. */
  readonly country: string | null
  /** null: all ballots of the country. */
  readonly choice: { readonly questionId: QuestionId; readonly optionId: OptionId } | null
  readonly ballots: number
}

/** For the reconciler. */
export interface RollupRecords {
  /** Whether as many ballots are counted as there are with answers. */
  agrees(pollId: string, signal: AbortSignal): Promise<boolean>
  /** Counts them anew, while nothing of the poll is archived. */
  recount(
    poll: { readonly pollId: string; readonly rankings: readonly QuestionId[] },
    signal: AbortSignal,
  ): Promise<void>
}
