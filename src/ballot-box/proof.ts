// Proof that a ballot is in the log: its entry, the chain hash before it, and what follows up to a checkpoint.

import type { InclusionProof, PublicEntry } from '../application/ports.ts'
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import type { BoxState, Ledger } from './ledger.ts'
import { firstHead, type LogEntry, leafOf, nextHead } from './log.ts'

/** The proof of a ballot's newest entry, be it its erasure; null: this box never accepted such a ballot. `checkpoint`
 *  is null while none has been made after the entry. */
export const proveBallot = (ledger: Ledger, state: BoxState, ballotSeq: number): InclusionProof | null => {
  const cast = entryAt(ledger, ballotSeq)
  if (cast?.kind !== 'cast') return null
  const entry = entryAt(ledger, newestSeq(ledger, cast))
  if (entry === undefined) return null
  const checkpoint = ledger.checkpointAfter(entry.seq)
  const following = ledger
    .entriesAfter(entry.seq, (checkpoint?.seq ?? entry.seq) - entry.seq)
    .filter(({ seq }) => checkpoint !== null && seq <= checkpoint.seq)
  return {
    entry: publicEntry(state, entry),
    previous: headBefore(ledger, state, entry.seq),
    leaves: following.map((each) => leaf(state, each)),
    checkpoint: checkpoint && { ...state.address, seq: checkpoint.seq, head: checkpoint.head },
  }
}

/** A log entry as anybody may see it. */
export const publicEntry = (state: BoxState, entry: LogEntry): PublicEntry => ({
  kind: entry.kind,
  shard: state.address.shard,
  seq: entry.seq,
  ballotId: idOf(state, entry),
  revision: entry.revision,
  castAt: new Date(entry.castAt).toISOString(),
  commitment: entry.commitment,
})

const entryAt = (ledger: Ledger, seq: number): LogEntry | undefined =>
  ledger.commitAt(seq)?.entries.find((entry) => entry.seq === seq)

const newestSeq = (ledger: Ledger, cast: LogEntry): number => {
  if (cast.keys === null) return cast.erasedBy ?? cast.seq
  return ledger.ballot(cast.keys)?.revisions.at(-1)?.seq ?? cast.seq
}

const headBefore = (ledger: Ledger, state: BoxState, seq: number): string => {
  const commit = ledger.commitAt(seq)
  const earlier = commit?.entries.filter((entry) => entry.seq < seq) ?? []
  return earlier.reduce(
    (head, entry) => nextHead(head, leaf(state, entry)),
    commit?.before ?? firstHead(state.address),
  )
}

const leaf = (state: BoxState, entry: LogEntry): string => leafOf(entry, idOf(state, entry))

const idOf = ({ definition, address }: BoxState, entry: LogEntry): string =>
  ballotIdOf(definition.secret, address.shard, entry.ballotSeq)
