import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { RememberedPolls } from './change-poll.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { PollViews, Scoreboards } from './ports.ts'

interface Needs {
  readonly pollBook: RememberedPolls
  readonly pollViews: Pick<PollViews, 'forget'>
  readonly results: { forget(pollId: string): Promise<void> }
  readonly scoreboards: Pick<Scoreboards, 'remove'>
}

/** Deletes a poll with all its ballots, everywhere. */
export const deletePoll =
  ({ pollBook, pollViews, results, scoreboards }: Needs) =>
  async (order: OwnPollOrder, signal: AbortSignal): Promise<Result<null, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const removed = await scoreboards.remove(order.pollId, signal)
    const { pollId } = order
    await Promise.all([pollBook.forget(pollId), pollViews.forget(pollId), results.forget(pollId)])
    return removed ? accept(null) : refuse({ reason: 'poll-not-found' })
  }
