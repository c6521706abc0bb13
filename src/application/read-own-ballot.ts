import type { OwnBallot } from '../domain/ballot/ballot.ts'
import { receiptClaims } from '../domain/ballot/receipt.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { BallotBoxes, PollBook, ReceiptBook, TokenReader } from './ports.ts'
import { type VoterShown, verifyVoter } from './verify-voter.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'find'>
  readonly receipts: Pick<ReceiptBook, 'sign'>
  readonly tokens: TokenReader
  readonly random: Random
}

/** The voter's own ballot as it stands, with its receipt. */
export const readOwnBallot =
  ({ pollBook, ballotBoxes, receipts, tokens, random }: Needs) =>
  async (
    order: VoterShown & { readonly pollId: string },
    signal: AbortSignal,
  ): Promise<Result<OwnBallot & { readonly receipt: string }, VotingRefusal>> => {
    const definition = await pollBook.find(order.pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })
    // Without an id of their own nobody has a ballot of their own: an address alone may stand for a whole school.
    const nameless = order.voterId === null && order.inviteCode === null && order.voterToken === null
    if (nameless && definition.poll.dedupe.by !== 'invite' && definition.poll.dedupe.by !== 'account')
      return refuse({ reason: 'voter-id-required' })
    const keys = await verifyVoter({ tokens, random })(definition, order)
    if (!keys.ok) return keys
    const own = await ballotBoxes.find(definition, keys.value, signal)
    if (own === null) return refuse({ reason: 'ballot-not-found' })
    return accept({ ...own, receipt: await receipts.sign(receiptClaims(own.ballot)) })
  }
