// Erasing a ballot. Before the close it leaves the tally and keeps its keys, so that its voter cannot vote again;
// after the close answers and keys go for good, the numbers stand, and `erased` says how many they can no longer show.
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import type { Question } from '../domain/poll/poll.ts'
import type { Answers } from '../domain/tally/rule.ts'
import { noteErasure, uncountBallot } from '../domain/tally/tally.ts'
import { newest, type StoredBallot } from './decide.ts'
import type { BoxState, Ledger } from './ledger.ts'
import { type BallotKeys, checkpointEvery, type LogEntry, leafOf, nextHead, noCommitment } from './log.ts'
import type { Counted } from './rankings.ts'

/** `none`: this box never accepted such a ballot; `already`: it was erased before. Runs inside a transaction. */
export const eraseBallot = (
  ledger: Ledger,
  state: BoxState,
  ballotSeq: number,
  now: number,
): {
  readonly next: BoxState
  readonly outcome: 'erased' | 'already' | 'none'
  readonly counted: readonly Counted[]
} => {
  const cast = ledger.commitAt(ballotSeq)?.entries.find((entry) => entry.seq === ballotSeq)
  if (cast?.kind !== 'cast') return { next: state, outcome: 'none', counted: [] }
  const ballot = cast.keys && ledger.ballot(cast.keys)
  if (cast.keys === null || ballot?.answers == null) return { next: state, outcome: 'already', counted: [] }

  const { definition, address, frozen } = state
  const seq = state.seq + 1
  const revision = newest(ballot).revision + 1
  const erasure = { revision, seq, castAt: now, requestKey: null, commitment: noCommitment }
  const erased: StoredBallot = {
    ...ballot,
    answers: null,
    country: null,
    revisions: [...ballot.revisions, erasure],
  }
  const entry: LogEntry = {
    kind: 'erase',
    seq,
    ballotSeq,
    revision,
    castAt: now,
    commitment: noCommitment,
    keys: frozen ? null : cast.keys,
    erasedBy: frozen ? seq : null,
  }
  const head = nextHead(state.head, leafOf(entry, ballotIdOf(definition.secret, address.shard, ballotSeq)))
  const tally = frozen
    ? noteErasure(state.tally)
    : uncountBallot(definition.poll.questions, state.tally, JSON.parse(ballot.answers))

  ledger.append({ first: seq, last: seq, head, entries: [entry] })
  ledger.keepTally(seq, tally)
  if (seq % checkpointEvery === 0) ledger.keepCheckpoint({ seq, head, madeAt: now })
  if (frozen) {
    const rankings = rankingsOf(definition.poll.questions, JSON.parse(ballot.answers))
    if (rankings !== null) ledger.keepRanking(JSON.stringify(rankings))
    forgetVoter(ledger, cast.keys, erased)
  } else ledger.put(cast.keys, erased)
  return {
    next: { ...state, seq, head, castAt: now, tally },
    outcome: 'erased',
    counted: frozen ? [] : [{ answers: ballot.answers, weight: -1 }],
  }
}

/** At the close, what was erased before loses its keys too. Runs inside a transaction. */
export const forgetErasedVoters = (ledger: Ledger): void => {
  for (const { ballot, ...keys } of ledger.erasedBallots()) forgetVoter(ledger, keys, ballot)
}

const forgetVoter = (ledger: Ledger, keys: BallotKeys, ballot: StoredBallot): void => {
  ledger.remove(keys)
  ledger.blankKeys(
    ballot.revisions.map(({ seq }) => seq),
    newest(ballot).seq,
  )
}

/** The numbers stand after the close, and a runoff may still have to be counted: of its rounds too. Kept without keys,
 *  and only until the board says that the result is final. */
const rankingsOf = (questions: readonly Question[], answers: Answers): Answers | null => {
  const ranked = questions.filter(({ id, type }) => type === 'ranking' && Object.hasOwn(answers, id))
  if (ranked.length === 0) return null
  return Object.fromEntries(
    Object.entries(answers).filter(([id]) => ranked.some((question) => question.id === id)),
  )
}
