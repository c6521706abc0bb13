import type { Clock } from '../kernel/clock.ts'
import type { Report } from './events.ts'
import { type AgingRows, agingRows, type RetentionRecords } from './retention-ports.ts'

interface Needs {
  readonly retentionRecords: Pick<RetentionRecords, 'forget'>
  readonly clock: Clock
  readonly report: Report
}

/** How long rows are kept that no owner decides about, in days: docs/design/privacy.md says why. */
export const keptDays = {
  'letters-of-deleted-polls': 0,
  'dead-letters': 14,
  /** As long as anything can still be on its way: a queue keeps a message for four days. */
  tombstones: 14,
  /** Retries of a delivery go on for three days. */
  payloads: 14,
  deliveries: 90,
  'audit-log': 400,
} as const satisfies Record<AgingRows, number>

export interface Forgotten {
  /** How many rows went, by what they were; with `dryRun` how many would, counted no further than a batch. */
  readonly rows: Readonly<Record<AgingRows, number>>
  /** Whether another batch may find more. */
  readonly more: boolean
}

const dayMs = 24 * 60 * 60 * 1_000

/** One batch of each kind of row that is older than it is kept. Repeating it is safe. */
export const forgetAged =
  ({ retentionRecords, clock, report }: Needs) =>
  async (
    { limit, dryRun }: { readonly limit: number; readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<Forgotten> => {
    const counts: Partial<Record<AgingRows, number>> = {}
    for (const rows of agingRows) {
      const before = clock.now() - keptDays[rows] * dayMs
      const count = await retentionRecords.forget(
        rows,
        { before, limit, ...(dryRun && { only: 'count' }) },
        signal,
      )
      if (count > 0 && !dryRun) report({ type: 'rows-forgotten', rows, count })
      counts[rows] = count
    }
    const gone = counts as Record<AgingRows, number> // every kind was just asked for
    return { rows: gone, more: Object.values(gone).some((count) => count >= limit) }
  }
