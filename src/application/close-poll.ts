import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { RememberedPolls } from './change-poll.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { ClosingState, PollViews, Scoreboards } from './ports.ts'

interface Needs {
  readonly pollBook: RememberedPolls
  readonly pollViews: Pick<PollViews, 'learn'>
  readonly results: { forget(pollId: string): Promise<void> }
  readonly scoreboards: Pick<Scoreboards, 'close'>
}

/** Closes a poll for good. Nothing is accepted once it has answered `final: true`; until then a box the board cannot reach may still take ballots. */
export const closePoll =
  ({ pollBook, pollViews, results, scoreboards }: Needs) =>
  async (order: OwnPollOrder, signal: AbortSignal): Promise<Result<ClosingState, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const closing = await scoreboards.close(order.pollId, signal)
    await pollBook.forget(order.pollId)
    if (closing === null) return refuse({ reason: 'poll-not-found' })
    await Promise.all([pollViews.learn(closing.poll), results.forget(order.pollId)])
    return accept(closing)
  }
