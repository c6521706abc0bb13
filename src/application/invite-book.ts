// Invites as they are remembered, for lists. Whether a code is good is computed and never asked here.
import type { OwnedPoll } from './own-poll.ts'

export interface InviteBook {
  /** Writes down a batch: `hashes` are SHA-256 of its codes, hex, in the order of their serials from `first` on. Doing it
   *  again changes nothing; of a deleted poll nothing is written. */
  record(
    poll: OwnedPoll,
    batch: { readonly first: number; readonly hashes: readonly string[]; readonly issuedAt: number },
    signal: AbortSignal,
  ): Promise<void>
  /** Marks an invite, if it was written down; one that is marked keeps its time. */
  revoke(
    poll: OwnedPoll,
    invite: { readonly serial: number; readonly revokedAt: number },
    signal: AbortSignal,
  ): Promise<void>
  /** By serial, after one. */
  list(
    poll: OwnedPoll,
    order: { readonly after: number; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly IssuedInvite[]>
}

export interface IssuedInvite {
  readonly serial: number
  readonly issuedAt: number
  readonly revokedAt: number | null
}
