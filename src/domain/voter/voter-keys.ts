// From what a request shows of its voter to the two keys of docs/design/counting.md.
import type { Bytes } from '../../kernel/bytes.ts'
import { keyedHash } from '../../kernel/hash.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { CountingDefinition } from '../poll/counting.ts'
import type { VotingRefusal } from '../refusal.ts'
import { inviteSerial } from './invite.ts'
import { addressOf } from './network.ts'

/** What a request says of its voter. Only `subject` has been verified by somebody else. */
export interface VoterClaim {
  readonly voterId: string | null
  readonly idempotencyKey: string | null
  /** As the platform reports it, never from a client's header. */
  readonly address: string
  readonly inviteCode: string | null
  /** `sub` of a token that the poll's owner signed and that was verified; null: none, or not valid. */
  readonly subject: string | null
  /** 16 fresh random bytes, for a request that names neither. */
  readonly chance: Bytes
}

export interface VoterKeys {
  /** Whose quota a ballot uses. */
  readonly voterKey: Bytes
  /** Which ballot a request is about. */
  readonly ballotKey: Bytes
  readonly requestKey: Bytes | null
  /** The serial of the invite shown. */
  readonly invite: number | null
}

/** Every key is 16 bytes under the poll's secret; nothing raw is kept. */
export const voterKeys = (
  { secret, poll, revokedInvites }: CountingDefinition,
  claim: VoterClaim,
): Result<VoterKeys, VotingRefusal> => {
  const requestKey = claim.idempotencyKey === null ? null : keyOf(secret, 'request', claim.idempotencyKey)
  const one = (voterKey: Bytes, invite: number | null = null) =>
    accept({ voterKey, ballotKey: voterKey, requestKey, invite })

  switch (poll.dedupe.by) {
    case 'session':
      if (claim.voterId === null) return refuse({ reason: 'voter-id-required' })
      return one(ballotKeyOf(secret, claim))
    case 'none':
      return one(ballotKeyOf(secret, claim))
    case 'ip': {
      const voterKey = keyOf(secret, 'address', addressOf(claim.address))
      return accept({ voterKey, ballotKey: ballotKeyOf(secret, claim), requestKey, invite: null })
    }
    case 'invite': {
      if (claim.inviteCode === null) return refuse({ reason: 'invite-required' })
      const serial = inviteSerial(secret, claim.inviteCode)
      if (serial === null || revokedInvites.includes(serial)) return refuse({ reason: 'invite-invalid' })
      return one(keyOf(secret, 'invite-voter', String(serial)), serial)
    }
    case 'account':
      if (claim.subject === null) return refuse({ reason: 'token-invalid' })
      return one(keyOf(secret, 'account', claim.subject))
  }
}

/** Whether a repeat of this request would be known as one. */
export const retrySafe = (
  { dedupe }: CountingDefinition['poll'],
  claim: Pick<VoterClaim, 'voterId' | 'idempotencyKey'>,
) => (dedupe.by !== 'none' && dedupe.by !== 'ip') || claim.voterId !== null || claim.idempotencyKey !== null

/** The ballot box a voter's ballots lie in: 0 … shards − 1. */
export const shardOf = (voterKey: Uint8Array, shards: number): number =>
  new DataView(voterKey.buffer, voterKey.byteOffset).getUint32(0) % shards

const ballotKeyOf = (secret: Uint8Array, claim: VoterClaim): Bytes => {
  if (claim.voterId !== null) return keyOf(secret, 'voter', claim.voterId)
  if (claim.idempotencyKey !== null) return keyOf(secret, 'unnamed', claim.idempotencyKey)
  return keyOf(secret, 'chance', claim.chance)
}

/** What a voter is known by, 16 bytes. */
export const keyOf = (secret: Uint8Array, kind: string, value: string | Uint8Array): Bytes =>
  keyedHash(secret, kind, value).slice(0, 16)
