// Issued invites in a map; test/contracts holds the archive's own to the same.
import type { InviteBook, IssuedInvite } from '../../src/application/invite-book.ts'

export const localInvites = (): InviteBook & { away: boolean } => {
  const polls = new Map<string, Map<number, IssuedInvite>>()
  const of = (pollId: string) => {
    if (book.away) throw new Error('postgres is away')
    const known = polls.get(pollId) ?? new Map<number, IssuedInvite>()
    polls.set(pollId, known)
    return known
  }
  const book = {
    away: false,
    record: async ({ id }, { first, hashes, issuedAt }) => {
      for (const serial of hashes.map((_, at) => first + at))
        if (!of(id).has(serial)) of(id).set(serial, { serial, issuedAt, revokedAt: null })
    },
    revoke: async ({ id }, { serial, revokedAt }) => {
      const known = of(id).get(serial)
      if (known !== undefined && known.revokedAt === null) of(id).set(serial, { ...known, revokedAt })
    },
    list: async ({ id }, { after, limit }) =>
      [...of(id).values()]
        .toSorted((one, other) => one.serial - other.serial)
        .filter(({ serial }) => serial > after)
        .slice(0, limit),
  } satisfies InviteBook & { away: boolean }
  return book
}
