import type { VotingRefusal } from '../domain/refusal.ts'
import { inviteCode } from '../domain/voter/invite.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { PollBook, Scoreboards } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly scoreboards: Pick<Scoreboards, 'issueInvites'>
}

export interface Invites {
  /** Serials run on from here, in the order of the codes. */
  readonly first: number
  readonly codes: readonly string[]
}

/** New invite codes. They are computed, not stored: shown here and never again. */
export const issueInvites =
  ({ pollBook, scoreboards }: Needs) =>
  async (
    order: OwnPollOrder & { readonly count: number },
    signal: AbortSignal,
  ): Promise<Result<Invites, VotingRefusal>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const issued = await scoreboards.issueInvites(order.pollId, order.count, signal)
    if (issued === null) return refuse({ reason: 'poll-not-found' })
    const { first, definition } = issued
    return accept({
      first,
      codes: Array.from({ length: order.count }, (_, at) => inviteCode(definition.secret, first + at)),
    })
  }
