import { atMost } from '../kernel/at-most.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Report } from './events.ts'
import type { Scoreboards } from './ports.ts'
import type { OldPoll, RetentionPlace, RetentionRecords } from './retention-ports.ts'

interface Needs {
  readonly retentionRecords: Pick<RetentionRecords, 'oldPolls'>
  readonly scoreboards: Pick<Scoreboards, 'retire'>
  readonly clock: Clock
  readonly report: Report
}

export interface Retirement {
  /** Polls that closed longer ago than their workspace keeps them: deleted, or with `dryRun` to be. */
  readonly polls: readonly {
    readonly pollId: string
    readonly workspaceId: string
    readonly closedAt: number
  }[]
  /** Of how many of these the scoreboard could not be asked: the next round finds them again. */
  readonly failed: number
  /** How many old polls were looked at. */
  readonly seen: number
  /** Where to go on; null: that was the end. */
  readonly next: RetentionPlace | null
}

const dayMs = 24 * 60 * 60 * 1_000
/** A removal waits for the poll's boxes and for Postgres; a Worker may have six connections that wait. */
const removalsAtOnce = 4

/** One step of a round over all polls that are old enough to be looked at. Postgres says which may be due and the
 *  scoreboard decides; what it deletes goes as by `DELETE`. Repeating a step is safe. */
export const retirePolls =
  ({ retentionRecords, scoreboards, clock, report }: Needs) =>
  async (
    order: { readonly after: RetentionPlace | null; readonly limit: number; readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<Retirement> => {
    const now = clock.now()
    const old = await retentionRecords.oldPolls(order.after, order.limit, now, signal)
    const due = old.flatMap((poll) => (isDue(poll, now) ? [poll] : []))
    let failed = 0
    const retired = await atMost(removalsAtOnce, order.dryRun ? [] : due, async (poll) => {
      const { pollId, workspaceId, closedAt, retentionDays } = poll
      try {
        if (!(await scoreboards.retire(pollId, now - retentionDays * dayMs, signal))) return null
        report({ type: 'poll-retired', pollId, workspaceId, closedAt })
        return poll
      } catch (error) {
        report({ type: 'retirement-failed', pollId, workspaceId, error: String(error) })
        failed++ // the others must not wait for this one
        return null
      }
    })
    const last = old.at(-1)
    return {
      polls: (order.dryRun ? due : retired.filter((poll) => poll !== null)).map(
        ({ pollId, workspaceId, closedAt }) => ({ pollId, workspaceId, closedAt }),
      ),
      failed,
      seen: old.length,
      next: last === undefined || old.length < order.limit ? null : placeOf(last),
    }
  }

const isDue = (poll: OldPoll, now: number): poll is OldPoll & { readonly closedAt: number } =>
  poll.closedAt !== null && poll.closedAt < now - poll.retentionDays * dayMs

const placeOf = ({ workspaceId, createdAt, pollId }: OldPoll): RetentionPlace => ({
  workspaceId,
  createdAt,
  pollId,
})
