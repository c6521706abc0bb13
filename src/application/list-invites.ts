import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result } from '../kernel/result.ts'
import type { InviteBook, IssuedInvite } from './invite-book.ts'
import { findOwned, type OwnPollOrder } from './own-poll.ts'
import type { PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly inviteBook: Pick<InviteBook, 'list'>
}

export interface InvitesPage {
  readonly invites: readonly (IssuedInvite & {
    /** As the scoreboard has it, which decides. */
    readonly revoked: boolean
  })[]
  /** The last serial of the page; null: there is no next one. */
  readonly next: number | null
}

/** A page of a poll's invites, by serial. One statement. */
export const listInvites =
  ({ pollBook, inviteBook }: Needs) =>
  async (
    { after, limit, ...order }: OwnPollOrder & { readonly after: number; readonly limit: number },
    signal: AbortSignal,
  ): Promise<Result<InvitesPage, VotingRefusal>> => {
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    const revoked = new Set(found.value.revokedInvites)
    const rows = await inviteBook.list(found.value.owned, { after, limit: limit + 1 }, signal)
    const invites = rows.slice(0, limit).map((invite) => ({ ...invite, revoked: revoked.has(invite.serial) }))
    return accept({ invites, next: rows.length > limit ? (invites.at(-1)?.serial ?? null) : null })
  }
