import type { VotingRefusal } from '../domain/refusal.ts'
import { inviteCode } from '../domain/voter/invite.ts'
import type { Clock } from '../kernel/clock.ts'
import { sha256 } from '../kernel/hash.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type BesideNeeds, beside } from './beside.ts'
import type { InviteBook } from './invite-book.ts'
import { findOwned, type OwnPollOrder } from './own-poll.ts'
import type { PollBook, Scoreboards } from './ports.ts'

interface Needs extends BesideNeeds {
  readonly pollBook: PollBook
  readonly scoreboards: Pick<Scoreboards, 'issueInvites'>
  readonly inviteBook: Pick<InviteBook, 'record'>
  readonly clock: Clock
}

/** A hundred thousand take about a second to be written down. */
const patienceMs = 2_000

export interface Invites {
  /** Serials run on from here, in the order of the codes. */
  readonly first: number
  readonly codes: readonly string[]
}

/** New invite codes. They are computed, not stored: shown here and never again. That they were issued is written down, with
 *  their hashes; without Postgres they are as good, and missing in the list. */
export const issueInvites =
  ({ pollBook, scoreboards, inviteBook, clock, ...needs }: Needs) =>
  async (
    order: OwnPollOrder & { readonly count: number },
    signal: AbortSignal,
  ): Promise<Result<Invites, VotingRefusal>> => {
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    const issued = await scoreboards.issueInvites(order.pollId, order.count, signal)
    if (issued === null) return refuse({ reason: 'poll-not-found' })
    const { first, definition } = issued
    const codes = Array.from({ length: order.count }, (_, at) => inviteCode(definition.secret, first + at))
    const batch = { first, hashes: codes.map(sha256), issuedAt: clock.now() }
    await beside(needs)(
      patienceMs,
      (own) => inviteBook.record(found.value.owned, batch, own),
      (error) => ({ type: 'invites-unrecorded', pollId: order.pollId, first, count: order.count, error }),
    )
    return accept({ first, codes })
  }
