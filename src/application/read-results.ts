import { statusOf } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { PollBook, ReceiptBook, Scoreboards, Snapshot } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly scoreboards: Pick<Scoreboards, 'snapshot'>
  readonly receipts: Pick<ReceiptBook, 'verify'>
  readonly clock: Clock
}

export interface ResultsOrder {
  readonly pollId: string
  /** A receipt of this poll, as proof of having voted. */
  readonly receipt: string | null
  /** The workspace of a key that may read results, or null: it sees them always. */
  readonly workspaceId: string | null
}

export interface ResultsRead {
  readonly snapshot: Snapshot
  /** Whether anybody may see this now; if not, no shared cache may keep it. */
  readonly open: boolean
}

/** The newest results for whoever may see them. */
export const readResults =
  ({ pollBook, scoreboards, receipts, clock }: Needs) =>
  async (order: ResultsOrder, signal: AbortSignal): Promise<Result<ResultsRead, VotingRefusal>> => {
    const allowed = await mayWatch({ pollBook, receipts, clock })(order, signal)
    if (!allowed.ok) return allowed
    const snapshot = await scoreboards.snapshot(order.pollId, signal)
    return snapshot === null ? refuse({ reason: 'poll-not-found' }) : accept({ snapshot, ...allowed.value })
  }

/** Whether results may be shown: `open` to anybody, or to this reader alone. */
export const mayWatch =
  ({ pollBook, receipts, clock }: Pick<Needs, 'pollBook' | 'receipts' | 'clock'>) =>
  async (
    order: ResultsOrder,
    signal: AbortSignal,
  ): Promise<Result<{ readonly open: boolean }, VotingRefusal>> => {
    const definition = await pollBook.find(order.pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })
    const { poll } = definition
    const open =
      poll.results === 'always' ||
      (poll.results === 'after-close' && statusOf(poll, clock.now()) === 'closed')
    if (open || order.workspaceId === poll.workspaceId) return accept({ open })
    const voted =
      poll.results === 'after-vote' &&
      order.receipt !== null &&
      (await receipts.verify(order.receipt))?.poll === poll.id
    return voted ? accept({ open }) : refuse({ reason: 'results-hidden' })
  }
