import { type Poll, publicPoll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { PollBook, PollViews, Remembered } from './ports.ts'

/** A poll as anybody may see it, from the nearest memory. */
export const readPoll =
  ({ pollViews }: { readonly pollViews: Pick<PollViews, 'find'> }) =>
  async (
    { pollId }: { readonly pollId: string },
    signal: AbortSignal,
  ): Promise<Result<Poll, VotingRefusal>> => {
    const { value: poll } = await pollViews.find(pollId, signal)
    return poll === null ? refuse({ reason: 'poll-not-found' }) : accept(poll)
  }

interface Needs {
  readonly pollBook: PollBook
  readonly pollViews: Pick<PollViews, 'find'>
}

export interface PollRead extends Omit<Remembered<Poll>, 'value'> {
  readonly poll: Poll
  /** Whether it is shown whole, to its owner. */
  readonly owned: boolean
}

/** A poll for whoever asks: to anybody from the nearest memory, to a key as the scoreboard has it, and whole if the key
 *  is of its workspace. */
export const readPollFor =
  ({ pollBook, pollViews }: Needs) =>
  async (
    { pollId, workspaceId }: { readonly pollId: string; readonly workspaceId: string | null },
    signal: AbortSignal,
  ): Promise<Result<PollRead, VotingRefusal>> => {
    if (workspaceId === null) {
      const { value: poll, ...how } = await pollViews.find(pollId, signal)
      return poll === null ? refuse({ reason: 'poll-not-found' }) : accept({ ...how, poll, owned: false })
    }
    const found = await pollBook.find(pollId, signal)
    if (found === null) return refuse({ reason: 'poll-not-found' })
    const owned = found.poll.workspaceId === workspaceId
    return accept({
      poll: owned ? found.poll : publicPoll(found.poll),
      owned,
      from: 'origin',
      ageMs: 0,
      stale: false,
    })
  }
