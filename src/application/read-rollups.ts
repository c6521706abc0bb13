import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result } from '../kernel/result.ts'
import { type ArchivedShare, archivedShare } from './archived-share.ts'
import { type FoundPoll, findOwned, type OwnPollOrder } from './own-poll.ts'
import type { BallotBoxes, PollBook } from './ports.ts'
import type { CrossTabCell, Interval, RollupReader, TimelinePoint } from './rollups.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'standing'>
  readonly rollupReader: RollupReader
}

export interface TimelineOrder extends OwnPollOrder {
  readonly interval: Interval
  /** Milliseconds since the epoch; the first interval of the page is the first that begins then or later. */
  readonly from: number
  readonly to: number
  readonly limit: number
  /** Whether to ask how far the archive is: of the first page. */
  readonly asksShare: boolean
}

export interface Timeline {
  readonly points: readonly TimelinePoint[]
  /** Where the next page begins; null: this is the last. */
  readonly next: number | null
  readonly share: ArchivedShare | null
}

/** How many ballots were cast when, as far as the archive is: a revision counts when it was cast, an erased ballot not. */
export const readTimeline =
  (needs: Needs) =>
  async (
    { interval, from, to, limit, asksShare, ...order }: TimelineOrder,
    signal: AbortSignal,
  ): Promise<Result<Timeline, VotingRefusal>> => {
    const found = await findOwned(needs.pollBook, order, signal)
    if (!found.ok) return found
    const [points, share] = await Promise.all([
      // One more than the page has says whether there is a next one.
      needs.rollupReader.timeline(found.value.owned, { interval, from, to, limit: limit + 1 }, signal),
      asksShare ? shareOf(needs, found.value, signal) : null,
    ])
    return accept({ points: points.slice(0, limit), next: points[limit]?.at ?? null, share })
  }

export interface Breakdown {
  readonly poll: Poll
  readonly cells: readonly CrossTabCell[]
  readonly share: ArchivedShare | null
}

/** Ballots by country, and what was answered there, as far as the archive is. */
export const readBreakdown =
  (needs: Needs) =>
  async (order: OwnPollOrder, signal: AbortSignal): Promise<Result<Breakdown, VotingRefusal>> => {
    const found = await findOwned(needs.pollBook, order, signal)
    if (!found.ok) return found
    const { owned, poll } = found.value
    const [cells, share] = await Promise.all([
      needs.rollupReader.crossTab(owned, signal),
      shareOf(needs, found.value, signal),
    ])
    return accept({ poll, cells, share })
  }

const shareOf = (needs: Needs, { poll }: FoundPoll, signal: AbortSignal) =>
  poll.phase === 'draft' ? null : archivedShare(needs)(poll, signal)
