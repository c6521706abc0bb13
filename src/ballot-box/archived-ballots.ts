// Log events as the archive receives them: each names its ballot and carries the ballot's current state, so that
// any order of delivery ends the same.
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import { saltOf } from '../domain/ballot/commitment.ts'
import { newest, type StoredBallot } from './decide.ts'
import type { BoxState, Ledger } from './ledger.ts'
import { type LogEntry, noCommitment } from './log.ts'

/** The events after `seq`, oldest first, at least `limit` where there are so many. `seq` is the event's place in the
 *  log; the ballot names the place of its own newest revision. */
export const archivedBallots = (
  ledger: Pick<Ledger, 'entriesAfter' | 'ballot'>,
  { definition, address }: Pick<BoxState, 'definition' | 'address'>,
  seq: number,
  limit: number,
): readonly { readonly seq: number; readonly ballot: ArchivedBallot }[] =>
  ledger.entriesAfter(seq, limit).map((entry) => {
    const id = ballotIdOf(definition.secret, address.shard, entry.ballotSeq)
    const stored = entry.keys && ledger.ballot(entry.keys)
    if (stored === null || stored.answers === null)
      return { seq: entry.seq, ballot: erased(id, entry, address.shard, stored) }
    const { revision, seq: revisedAt, castAt } = newest(stored)
    const ballot = {
      id,
      revision,
      castAt,
      answers: JSON.parse(stored.answers),
      country: stored.country,
      shard: address.shard,
      seq: revisedAt,
      salt: saltOf(definition.secret, id, revision),
    }
    return { seq: entry.seq, ballot }
  })

/** An erasure does not change when a ballot was cast; once its row is gone only the time of the event is known. */
const erased = (id: string, entry: LogEntry, shard: number, stored: StoredBallot | null): ArchivedBallot => ({
  id,
  revision: entry.revision,
  castAt: stored?.revisions.findLast(({ commitment }) => commitment !== noCommitment)?.castAt ?? entry.castAt,
  answers: null,
  country: null,
  shard,
  seq: entry.seq,
  salt: null,
})
