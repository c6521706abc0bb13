// A poll's log read against what voters meant: every entry finds the intents it may have come from.
import type { LogEntry } from '../../../src/ballot-box/log.ts'
import type { ArchivedBallot } from '../../../src/domain/ballot/ballot.ts'
import { ballotIdOf } from '../../../src/domain/ballot/ballot-id.ts'
import { commitmentOf, saltOf } from '../../../src/domain/ballot/commitment.ts'
import type { CountingDefinition } from '../../../src/domain/poll/counting.ts'
import { voterKeys } from '../../../src/domain/voter/voter-keys.ts'
import { toHex } from '../../../src/kernel/bytes.ts'
import type { Evidence, PollEvidence, ShardEvidence } from '../evidence.ts'
import { acknowledged, type CastRecord, type History, type Intent } from '../history.ts'

/** A living poll with its secret: everything stored can be read. */
export interface PollReading extends PollEvidence {
  readonly definition: CountingDefinition
  readonly intents: readonly Intent[]
  readonly casts: readonly CastRecord[]
  readonly acks: ReturnType<typeof acknowledged>
  readonly ballots: readonly BallotReading[]
  readonly history: History
}

/** One ballot from its first log entry to its last. */
export interface BallotReading {
  readonly id: string
  readonly shard: ShardEvidence
  readonly entries: readonly EntryReading[]
  readonly erased: boolean
  /** Its row in the box; null: forgotten after the close. */
  readonly stored: ShardEvidence['ballots'][number] | null
  readonly rows: readonly ArchivedBallot[]
}

export interface EntryReading extends LogEntry {
  /** Those whose words it commits to: several only where a voter sent the same words twice. */
  readonly intents: readonly Intent[]
}

export interface Reading extends Evidence {
  readonly living: readonly PollReading[]
  readonly deleted: readonly PollEvidence[]
}

export const readEvidence = (evidence: Evidence): Reading => ({
  ...evidence,
  living: evidence.polls.flatMap((poll) =>
    poll.definition === null ? [] : [readPoll(evidence.history, poll, poll.definition)],
  ),
  deleted: evidence.polls.filter(({ definition }) => definition === null),
})

const readPoll = (history: History, poll: PollEvidence, definition: CountingDefinition): PollReading => {
  const casts = history.casts.filter(({ intent }) => intent.pollId === poll.poll.id)
  const intents = history.intents.filter(({ pollId }) => pollId === poll.poll.id)
  const meant = intentFinder(definition, intents)
  const rows = Map.groupBy(poll.rows, ({ id }) => id)
  return {
    ...poll,
    definition,
    history,
    intents,
    casts,
    acks: acknowledged(casts),
    ballots: poll.shards.flatMap((shard) => {
      const entries = Map.groupBy(shard.entries, ({ ballotSeq }) => ballotSeq)
      const stored = new Map(shard.ballots.map((ballot) => [ballot.stored.seq, ballot]))
      return [...entries].map(([seq, own]): BallotReading => {
        const id = ballotIdOf(definition.secret, shard.shard, seq)
        return {
          id,
          shard,
          entries: own.map((entry) => ({
            ...entry,
            intents: entry.kind === 'erase' ? [] : meant(id, entry),
          })),
          erased: own.at(-1)?.kind === 'erase',
          stored: stored.get(seq) ?? null,
          rows: rows.get(id) ?? [],
        }
      })
    }),
  }
}

/** By the keys where the entry still has them; else, and for voters without a name, by the words alone. */
const intentFinder = (definition: CountingDefinition, intents: readonly Intent[]) => {
  const byKey = Map.groupBy(intents, (intent) => ballotKeyOf(definition, intent) ?? 'nameless')
  return (id: string, { revision, commitment, keys }: LogEntry): readonly Intent[] => {
    const salt = saltOf(definition.secret, id, revision)
    const fits = ({ text }: Intent) => text !== null && commitmentOf(salt, text) === commitment
    const named = keys === null ? [] : (byKey.get(toHex(keys.ballotKey)) ?? []).filter(fits)
    if (named.length > 0) return named
    return (keys === null ? intents : (byKey.get('nameless') ?? [])).filter(fits)
  }
}

const ballotKeyOf = (definition: CountingDefinition, { voter, idempotencyKey }: Intent): string | null => {
  const chance = new Uint8Array(16)
  const claim = { ...voter, idempotencyKey, subject: voter.voterToken, chance }
  const keys = voterKeys({ ...definition, revokedInvites: [] }, claim)
  const other = voterKeys({ ...definition, revokedInvites: [] }, { ...claim, chance: chance.map(() => 1) })
  if (!keys.ok || !other.ok) return null
  const key = toHex(keys.value.ballotKey)
  return key === toHex(other.value.ballotKey) ? key : null
}
