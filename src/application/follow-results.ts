// Results as they come, one version after the other, for a reader who stays: out of the nearest memory, so that a stream
// holds nothing and asks no object.
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Result } from '../kernel/result.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import type { Snapshot } from './ports.ts'
import type { ResultsOrder, ResultsRead } from './read-results.ts'

interface Needs {
  readonly readResults: (
    order: ResultsOrder,
    signal: AbortSignal,
  ) => Promise<Result<ResultsRead, VotingRefusal>>
  /** Resolves after a while; rejects when the signal is aborted. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  readonly clock: Clock
}

export interface FollowOrder extends ResultsOrder {
  /** The version the reader has; only newer ones are given. −1: none. */
  readonly since: number
  /** After this the stream ends and the reader comes back: a Worker may ask others so many times a request. */
  readonly lifeMs: number
}

/** As often as the memory is fresh for. */
const everyMs = 1_000
/** Proxies end what is silent for a minute. */
const heartbeatMs = 15_000

/** Each newer publication; null: a sign of life is due. Ends with the final one, and when this reader may not see any more.
 *  Whoever takes slowly is given the newest: nothing waits for them. */
export const followResults = ({ readResults, pause, clock }: Needs) =>
  async function* (order: FollowOrder, signal: AbortSignal): AsyncGenerator<Snapshot | null, void> {
    const ends = clock.now() + order.lifeMs
    let since = order.since
    let saidAt = clock.now()
    while (clock.now() < ends) {
      const read = await readResults(order, signal).catch(unavailable)
      if (read !== null && !read.ok) return
      const snapshot = read?.value.snapshot ?? null
      if (snapshot !== null && snapshot.version > since) {
        since = snapshot.version
        saidAt = clock.now()
        yield snapshot
      }
      if (snapshot?.final === true) return
      await pause(everyMs, signal)
      if (clock.now() - saidAt < heartbeatMs) continue
      saidAt = clock.now()
      yield null
    }
  }

/** What cannot be asked now, or took too long, may be asked in a moment. */
const unavailable = (error: unknown): null => {
  if (error instanceof Unavailable || (error instanceof Error && error.name === 'TimeoutError')) return null
  throw error
}
