// Each minute: deliveries that were due and that nobody was reminded of, because a reminder was lost or never sent.
import type { ArchiveServices } from './archive-services.ts'

/** Longer than an attempt takes and a queue usually does, so that what is under way is not reminded of. */
const graceMs = 120_000
const mostAtOnce = 1_000
const patienceMs = 20_000

export const sweepDeliveries =
  ({
    deliveryRecords,
    remind,
    clock,
    report,
  }: Pick<ArchiveServices, 'deliveryRecords' | 'remind' | 'clock' | 'report'>) =>
  async (): Promise<void> => {
    try {
      const before = clock.now() - graceMs
      const due = await deliveryRecords.overdue(before, mostAtOnce, AbortSignal.timeout(patienceMs))
      if (due.length === 0) return
      await remind(due)
      report({ type: 'deliveries-swept', count: due.length })
    } catch (error) {
      // The next minute's sweep finds them too.
      report({ type: 'archive-failed', messages: 0, error: String(error) })
    }
  }
