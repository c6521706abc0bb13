import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { PollBook } from './ports.ts'

/** A poll as its scoreboard has it. */
export const readPoll =
  ({ pollBook }: { readonly pollBook: PollBook }) =>
  async (
    { pollId }: { readonly pollId: string },
    signal: AbortSignal,
  ): Promise<Result<Poll, VotingRefusal>> => {
    const found = await pollBook.find(pollId, signal)
    return found === null ? refuse({ reason: 'poll-not-found' }) : accept(found.poll)
  }
