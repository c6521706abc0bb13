// How long to wait before sending again: full jitter, so that many who failed together do not return together.
import type { Random } from '../load/seeded-random.ts'

/** Milliseconds before attempt n + 1, n from 0: anything up to 50 ms · 2ⁿ and at most 2 s, on top of what the server
 *  asked for in Retry-After. */
export const backoffMs = (attempt: number, retryAfterSeconds: number | null, random: Random): number =>
  (retryAfterSeconds ?? 0) * 1000 + random() * Math.min(2000, 50 * 2 ** Math.min(attempt, 10))
