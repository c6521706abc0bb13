// All that a box holds of one voter: for whoever asks what is known about them, and for erasing it.
import type { HeldBallot } from '../application/ports.ts'
import { ballotIdOf } from '../domain/ballot/ballot-id.ts'
import type { NamedVoter } from '../domain/voter/named-voter.ts'
import type { BoxState, Ledger } from './ledger.ts'

/** Erased ballots whose keys are still here included. */
export const heldBallots = (ledger: Ledger, state: BoxState, voter: NamedVoter): readonly HeldBallot[] =>
  ledger.ballotsNamed(voter).map(({ seq, answers, country, revisions }) => ({
    id: ballotIdOf(state.definition.secret, state.address.shard, seq),
    shard: state.address.shard,
    seq,
    answers: answers === null ? null : JSON.parse(answers),
    country,
    revisions: revisions.map(({ revision, seq: place, castAt, commitment }) => ({
      revision,
      seq: place,
      castAt,
      commitment,
    })),
  }))
