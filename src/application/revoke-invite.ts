import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { accept, type Result } from '../kernel/result.ts'
import { type BesideNeeds, beside } from './beside.ts'
import type { changePoll } from './change-poll.ts'
import type { InviteBook } from './invite-book.ts'
import { findOwned, type OwnPollOrder } from './own-poll.ts'
import type { PollBook } from './ports.ts'

interface Needs extends BesideNeeds {
  readonly pollBook: PollBook
  readonly changePoll: ReturnType<typeof changePoll>
  readonly inviteBook: Pick<InviteBook, 'revoke'>
  readonly clock: Clock
}

const patienceMs = 500

/** Revokes an invite: every box that has joined refuses it once this answers. Its list is told when Postgres is there. */
export const revokeInvite =
  ({ pollBook, changePoll, inviteBook, clock, ...needs }: Needs) =>
  async (
    { serial, ...order }: OwnPollOrder & { readonly serial: number },
    signal: AbortSignal,
  ): Promise<Result<null, VotingRefusal>> => {
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    const changed = await changePoll({ ...order, change: { kind: 'revoke-invite', serial } }, signal)
    if (!changed.ok) return changed
    await beside(needs)(
      patienceMs,
      (own) => inviteBook.revoke(found.value.owned, { serial, revokedAt: clock.now() }, own),
      (error) => ({ type: 'invites-unrecorded', pollId: order.pollId, first: serial, count: 1, error }),
    )
    return accept(null)
  }
