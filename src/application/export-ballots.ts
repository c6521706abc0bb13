import type { ArchivedBallot } from '../domain/ballot/ballot.ts'
import { everyShard } from '../domain/poll/plan-shards.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { BallotBoxes, BallotReader, BoxStanding, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'standing'>
  readonly ballotReader: Pick<BallotReader, 'page'>
  /** Waits; rejects with the signal's reason. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
}

export interface Export {
  /** Every ballot the archive has, erased ones included; read as it is asked for. */
  readonly ballots: AsyncIterable<ArchivedBallot>
  /** Log events in Postgres, of all there are. Equal for a closed poll. */
  readonly archived: number
  readonly accepted: number
}

const rowsAtOnce = 1_000
const patienceMs = 8_000
const lookEveryMs = 250

/** A poll's ballots from the archive, row by row. Of a closed poll all of them or `archive-behind`; of an open one what
 *  is there. */
export const exportBallots =
  ({ pollBook, ballotBoxes, ballotReader, pause }: Needs) =>
  async (
    order: OwnPollOrder,
    signal: AbortSignal,
  ): Promise<Result<Export, VotingRefusal | { readonly reason: 'archive-behind' }>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const { poll } = owned.value
    const standings = () =>
      atMost(connectionsAtOnce, everyShard(poll), (shard) =>
        ballotBoxes.standing({ pollId: poll.id, shard }, signal),
      )
    let found = await standings()
    if (poll.phase === 'closing' || poll.phase === 'closed') {
      for (let waited = 0; behind(found) && waited < patienceMs; waited += lookEveryMs) {
        await pause(lookEveryMs, signal)
        found = await standings()
      }
      if (behind(found)) return refuse({ reason: 'archive-behind' })
    }
    return accept({
      ballots: pages(ballotReader, poll.id, signal),
      archived: sum(found, ({ archived }) => archived),
      accepted: sum(found, ({ seq }) => seq),
    })
  }

const behind = (standings: readonly BoxStanding[]): boolean =>
  standings.some(({ seq, archived }) => archived < seq)

const sum = (standings: readonly BoxStanding[], of: (standing: BoxStanding) => number): number =>
  standings.reduce((total, standing) => total + of(standing), 0)

async function* pages(reader: Pick<BallotReader, 'page'>, pollId: string, signal: AbortSignal) {
  let after: string | null = null
  while (true) {
    const page: readonly ArchivedBallot[] = await reader.page(pollId, after, rowsAtOnce, signal)
    yield* page
    after = page.at(-1)?.id ?? null
    if (page.length < rowsAtOnce || after === null) return
  }
}
