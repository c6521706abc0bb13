import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { BallotBoxes, InclusionProof, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'prove'>
}

/** Proof that a ballot, or its erasure, is in the log. Whoever knows the ballot's id may ask. */
export const proveBallot =
  ({ pollBook, ballotBoxes }: Needs) =>
  async (
    { pollId, ballotId }: { readonly pollId: string; readonly ballotId: string },
    signal: AbortSignal,
  ): Promise<Result<InclusionProof, VotingRefusal>> => {
    const definition = await pollBook.find(pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })
    const proof = await ballotBoxes.prove(definition, ballotId, signal)
    return proof === null ? refuse({ reason: 'ballot-not-found' }) : accept(proof)
  }
