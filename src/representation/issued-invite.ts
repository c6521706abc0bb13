// An issued invite as the poll's owner sees it. The code itself is shown once, when it is made.
import type { InvitesPage } from '../application/list-invites.ts'

export const issuedInvite = ({ serial, issuedAt, revokedAt, revoked }: InvitesPage['invites'][number]) => ({
  serial,
  issuedAt: new Date(issuedAt).toISOString(),
  revoked,
  revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
})
