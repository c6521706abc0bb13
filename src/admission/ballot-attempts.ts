// How often one voter may knock at one poll: a limit by voter and poll, never by address, because a school is one address.
// It is kept in the isolate alone and waits for nothing.
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'

/** Far above any retry of a client that means well: repeats are cheap, and every one gets the same answer. */
export const attemptsPerMinute = 120
const windowMs = 60_000
const votersKnown = 50_000

export interface BallotAttempts {
  /** null: come in. Else when to come again, ms since the epoch. */
  refusedUntil(pollId: string, voter: string): number | null
}

export const ballotAttempts = (clock: Clock): BallotAttempts => {
  const windows = new BoundedMap<string, { count: number; readonly until: number }>(votersKnown)
  return {
    refusedUntil: (pollId, voter) => {
      const key = `${pollId} ${voter}`
      const now = clock.now()
      const window = windows.get(key)
      if (window === undefined || now >= window.until) {
        windows.set(key, { count: 1, until: now + windowMs })
        return null
      }
      window.count += 1
      return window.count > attemptsPerMinute ? window.until : null
    },
  }
}
