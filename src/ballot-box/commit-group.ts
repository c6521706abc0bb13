// One commit: decides each ballot of a group alone, in arrival order, and writes ballots, one log row, one tally row.
// Runs inside the box's transaction and touches nothing but the ledger: the caller changes memory afterwards.
import type { BallotCast, CastOutcome } from '../domain/ballot/ballot.ts'
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import { checkBallot } from '../domain/ballot/check-ballot.ts'
import { commitmentOf, saltOf } from '../domain/ballot/commitment.ts'
import { type Poll, statusOf } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { openCount } from '../domain/tally/tally.ts'
import { toHex } from '../kernel/bytes.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { decide, type Rules, type StoredBallot, type StoredRevision } from './decide.ts'
import type { BoxState, Ledger } from './ledger.ts'
import { checkpointEvery, type LogEntry, leafOf, nextHead } from './log.ts'
import type { CastReply } from './protocol.ts'
import type { Counted } from './rankings.ts'
import type { LoggedBallot } from './recent-events.ts'

export const commitGroup = (
  ledger: Ledger,
  state: BoxState,
  casts: readonly BallotCast[],
  now: number,
): {
  readonly next: BoxState
  readonly replies: readonly CastReply[]
  readonly counted: readonly Counted[]
  /** What the archive is to hear of it. */
  readonly events: readonly LoggedBallot[]
} => {
  const { poll, secret, revokedInvites } = state.definition
  const { pollId, shard } = state.address
  const shut = shutReason(state, now)
  const count = openCount(poll.questions, state.tally)
  const entries: LogEntry[] = []
  const counted: Counted[] = []
  const events: LoggedBallot[] = []
  let head = state.head

  const replies = casts.map((cast): CastReply => {
    const { voterKey, ballotKey } = cast
    const checked = answersFor(poll, cast)
    if (!checked.ok) return checked
    const answers = checked.value
    const keys = { voterKey, ballotKey }
    const requestKey = cast.requestKey && toHex(cast.requestKey)
    const uninvited = cast.invite !== null && revokedInvites.includes(cast.invite)
    const seq = state.seq + entries.length + 1

    /** Writes the ballot as it is now into the log and the count. */
    const record = (
      kind: 'cast' | 'revise',
      id: string,
      ballotSeq: number,
      made: StoredRevision,
      salt: string,
    ) => {
      const given = JSON.parse(answers)
      count.add(given)
      counted.push({ answers, weight: 1 })
      const { revision, commitment } = made
      const entry = { kind, seq, ballotSeq, revision, castAt: now, commitment, keys, erasedBy: null }
      entries.push(entry)
      const { country } = cast
      events.push({ seq, ballot: { id, revision, castAt: now, answers: given, country, shard, seq, salt } })
      head = nextHead(head, leafOf(entry, id))
      if (seq % checkpointEvery === 0) ledger.keepCheckpoint({ seq, head, madeAt: now })
      return accept<CastOutcome>({
        kind: kind === 'cast' ? 'accepted' : 'revised',
        ballot: { id, pollId, shard, ...onWire(made) },
      })
    }
    const make = (id: string, revision: number) => {
      const salt = saltOf(secret, id, revision)
      const commitment = commitmentOf(salt, answers)
      return { salt, made: { revision, seq, castAt: now, requestKey, commitment } }
    }

    // Nearly everybody comes once: where nothing else can stand in the way, one statement asks and writes.
    if (shut === null && !uninvited && !cast.revisionOnly && poll.dedupe.by !== 'ip') {
      const id = ballotIdOf(secret, shard, seq)
      const { salt, made } = make(id, 1)
      if (ledger.putNew(keys, { seq, answers, country: cast.country, revisions: [made] }))
        return record('cast', id, seq, made, salt)
    }

    const stored = ledger.ballot(keys)
    const ballotSeq = stored?.seq ?? seq
    const id = ballotIdOf(secret, shard, ballotSeq)
    const rules: Rules = {
      revisable: poll.revisions === 'until-close',
      revisionOnly: cast.revisionOnly,
      shut,
      uninvited,
      matches: (made) => commitmentOf(saltOf(secret, id, made.revision), answers) === made.commitment,
      // Elsewhere a voter's only ballot has been looked for already.
      quotaLeft: () => poll.dedupe.by !== 'ip' || ledger.ballotsOf(voterKey) < poll.dedupe.limit,
    }
    const decision = decide(stored, { answers, requestKey }, rules)
    if (decision.kind === 'refuse') return refuse(decision.refusal)
    if (decision.kind === 'replay')
      return accept<CastOutcome>({
        kind: 'replayed',
        ballot: { id, pollId, shard, ...onWire(decision.revision) },
      })

    const { salt, made } = make(id, decision.kind === 'cast' ? 1 : decision.revision)
    if (stored?.answers) {
      count.remove(JSON.parse(stored.answers))
      counted.push({ answers: stored.answers, weight: -1 })
    }
    ledger.put(keys, stateAfter(stored, seq, answers, cast.country, made))
    return record(decision.kind, id, ballotSeq, made, salt)
  })

  const last = state.seq + entries.length
  if (entries.length === 0) return { next: state, replies, counted, events }
  const tally = count.close()
  ledger.append({ first: state.seq + 1, last, head, entries })
  ledger.keepTally(last, tally)
  return { next: { ...state, seq: last, head, castAt: now, tally }, replies, counted, events }
}

/** The canonical answers, checked again where the edge knew an older definition of the poll. */
const answersFor = (
  poll: Poll,
  { answers, pollVersion, dedupeBy }: BallotCast,
): Result<string, VotingRefusal> => {
  if (pollVersion === undefined || pollVersion === poll.version) return accept(answers)
  // Keys of another rule say nothing here. The edge knows better within seconds.
  if (dedupeBy !== undefined && dedupeBy !== poll.dedupe.by)
    return refuse({ reason: 'overloaded', retryAfterSeconds: 5 })
  const checked = checkBallot(poll.questions, JSON.parse(answers))
  return checked.ok ? accept(JSON.stringify(checked.value)) : checked
}

/** Why nothing new may land at this moment, on the box's own clock; null while the poll is open. */
const shutReason = ({ frozen, definition: { poll } }: BoxState, now: number): Rules['shut'] => {
  const status = frozen ? 'closed' : statusOf(poll, now)
  if (status === 'open') return null
  return status === 'closed' ? 'poll-closed' : 'poll-not-open'
}

const stateAfter = (
  stored: StoredBallot | null,
  seq: number,
  answers: string,
  country: string | null,
  made: StoredRevision,
): StoredBallot =>
  stored === null
    ? { seq, answers, country, revisions: [made] }
    : { ...stored, answers, country, revisions: [...stored.revisions, made] }

const onWire = ({ revision, seq, castAt, commitment }: StoredRevision) => ({
  revision,
  seq,
  castAt,
  commitment,
})
