// What crosses between edges and boxes: plain data, so that old and new code can talk.
import type {
  BoxAddress,
  BoxLink,
  BoxStanding,
  HeldBallot,
  InclusionProof,
  LogCheckpoint,
  LogPage,
  ShardAudit,
} from '../application/ports.ts'
import type { BallotCast, CastOutcome, OwnBallot } from '../domain/ballot/ballot.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { NamedVoter } from '../domain/voter/named-voter.ts'
import type { Result } from '../kernel/result.ts'
import type { BallotKeys } from './log.ts'

/** One object a shard; the name finds it. */
export const boxName = ({ pollId, shard }: BoxAddress): string => `${pollId}:${shard}`

export interface CastRequest extends BoxAddress {
  readonly cast: BallotCast
  /** The edge's stamp when it sent this, milliseconds since the epoch: from it the box tells how long its queue is. */
  readonly sentAt?: number
  /** How long the edge will still wait for an answer, ms, from when this arrives: a ballot that nobody waits for any
   *  more is not decided. */
  readonly patienceMs?: number
  /** W3C Trace Context of the edge's part; only where all keep theirs. */
  readonly traceparent?: string
}

export type CastReply = Result<CastOutcome, VotingRefusal>

/** The methods of a BallotBox object. Those that read answer null or nothing where nobody has voted. */
export interface BallotBoxRpc extends BoxLink {
  cast(request: CastRequest): Promise<CastReply>
  find(address: BoxAddress, keys: BallotKeys): Promise<OwnBallot | null>
  erase(address: BoxAddress, ballotSeq: number): Promise<'erased' | 'already' | 'none'>
  held(address: BoxAddress, voter: NamedVoter): Promise<readonly HeldBallot[]>
  prove(address: BoxAddress, ballotSeq: number): Promise<InclusionProof | null>
  log(address: BoxAddress, after: number, limit: number): Promise<LogPage>
  checkpoint(address: BoxAddress): Promise<LogCheckpoint | null>
  standing(address: BoxAddress): Promise<BoxStanding>
  audit(address: BoxAddress): Promise<ShardAudit>
  resend(address: BoxAddress, seq: number): Promise<void>
  confirm(address: BoxAddress, first: number, last: number): Promise<void>
}
