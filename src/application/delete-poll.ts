import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { RememberedPolls } from './change-poll.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { Scoreboards } from './ports.ts'

interface Needs {
  readonly pollBook: RememberedPolls
  readonly scoreboards: Pick<Scoreboards, 'remove'>
}

/** Deletes a poll with all its ballots, everywhere. */
export const deletePoll =
  ({ pollBook, scoreboards }: Needs) =>
  async (order: OwnPollOrder, signal: AbortSignal): Promise<Result<null, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const removed = await scoreboards.remove(order.pollId, signal)
    pollBook.forget(order.pollId)
    return removed ? accept(null) : refuse({ reason: 'poll-not-found' })
  }
