import { type Poll, statusOf } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { PollViews, ReceiptBook, Remembered, RememberedResults, Scoreboards, Snapshot } from './ports.ts'

interface Needs {
  readonly pollViews: Pick<PollViews, 'find'>
  /** From the nearest memory. */
  readonly results: Pick<Scoreboards, 'snapshot'>
  /** From the source of truth. */
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

export interface ResultsRead extends Omit<Remembered<Snapshot>, 'value'> {
  readonly snapshot: Snapshot
  /** Whether anybody may see this now; if not, no shared cache may keep it. */
  readonly open: boolean
}

/** The newest results for whoever may see them; `fresh` asks the scoreboard itself. */
export const readResults =
  ({ pollViews, results, scoreboards, receipts, clock }: Needs) =>
  async (
    { fresh = false, ...order }: ResultsOrder & { readonly fresh?: boolean },
    signal: AbortSignal,
  ): Promise<Result<ResultsRead, VotingRefusal>> => {
    const allowed = await mayWatch({ pollViews, receipts, clock })(order, signal)
    if (!allowed.ok) return allowed
    const source = fresh ? scoreboards : results
    const { value: snapshot, ...how } = await source.snapshot(order.pollId, signal)
    return snapshot === null
      ? refuse({ reason: 'poll-not-found' })
      : accept({ ...how, snapshot, open: allowed.value.open })
  }

/** The same for anybody, at once and from this isolate's memory alone; null: `readResults` must say. */
export const recallResults =
  ({
    pollViews,
    results,
    clock,
  }: Pick<Needs, 'clock'> & {
    readonly pollViews: Pick<PollViews, 'recall'>
    readonly results: Pick<RememberedResults, 'recall'>
  }) =>
  (pollId: string): ResultsRead | null => {
    const poll = pollViews.recall(pollId)?.value
    if (!poll || !isOpen(poll, clock)) return null
    const found = results.recall(pollId)
    return found?.value ? { ...found, snapshot: found.value, open: true } : null
  }

const isOpen = (poll: Poll, clock: Clock): boolean =>
  poll.results === 'always' || (poll.results === 'after-close' && statusOf(poll, clock.now()) === 'closed')

/** Whether results may be shown: `open` to anybody, or to this reader alone. */
export const mayWatch =
  ({ pollViews, receipts, clock }: Pick<Needs, 'pollViews' | 'receipts' | 'clock'>) =>
  async (
    order: ResultsOrder,
    signal: AbortSignal,
  ): Promise<Result<{ readonly open: boolean; readonly poll: Poll }, VotingRefusal>> => {
    const { value: poll } = await pollViews.find(order.pollId, signal)
    if (poll === null) return refuse({ reason: 'poll-not-found' })
    const open = isOpen(poll, clock)
    if (open || order.workspaceId === poll.workspaceId) return accept({ open, poll })
    const voted =
      poll.results === 'after-vote' &&
      order.receipt !== null &&
      (await receipts.verify(order.receipt))?.poll === poll.id
    return voted ? accept({ open, poll }) : refuse({ reason: 'results-hidden' })
  }
