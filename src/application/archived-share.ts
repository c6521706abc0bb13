// How much of a poll the archive has: log events there, of all that its boxes have written.

import { everyShard } from '../domain/poll/plan-shards.ts'
import type { Poll } from '../domain/poll/poll.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import type { BallotBoxes, BoxStanding } from './ports.ts'

export interface ArchivedShare {
  readonly archived: number
  readonly accepted: number
  /** Whether a box has something that the archive has not. */
  readonly behind: boolean
}

export const archivedShare =
  ({ ballotBoxes }: { readonly ballotBoxes: Pick<BallotBoxes, 'standing'> }) =>
  async (poll: Poll, signal: AbortSignal): Promise<ArchivedShare> => {
    const standings = await atMost(connectionsAtOnce, everyShard(poll), (shard) =>
      ballotBoxes.standing({ pollId: poll.id, shard }, signal),
    )
    return {
      archived: sum(standings, ({ archived }) => archived),
      accepted: sum(standings, ({ seq }) => seq),
      behind: standings.some(({ seq, archived }) => archived < seq),
    }
  }

const sum = (standings: readonly BoxStanding[], of: (standing: BoxStanding) => number): number =>
  standings.reduce((total, standing) => total + of(standing), 0)
