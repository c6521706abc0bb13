import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { archivedShare } from './archived-share.ts'
import type { BallotPages, ExportPage } from './ballot-pages.ts'
import { findOwned, type OwnPollOrder } from './own-poll.ts'
import type { BallotBoxes, PollBook } from './ports.ts'
import { readAsOfNow, type WriteTokens } from './write-tokens.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'standing'>
  readonly ballotPages: Pick<BallotPages, 'lines'>
  readonly writeTokens: WriteTokens
  /** Waits; rejects with the signal's reason. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  readonly clock: Clock
}

export interface Export {
  readonly poll: Poll
  /** Every ballot the archive has, erased ones included, as lines; the next page is read while one is being sent. */
  readonly pages: AsyncGenerator<string, void>
  /** Log events in Postgres, of all there are. Equal for a closed poll. */
  readonly archived: number
  readonly accepted: number
}

/** How long the archive of a closed poll is waited for: the contract says so, and nothing else ends it sooner. */
const patienceMs = 10_000
/** Each box that is behind is asked at each look, of the 1,000 questions that a request may ask; the pages ask too. */
const lookEveryMs = ({ shards }: Poll) => Math.max(250, (patienceMs * shards) / 400)

/** What a page may take: large enough that a far Postgres is asked seldom, small enough for a Worker that holds two. */
const pageBytes = 512 * 1024
/** The first page is small, so that the first byte comes soon. */
const firstRows = 500
const mostRows = 10_000

/** A poll's ballots from the archive, page by page. Of a closed poll all of them or `archive-behind`; of an open one what
 *  is there. Its first page is read before it answers: where Postgres is away, that is an answer and no broken file.
 *  Aborting the signal ends the reading. */
export const exportBallots =
  ({ pollBook, ballotBoxes, ballotPages, writeTokens, pause, clock }: Needs) =>
  async (
    order: OwnPollOrder,
    signal: AbortSignal,
  ): Promise<Result<Export, VotingRefusal | { readonly reason: 'archive-behind' }>> => {
    const until = clock.now() + patienceMs
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    const { poll, owned } = found.value
    const look = archivedShare({ ballotBoxes })
    let share = await look(poll, signal)
    if (poll.phase === 'closing' || poll.phase === 'closed') {
      while (share.behind && clock.now() < until) {
        await pause(Math.min(lookEveryMs(poll), until - clock.now()), signal)
        share = await look(poll, signal, poll.phase === 'closed' ? share : undefined)
      }
      if (share.behind) return refuse({ reason: 'archive-behind' })
    }
    // What the boxes were told to be archived a replica must have too, or an export would lack what it says it has.
    await readAsOfNow(writeTokens, owned.workspaceId, signal)
    const read = (after: string | null, rows: number) =>
      ballotPages.lines(owned, { after, rows, bytes: pageBytes }, signal)
    const { archived, accepted } = share
    return accept({ poll, pages: pages(read, await read(null, firstRows)), archived, accepted })
  }

async function* pages(
  read: (after: string, rows: number) => Promise<ExportPage>,
  first: ExportPage,
): AsyncGenerator<string, void> {
  let page = first
  while (true) {
    const ahead = page.next === null ? null : read(page.next, rowsAfter(page))
    ahead?.catch(() => undefined) // it is waited for below, unless nobody reads on
    yield page.lines
    if (ahead === null) return
    page = await ahead
  }
}

/** As many rows as fill a page, if the next are like the last; not many times more, as they may not be. */
const rowsAfter = ({ lines, ballots }: ExportPage): number => {
  const fit = Math.ceil((pageBytes * ballots) / Math.max(1, lines.length))
  return Math.max(100, Math.min(mostRows, fit, ballots * 8))
}
