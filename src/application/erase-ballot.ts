import type { VotingRefusal } from '../domain/refusal.ts'
import type { Result } from '../kernel/result.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { BallotBoxes, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'erase'>
}

/** Takes a ballot's answers away for good. Doing it again changes nothing. */
export const eraseBallot =
  ({ pollBook, ballotBoxes }: Needs) =>
  async (
    order: OwnPollOrder & { readonly ballotId: string },
    signal: AbortSignal,
  ): Promise<Result<null, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    return owned.ok ? ballotBoxes.erase(owned.value, order.ballotId, signal) : owned
  }
