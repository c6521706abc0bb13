import type { VotingRefusal } from '../domain/refusal.ts'
import type { Result } from '../kernel/result.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { BallotBoxes, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'erase'>
  readonly results: { forget(pollId: string): Promise<void> }
}

/** Takes a ballot's answers away for good. Doing it again changes nothing. */
export const eraseBallot =
  ({ pollBook, ballotBoxes, results }: Needs) =>
  async (
    order: OwnPollOrder & { readonly ballotId: string },
    signal: AbortSignal,
  ): Promise<Result<null, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const erased = await ballotBoxes.erase(owned.value, order.ballotId, signal)
    // Final results lie long in caches, and now say one more that can no longer be shown.
    if (erased.ok) await results.forget(order.pollId)
    return erased
  }
