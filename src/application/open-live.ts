// Opening a viewer's socket: judged here, held by a relay.
import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { type Result, refuse } from '../kernel/result.ts'
import type { Relays } from './live-feed.ts'
import type { PollViews, ReceiptBook, Scoreboards } from './ports.ts'
import { mayWatch, type ResultsOrder } from './read-results.ts'

interface Needs {
  readonly pollViews: Pick<PollViews, 'find' | 'forget'>
  /** From the nearest memory. */
  readonly results: Pick<Scoreboards, 'snapshot'>
  readonly receipts: Pick<ReceiptBook, 'verify'>
  readonly relays: Relays
  readonly clock: Clock
}

export interface LiveOrder extends ResultsOrder {
  /** The page that asks, as the browser says; null: none does. */
  readonly origin: string | null
  /** Our own, which may always. */
  readonly ownOrigin: string
  /** The version it has seen already, 0 for none. */
  readonly holds: number
  readonly address: string | null
  readonly region: string | null
  readonly upgrade: Request
}

/** As many as the tree of relays is made for: of a poll that was made before plans had a say. */
const mostViewersOfAnyPoll = 10_000_000

type LiveRefusal = VotingRefusal | { readonly reason: 'origin-not-allowed' }

/** The 101 of the relay that holds the socket from now on, untouched. */
export const openLive =
  ({ pollViews, results, receipts, relays, clock }: Needs) =>
  async (order: LiveOrder, signal: AbortSignal): Promise<Result<Response, LiveRefusal>> => {
    const { pollId, holds, address, region, upgrade } = order
    // Twice: what is remembered here may be older than the newest terms.
    for (let tries = 0; tries < 2; tries++) {
      const allowed = await mayWatch({ pollViews, receipts, clock })(order, signal)
      if (!allowed.ok) return allowed
      const { poll } = allowed.value
      if (!allowsOrigin(poll, order)) return refuse({ reason: 'origin-not-allowed' })
      const { value: snapshot } = await results.snapshot(pollId, signal)
      if (snapshot === null) return refuse({ reason: 'poll-not-found' })
      const { leaves = 1 } = snapshot
      const { mostViewers = mostViewersOfAnyPoll } = poll
      const viewer = { pollId, judged: poll.version, holds, leaves, address, region, mostViewers, upgrade }
      const opened = await relays.open(viewer, signal)
      if (opened.ok) return opened
      if (opened.refusal.reason !== 'terms-changed') return refuse(opened.refusal)
      await pollViews.forget(pollId)
    }
    return refuse({ reason: 'results-hidden' })
  }

/** Whether a page of this origin may watch: one the poll allows, or our own. */
export const allowsOrigin = (
  { allowedOrigins }: Pick<Poll, 'allowedOrigins'>,
  { origin, ownOrigin }: Pick<LiveOrder, 'origin' | 'ownOrigin'>,
): boolean =>
  origin === null || allowedOrigins.length === 0 || [...allowedOrigins, ownOrigin].includes(origin)
