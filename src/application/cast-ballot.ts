import type { CastOutcome } from '../domain/ballot/ballot.ts'
import { checkBallot } from '../domain/ballot/check-ballot.ts'
import { receiptClaims } from '../domain/ballot/receipt.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { networkOf } from '../domain/voter/network.ts'
import { retrySafe } from '../domain/voter/voter-keys.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type {
  BallotBoxes,
  ChallengeVerifier,
  PollBook,
  ReceiptBook,
  Suspicion,
  TokenReader,
} from './ports.ts'
import { personAsked, type VoterShown, verifyVoter } from './verify-voter.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'cast'>
  readonly receipts: Pick<ReceiptBook, 'sign'>
  readonly tokens: TokenReader
  readonly challenges: ChallengeVerifier
  readonly suspicion: Suspicion
  readonly random: Random
}

export interface CastOrder extends VoterShown {
  readonly pollId: string
  /** As sent: nothing in it has been looked at yet. */
  readonly answers: Readonly<Record<string, unknown>>
  /** Whether it may only change a ballot that is there. */
  readonly revisionOnly: boolean
  /** Two letters, ISO 3166-1. */
  readonly country: string | null
  /** The continent, two letters. */
  readonly region: string | null
}

export interface Cast extends CastOutcome {
  /** A compact JWS; the same for every repeat. */
  readonly receipt: string
  /** Whether a repeat of this very request would have been known as one. */
  readonly retrySafe: boolean
}

/** What a message to the archive has room for. A body of 64 KiB in another format may be more as JSON. */
const mostBytes = 64 * 1024

/** Accepts one voter's ballot. Casting the same ballot again returns the same receipt. */
export const castBallot =
  ({ pollBook, ballotBoxes, receipts, tokens, challenges, suspicion, random }: Needs) =>
  async (order: CastOrder, signal: AbortSignal): Promise<Result<Cast, VotingRefusal>> => {
    const definition = await pollBook.find(order.pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })

    const keys = await verifyVoter({ tokens, random })(definition, order)
    if (!keys.ok) return keys
    const asked = personAsked(definition, order, suspicion)
    if (asked && order.challengeToken === null) return refuse({ reason: 'challenge-required' })
    const checked = checkBallot(definition.poll.questions, order.answers)
    if (!checked.ok) return checked
    // Last, because a challenge is good once and should not be spent on a ballot that does not fit.
    if (asked && !(await challenges.passed(order.challengeToken ?? '', order.address, signal)))
      return refuse({ reason: 'challenge-failed' })

    const { revisionOnly, country, region } = order
    const answers = JSON.stringify(checked.value)
    // At most three bytes a code unit: nearly every ballot is known to be small without being encoded.
    if (answers.length * 3 > mostBytes && new TextEncoder().encode(answers).byteLength > mostBytes)
      return refuse({ reason: 'ballot-too-large' })
    const { version: pollVersion, dedupe } = definition.poll
    const ballot = { ...keys.value, answers, pollVersion, dedupeBy: dedupe.by, revisionOnly, country }
    const cast = await ballotBoxes.cast(definition, ballot, signal, region)
    if (!cast.ok) return cast
    if (cast.value.kind === 'accepted' && definition.poll.challenge === 'suspicious')
      await suspicion.note(definition.poll.id, networkOf(order.address)).catch(() => undefined) // the ballot is counted, whatever becomes of this
    return accept({
      ...cast.value,
      receipt: await receipts.sign(receiptClaims(cast.value.ballot)),
      retrySafe: retrySafe(definition.poll, order),
    })
  }
