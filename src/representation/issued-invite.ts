// An issued invite as the poll's owner sees it. The code itself is shown once, when it is made.
import type { InvitesPage } from '../application/list-invites.ts'
import { time } from './time.ts'

export const issuedInvite = ({ serial, issuedAt, revokedAt, revoked }: InvitesPage['invites'][number]) => ({
  serial,
  issuedAt: new Date(issuedAt).toISOString(),
  revoked,
  revokedAt: time(revokedAt),
})
