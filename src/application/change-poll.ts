import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Result } from '../kernel/result.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { PollBook, PollChange, PollViews, Scoreboards } from './ports.ts'

interface Needs {
  readonly pollBook: RememberedPolls
  readonly pollViews: Pick<PollViews, 'learn'>
  readonly scoreboards: Pick<Scoreboards, 'change'>
}

/** A poll book that can be told to look again: a change is seen at once where it was made. */
export interface RememberedPolls extends PollBook {
  forget(pollId: string): Promise<void>
}

/** Changes a poll; answers once every ballot box that has joined counts by the change. */
export const changePoll =
  ({ pollBook, pollViews, scoreboards }: Needs) =>
  async (
    order: OwnPollOrder & { readonly change: PollChange },
    signal: AbortSignal,
  ): Promise<Result<Poll, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const changed = await scoreboards.change(order.pollId, order.change, signal)
    await pollBook.forget(order.pollId)
    if (changed.ok) await pollViews.learn(changed.value)
    return changed
  }
