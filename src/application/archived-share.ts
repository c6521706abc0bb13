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
  /** Each box, by shard. */
  readonly standings: readonly BoxStanding[]
}

/** `before`: of a poll whose boxes are frozen, what a look said a moment ago; boxes that were archived whole are not asked again. */
export const archivedShare =
  ({ ballotBoxes }: { readonly ballotBoxes: Pick<BallotBoxes, 'standing'> }) =>
  async (poll: Poll, signal: AbortSignal, before?: ArchivedShare): Promise<ArchivedShare> => {
    const standings = await atMost(connectionsAtOnce, everyShard(poll), async (shard) => {
      const known = before?.standings[shard]
      return known !== undefined && known.archived >= known.seq
        ? known
        : ballotBoxes.standing({ pollId: poll.id, shard }, signal)
    })
    return {
      archived: sum(standings, ({ archived }) => archived),
      accepted: sum(standings, ({ seq }) => seq),
      behind: standings.some(({ seq, archived }) => archived < seq),
      standings,
    }
  }

const sum = (standings: readonly BoxStanding[], of: (standing: BoxStanding) => number): number =>
  standings.reduce((total, standing) => total + of(standing), 0)
