// A voter as an owner can name them, and the keys that lead to their ballots.
import type { Bytes } from '../../kernel/bytes.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { CountingDefinition } from '../poll/counting.ts'
import type { Fault } from '../refusal.ts'
import { inviteSerial } from './invite.ts'
import { keyOf } from './voter-keys.ts'

/** One of these. */
export interface VoterName {
  readonly voterId?: string | undefined
  readonly inviteCode?: string | undefined
  readonly inviteSerial?: number | undefined
  /** `sub` of the tokens that the owner signed for them. */
  readonly subject?: string | undefined
  readonly address?: string | undefined
}

export type VoterRefusal = { readonly reason: 'voter-invalid'; readonly errors: readonly Fault[] }

/** Whose ballots: all under a voter key, or where only that is known the one of a ballot key, in whatever box. */
export type NamedVoter = { readonly voterKey: Bytes } | { readonly ballotKey: Bytes }

/** A revoked invite still names whoever voted with it. */
export const namedVoter = (
  { secret, poll }: CountingDefinition,
  name: VoterName,
): Result<NamedVoter, VoterRefusal> => {
  const { by } = poll.dedupe
  if (name.address !== undefined)
    return no(
      'address',
      'stands for everybody behind it: name the voter by `voterId`, or erase a ballot by its id',
    )
  switch (by) {
    case 'session':
    case 'none':
      if (name.voterId === undefined) break
      return accept({ voterKey: keyOf(secret, 'voter', name.voterId) })
    case 'ip':
      if (name.voterId === undefined) break
      return accept({ ballotKey: keyOf(secret, 'voter', name.voterId) })
    case 'account':
      if (name.subject === undefined) break
      return accept({ voterKey: keyOf(secret, 'account', name.subject) })
    case 'invite': {
      if (name.inviteCode === undefined && name.inviteSerial === undefined) break
      const serial = name.inviteSerial ?? inviteSerial(secret, name.inviteCode ?? '')
      if (serial === null) return no('inviteCode', 'is none of this poll')
      return accept({ voterKey: keyOf(secret, 'invite-voter', String(serial)) })
    }
  }
  const [given = ''] = Object.keys(name)
  return no(given, `does not name a voter of this poll, which knows them by \`${members[by]}\``)
}

const members = {
  session: 'voterId',
  none: 'voterId',
  ip: 'voterId',
  account: 'subject',
  invite: 'inviteSerial` or `inviteCode',
} as const

const no = (member: string, detail: string): Result<never, VoterRefusal> =>
  refuse({ reason: 'voter-invalid', errors: [{ pointer: member === '' ? '' : `/${member}`, detail }] })
