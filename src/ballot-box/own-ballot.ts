// A voter reads their own ballot.
import type { OwnBallot } from '../domain/ballot/ballot.ts'
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import { newest } from './decide.ts'
import type { BoxState, Ledger } from './ledger.ts'
import type { BallotKeys } from './log.ts'

/** null: these keys have no ballot here, or an erased one. */
export const ownBallot = (ledger: Ledger, state: BoxState, keys: BallotKeys): OwnBallot | null => {
  const stored = ledger.ballot(keys)
  if (stored === null || stored.answers === null) return null
  const { revision, seq, castAt, commitment } = newest(stored)
  const id = ballotIdOf(state.definition.secret, state.address.shard, stored.seq)
  return {
    ballot: { id, ...state.address, revision, seq, castAt, commitment },
    answers: JSON.parse(stored.answers),
  }
}
