// Each minute: deliveries that were due and that nobody was reminded of, because a reminder was lost or never sent.
import type { OverdueDeliveries } from '../application/webhook-ports.ts'
import type { ArchiveServices } from './archive-services.ts'

/** Longer than an attempt takes and a queue usually does, so that what is under way is not reminded of. */
const graceMs = 120_000
const mostAtOnce = 1_000
const patienceMs = 20_000

export const sweepDeliveries =
  ({
    overdueDeliveries,
    remind,
    clock,
    report,
  }: Pick<ArchiveServices, 'overdueDeliveries' | 'remind' | 'clock' | 'report'>) =>
  async (): Promise<void> => {
    const now = clock.now()
    const order = { before: now - graceMs, now, limit: mostAtOnce }
    const sweep = async ({ overdue }: OverdueDeliveries): Promise<void> => {
      try {
        const due = await overdue(order, AbortSignal.timeout(patienceMs))
        if (due.length === 0) return
        await remind(due)
        report({ type: 'deliveries-swept', count: due.length })
      } catch (error) {
        // The next minute's sweep finds them too; other databases are swept all the same.
        report({ type: 'sweep-failed', error: String(error) })
      }
    }
    await Promise.all(overdueDeliveries.map(sweep))
  }
