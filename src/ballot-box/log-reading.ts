// The log as others read it: pages, checkpoints, and where it stands.
import type { BoxAddress, BoxStanding, LogCheckpoint, LogPage, ShardAudit } from '../application/ports.ts'
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import { sha256 } from '../kernel/hash.ts'
import type { BoxState, Ledger } from './ledger.ts'
import { firstHead } from './log.ts'
import { publicEntry } from './proof.ts'

export const standingOf = (state: BoxState | null, address: BoxAddress, archived: number): BoxStanding =>
  state === null
    ? { ...address, seq: 0, head: firstHead(address), archived: 0, ballots: 0 }
    : {
        ...address,
        seq: state.seq,
        head: state.head,
        archived,
        ballots: state.tally.ballots - state.tally.erased,
      }

/** What Postgres must agree with, ballot by ballot. */
export const auditOf = (ledger: Ledger, state: BoxState | null, { shard }: BoxAddress): ShardAudit => {
  const held = state === null ? [] : ledger.everyRevision()
  const lines = held.map(({ seq, revision }) => `${idAt(state, seq)}:${revision}`).sort()
  return { shard, ballots: held.length, digest: sha256(lines.join(',')) }
}

const idAt = (state: BoxState | null, seq: number): string =>
  state === null ? '' : ballotIdOf(state.definition.secret, state.address.shard, seq)

/** Entries after a seq; an empty log for a box that nobody has voted in. */
export const logPage = (
  ledger: Ledger,
  state: BoxState | null,
  standing: BoxStanding,
  after: number,
  limit: number,
): LogPage => {
  if (state === null) return { entries: [], next: null, standing }
  const entries = ledger.entriesAfter(after, limit).slice(0, limit)
  const last = entries.at(-1)?.seq ?? after
  return {
    entries: entries.map((entry) => publicEntry(state, entry)),
    next: entries.length > 0 && last < state.seq ? last : null,
    standing,
  }
}

/** The newest checkpoint, made now if there are entries after the last and that one is old enough. Callers ask as
 *  often as they like: it costs at most one row every `afterMs`. */
export const checkpointNow = (
  ledger: Ledger,
  state: BoxState,
  now: number,
  afterMs: number,
): LogCheckpoint | null => {
  const last = ledger.lastCheckpoint()
  if (state.seq > (last?.seq ?? 0) && now - (last?.madeAt ?? 0) >= afterMs)
    ledger.keepCheckpoint({ seq: state.seq, head: state.head, madeAt: now })
  const newest = ledger.lastCheckpoint()
  return newest && { ...state.address, seq: newest.seq, head: newest.head }
}
