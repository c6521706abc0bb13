import type { CastOutcome } from '../domain/ballot/ballot.ts'
import { checkBallot } from '../domain/ballot/check-ballot.ts'
import { receiptClaims } from '../domain/ballot/receipt.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { type VoterClaim, voterKeys } from '../domain/voter/voter-keys.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { BallotBoxes, PollBook, ReceiptBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'cast'>
  readonly receipts: Pick<ReceiptBook, 'sign'>
  readonly random: Random
}

export interface CastOrder extends Omit<VoterClaim, 'chance'> {
  readonly pollId: string
  /** As sent: nothing in it has been looked at yet. */
  readonly answers: Readonly<Record<string, unknown>>
  /** Two letters, ISO 3166-1. */
  readonly country: string | null
}

export interface Cast extends CastOutcome {
  /** A compact JWS; the same for every repeat. */
  readonly receipt: string
}

/** Accepts one voter's ballot. Casting the same ballot again returns the same receipt. */
export const castBallot =
  ({ pollBook, ballotBoxes, receipts, random }: Needs) =>
  async (order: CastOrder, signal: AbortSignal): Promise<Result<Cast, VotingRefusal>> => {
    const definition = await pollBook.find(order.pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })
    const { poll, secret } = definition

    const keys = voterKeys(secret, poll.dedupe, { ...order, chance: random.bytes(16) })
    if (!keys.ok) return keys
    const checked = checkBallot(poll.questions, order.answers)
    if (!checked.ok) return checked

    const ballot = { ...keys.value, answers: JSON.stringify(checked.value), country: order.country }
    const cast = await ballotBoxes.cast(definition, ballot, signal)
    if (!cast.ok) return cast
    return accept({ ...cast.value, receipt: await receipts.sign(receiptClaims(cast.value.ballot)) })
  }
