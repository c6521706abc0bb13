// Timers in virtual time: while a world runs, `setTimeout` and `AbortSignal.timeout` count its milliseconds, not the wall's.
import type { Schedule, Timer } from './schedule.ts'

/** Returns what puts the real ones back. One world at a time. */
export const virtualTimers = (schedule: Schedule): (() => void) => {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }
  const realDeadline = AbortSignal.timeout
  const later = (
    run: (...args: readonly unknown[]) => void,
    delayMs = 0,
    ...args: readonly unknown[]
  ): Timer => schedule.after(delayMs, () => run(...args))
  const never = (timer: Timer | undefined) => timer?.cancel()
  Object.assign(globalThis, { setTimeout: later, clearTimeout: never })
  AbortSignal.timeout = (delayMs) => deadline(schedule, delayMs)
  return () => {
    Object.assign(globalThis, real)
    AbortSignal.timeout = realDeadline
  }
}

/** A signal that is aborted after a while, as the platform's deadlines are. */
export const deadline = (schedule: Schedule, delayMs: number): AbortSignal => {
  const controller = new AbortController()
  schedule.after(delayMs, () => controller.abort(timeIsUp))
  return controller.signal
}

/** One for all: most deadlines come when nobody waits any more. */
const timeIsUp = new DOMException('the time is up', 'TimeoutError')
