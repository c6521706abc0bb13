// Reads that a replica may answer: where the reader named what it must have seen and the replica has seen it. Everybody else,
// and whoever a replica cannot serve, is answered by the primary, so that nobody ever reads something older than without one.
import type { Report } from '../application/events.ts'
import type { Clock } from '../kernel/clock.ts'
import { readAfterOf } from '../kernel/read-after.ts'
import { ArchiveRejected, ArchiveUnavailable } from './archive-error.ts'
import type { ConditionalDatabase, Database } from './database.ts'
import { positionIn } from './write-token.ts'

interface Pair {
  readonly name: string
  readonly primary: Database
  readonly replica: ConditionalDatabase
}

interface Terms {
  readonly report: Report
  readonly clock: Clock
  /** After so long a replica is as good as away, ms: whoever asks has time left for the primary. */
  readonly patienceMs?: number
}

/** A replica that does not answer is left alone for so long: whoever waited for it in vain asks again in time. */
const restMs = 10_000

/** Whether the replica has come so far is asked in the round trip of the statement itself, before it: a replica only moves
 *  on, so that the snapshot after it has at least as much. */
export const freshReads = (
  { name, primary, replica }: Pair,
  { report, clock, patienceMs = 2_000 }: Terms,
): Database => {
  let restsUntil = Number.NEGATIVE_INFINITY
  return {
    run: async (statement, signal) => {
      const replayed = positionIn(readAfterOf(signal) ?? '', name)
      if (replayed === null) return primary.run(statement, signal)
      if (clock.now() >= restsUntil) {
        const own = AbortSignal.timeout(patienceMs)
        try {
          return await replica.run(statement, AbortSignal.any([signal, own]), { replayed })
        } catch (error) {
          signal.throwIfAborted()
          const reason = own.aborted ? 'away' : reasonOf(error)
          if (reason === 'away') restsUntil = clock.now() + restMs
          if (reason === null) throw error
          report({ type: 'replica-passed-over', database: name, reason })
        }
      } else report({ type: 'replica-passed-over', database: name, reason: 'away' })
      return primary.run(statement, signal)
    },
  }
}

/** Why the primary is asked instead; null: there is no time left for it, or it would do no better. */
const reasonOf = (error: unknown): 'behind' | 'away' | null => {
  if (error instanceof ArchiveRejected) return error.code === isBehind ? 'behind' : null
  // What ran out of its time here would there too, and it has cost enough.
  return error instanceof ArchiveUnavailable && error.code !== outOfTime ? 'away' : null
}

/** `invalid_parameter_value`: what driver.ts makes of a replica that has not come so far. A statement that has such a value of its
 *  own is refused by the primary again. */
const isBehind = '22023'
/** `query_canceled` */
const outOfTime = '57014'
