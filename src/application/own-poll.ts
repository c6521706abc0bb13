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

/** A poll that was found to be its workspace's. Only this page makes one: what reads an owner's rows takes nothing less, so
 *  that a query without the check does not compile. */
export interface OwnedPoll {
  readonly id: string
  readonly workspaceId: string
  readonly [checked]: true
}

declare const checked: unique symbol

export interface FoundPoll extends Pick<CountingDefinition, 'poll' | 'revokedInvites'> {
  readonly owned: OwnedPoll
}

/** The same poll, and what opens its rows. */
export const findOwned = async (
  pollBook: PollBook,
  order: OwnPollOrder,
  signal: AbortSignal,
): Promise<Result<FoundPoll, VotingRefusal>> => {
  const found = await ownPoll(pollBook, order, signal)
  if (!found.ok) return found
  const { poll, revokedInvites } = found.value
  // The one place where it is known to be true.
  return accept({ poll, revokedInvites, owned: { id: poll.id, workspaceId: poll.workspaceId } as OwnedPoll })
}

/** What names a poll for its owner. */
export interface OwnPollOrder {
  readonly pollId: string
  readonly workspaceId: string
}
