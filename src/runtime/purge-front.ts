// What the platform keeps in front of the edge (Workers Cache) hears of every change of a poll's life.
import type { Report } from '../application/events.ts'
import type { Scoreboards } from '../application/ports.ts'

/** The platform's cache of our answers; it has no `purge` where there is none, as locally. */
export interface FrontCache {
  readonly purge?: (what: { tags: string[] }) => Promise<{
    readonly success: boolean
    readonly errors: readonly { readonly message: string }[]
  }>
}

interface Needs {
  readonly front: FrontCache
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly report: Report
}

/** Scoreboards whose changes, closes and deletions purge what is tagged with the poll. Nobody waits for it, and a purge that
 *  is refused (the platform takes 25 at once and 5 a minute) leaves the times of `http/cache-policy.ts` as the bound. */
export const purgeFront = (boards: Scoreboards, { front, waitUntil, report }: Needs): Scoreboards => {
  const purge = async (pollId: string): Promise<void> => {
    try {
      const purged = await front.purge?.({ tags: [pollId] })
      if (purged?.success === false) throw new Error(purged.errors.map(({ message }) => message).join('; '))
    } catch (error) {
      report({ type: 'purge-failed', pollId, error: String(error) })
    }
  }
  const purging = async <Answer>(pollId: string, work: Promise<Answer>): Promise<Answer> => {
    // Also of a change whose answer was lost: it may have been made.
    return work.finally(() => waitUntil(purge(pollId)))
  }
  return {
    ...boards,
    change: (pollId, change, signal) => purging(pollId, boards.change(pollId, change, signal)),
    close: (pollId, signal) => purging(pollId, boards.close(pollId, signal)),
    remove: (pollId, signal) => purging(pollId, boards.remove(pollId, signal)),
    retire: (pollId, closedBefore, signal) => purging(pollId, boards.retire(pollId, closedBefore, signal)),
  }
}
