// From what a request shows of its voter to the two keys of docs/design/counting.md.
import type { Bytes } from '../../kernel/bytes.ts'
import { keyedHash } from '../../kernel/hash.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { Dedupe } from '../poll/poll.ts'

/** What a request says of its voter, before anything is believed. */
export interface VoterClaim {
  readonly voterId: string | null
  readonly idempotencyKey: string | null
  /** 16 fresh random bytes, for a request that names neither. */
  readonly chance: Bytes
}

export interface VoterKeys {
  readonly voterKey: Bytes
  readonly ballotKey: Bytes
  readonly requestKey: Bytes | null
}

/** Every key is 16 bytes under the poll's secret; nothing raw is kept. */
export const voterKeys = (
  secret: Uint8Array,
  dedupe: Dedupe,
  claim: VoterClaim,
): Result<VoterKeys, { readonly reason: 'voter-id-required' }> => {
  const ballotKey = ballotKeyOf(secret, claim)
  const requestKey = claim.idempotencyKey === null ? null : key(secret, 'request', claim.idempotencyKey)
  switch (dedupe.by) {
    case 'session':
      if (claim.voterId === null) return refuse({ reason: 'voter-id-required' })
      return accept({ voterKey: ballotKey, ballotKey, requestKey })
    case 'none':
      return accept({ voterKey: ballotKey, ballotKey, requestKey })
    default:
      throw new Error(`dedupe by ${dedupe.by} is refused when the poll is made`)
  }
}

/** The ballot box a voter's ballots lie in: 0 … shards − 1. */
export const shardOf = (voterKey: Uint8Array, shards: number): number =>
  new DataView(voterKey.buffer, voterKey.byteOffset).getUint32(0) % shards

const ballotKeyOf = (secret: Uint8Array, claim: VoterClaim): Bytes => {
  if (claim.voterId !== null) return key(secret, 'voter', claim.voterId)
  if (claim.idempotencyKey !== null) return key(secret, 'unnamed', claim.idempotencyKey)
  return key(secret, 'chance', claim.chance)
}

const key = (secret: Uint8Array, kind: string, value: string | Uint8Array): Bytes =>
  keyedHash(secret, kind, value).slice(0, 16)
