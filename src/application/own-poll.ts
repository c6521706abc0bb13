import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { PollBook } from './ports.ts'

/** A poll of this workspace. Another workspace's is the same as none. */
export const ownPoll = async (
  pollBook: PollBook,
  { pollId, workspaceId }: { readonly pollId: string; readonly workspaceId: string },
  signal: AbortSignal,
): Promise<Result<CountingDefinition, VotingRefusal>> => {
  const found = await pollBook.find(pollId, signal)
  return found === null || found.poll.workspaceId !== workspaceId
    ? refuse({ reason: 'poll-not-found' })
    : accept(found)
}

/** What names a poll for its owner. */
export interface OwnPollOrder {
  readonly pollId: string
  readonly workspaceId: string
}
