import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type ArchivedShare, archivedShare } from './archived-share.ts'
import type { BallotPages, ListedBallot, PageOf } from './ballot-pages.ts'
import { findOwned, type OwnPollOrder } from './own-poll.ts'
import type { BallotBoxes, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'standing'>
  readonly ballotPages: Pick<BallotPages, 'list' | 'find'>
}

export interface BallotsOrder extends OwnPollOrder {
  /** The id of the last ballot of the page before. */
  readonly after: string | null
  readonly limit: number
  /** Only those that are erased, or are not; null: all. */
  readonly erased: boolean | null
}

export interface BallotsPage extends PageOf<ListedBallot> {
  readonly poll: Poll
  /** How much of the poll the archive has; null where it was not asked. */
  readonly share: ArchivedShare | null
}

/** A page of a poll's ballots from the archive, in the order of their ids, which tells nothing. One statement. The first page
 *  of a poll that is not closed asks every box how far the archive is; the others would only ask again. */
export const listBallots =
  ({ pollBook, ballotBoxes, ballotPages }: Needs) =>
  async (
    { after, limit, erased, ...order }: BallotsOrder,
    signal: AbortSignal,
  ): Promise<Result<BallotsPage, VotingRefusal>> => {
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    const { poll, owned } = found.value
    const asks = after === null && poll.phase === 'open'
    const [page, share] = await Promise.all([
      ballotPages.list(owned, { after, limit, erased }, signal),
      asks ? archivedShare({ ballotBoxes })(poll, signal) : null,
    ])
    return accept({ ...page, poll, share })
  }

/** One ballot as the archive has it. */
export const readBallot =
  ({ pollBook, ballotPages }: Omit<Needs, 'ballotBoxes'>) =>
  async (
    { ballotId, ...order }: OwnPollOrder & { readonly ballotId: string },
    signal: AbortSignal,
  ): Promise<Result<{ readonly poll: Poll; readonly ballot: ListedBallot }, VotingRefusal>> => {
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    // What is no id of ours Postgres may not even take, as U+0000.
    if (!/^bal_[0-9a-z]{1,40}$/.test(ballotId)) return refuse({ reason: 'ballot-not-found' })
    const ballot = await ballotPages.find(found.value.owned, ballotId, signal)
    return ballot === null
      ? refuse({ reason: 'ballot-not-found' })
      : accept({ poll: found.value.poll, ballot })
  }
