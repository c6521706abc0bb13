// What crosses between edges and boxes: plain data, so that old and new code can talk.
import type { BoxAddress } from '../application/ports.ts'
import type { BallotCast, CastOutcome } from '../domain/ballot/ballot.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Result } from '../kernel/result.ts'

/** One object a shard; the name finds it. */
export const boxName = ({ pollId, shard }: BoxAddress): string => `${pollId}:${shard}`

export interface CastRequest extends BoxAddress {
  readonly cast: BallotCast
}

export type CastReply = Result<CastOutcome, VotingRefusal>

/** The methods of a BallotBox object. */
export interface BallotBoxRpc {
  cast(request: CastRequest): Promise<CastReply>
  confirm(address: BoxAddress, first: number, last: number): Promise<void>
}
