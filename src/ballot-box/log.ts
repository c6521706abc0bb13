// The log of a box: what happened, in order, chained so that nothing can be taken out or put in unseen.

import type { BoxAddress } from '../application/ports.ts'
import { type Bytes, fromHex, toHex } from '../kernel/bytes.ts'
import { hash } from '../kernel/hash.ts'

/** One event. It commits to the answers and never holds them. */
export interface LogEntry {
  readonly kind: 'cast' | 'revise' | 'erase'
  /** Position in the shard's log, from 1, without gaps. */
  readonly seq: number
  /** The seq of the ballot's first revision: with the shard, its id. */
  readonly ballotSeq: number
  readonly revision: number
  readonly castAt: number
  /** Hex of H(salt ‖ answers); all zeros for an erasure. */
  readonly commitment: string
  /** Lead to the ballot's row; outside the chain, and gone after an erasure that follows the close. */
  readonly keys: BallotKeys | null
  /** Where the keys are gone: the seq of the erasure. Outside the chain too. */
  readonly erasedBy: number | null
}

/** What of an entry the chain is made of, beside the ballot's id. */
export type Chained = Pick<LogEntry, 'kind' | 'seq' | 'revision' | 'castAt' | 'commitment'>

export interface BallotKeys {
  readonly voterKey: Bytes
  readonly ballotKey: Bytes
}

/** A place in the chain that has been put on record. */
export interface Checkpoint {
  readonly seq: number
  /** Chain hash after the entry at `seq`, hex. */
  readonly head: string
  readonly madeAt: number
}

/** A checkpoint is made whenever the log grows over a multiple of this; with the next one a proof is complete. */
export const checkpointEvery = 256

/** What an erasure commits to. */
export const noCommitment = '0'.repeat(64)

/** The entries of one commit as one row. */
export interface PackedLog {
  readonly first: number
  readonly last: number
  /** Chain hash after the last entry, hex. */
  readonly head: string
  readonly entries: readonly LogEntry[]
}

/** The hash a shard's chain starts from. */
export const firstHead = ({ pollId, shard }: BoxAddress): string =>
  toHex(hash('chain', pollId, String(shard)))

/** What the chain says of an entry, hex. */
export const leafOf = (entry: Chained, ballotId: string): string =>
  toHex(
    hash(
      'leaf',
      entry.kind,
      String(entry.seq),
      ballotId,
      String(entry.revision),
      String(entry.castAt),
      entry.commitment,
    ),
  )

/** The chain hash after an entry, given the one before it. */
export const nextHead = (head: string, leaf: string): string =>
  toHex(hash('head', fromHex(head), fromHex(leaf)))
