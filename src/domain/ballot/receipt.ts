// What a receipt proves: that a ballot is in the log, not what it says.
import type { AcceptedBallot } from './ballot.ts'

export interface ReceiptClaims {
  readonly poll: string
  readonly ballot: string
  readonly revision: number
  readonly shard: number
  readonly seq: number
  readonly commitment: string
}

export const receiptClaims = (ballot: AcceptedBallot): ReceiptClaims => ({
  poll: ballot.pollId,
  ballot: ballot.id,
  revision: ballot.revision,
  shard: ballot.shard,
  seq: ballot.seq,
  commitment: ballot.commitment,
})
