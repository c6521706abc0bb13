import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { RememberedPolls } from './change-poll.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { ClosingState, Scoreboards } from './ports.ts'

interface Needs {
  readonly pollBook: RememberedPolls
  readonly scoreboards: Pick<Scoreboards, 'close'>
}

/** Closes a poll for good. Nothing is accepted after this has answered; `final` may still be on its way. */
export const closePoll =
  ({ pollBook, scoreboards }: Needs) =>
  async (order: OwnPollOrder, signal: AbortSignal): Promise<Result<ClosingState, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const closing = await scoreboards.close(order.pollId, signal)
    pollBook.forget(order.pollId)
    return closing === null ? refuse({ reason: 'poll-not-found' }) : accept(closing)
  }
