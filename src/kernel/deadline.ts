// When a signal's time is up. A signal only tells that it is over; whoever passes work on must know how much is left.
import type { Clock } from './clock.ts'

const ends = new WeakMap<AbortSignal, number>()

/** Notes that this signal will be aborted at a time: milliseconds since the epoch, by this machine's clock. */
export const endsAt = (signal: AbortSignal, time: number): void => void ends.set(signal, time)

/** What is left, ms: never below 0, 0 for a signal that is aborted, infinite where nobody has set an end. */
export const leftMs = (signal: AbortSignal, clock: Clock): number => {
  if (signal.aborted) return 0
  const end = ends.get(signal)
  return end === undefined ? Number.POSITIVE_INFINITY : Math.max(0, end - clock.now())
}

/** What the next hop may take: its own patience, or what is left but for a margin in which to say so. */
export const hopMs = (signal: AbortSignal, clock: Clock, ownMs: number, marginMs: number): number =>
  Math.max(0, Math.min(ownMs, leftMs(signal, clock) - marginMs))

/** Time in which a callee's answer can still reach whoever waits for it. */
const onTheWayMs = 100

/** What travels to another machine: how long the caller will still wait, ms, since clocks differ and a time would say
 *  nothing there; undefined where it waits without an end. */
export const patienceOf = (signal: AbortSignal, clock: Clock): number | undefined => {
  const left = leftMs(signal, clock)
  return Number.isFinite(left) ? Math.max(0, left - onTheWayMs) : undefined
}
