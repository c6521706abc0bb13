// Deadlines in virtual time: while a world runs, `AbortSignal.timeout` counts its milliseconds, not the wall's.
import type { Schedule } from './schedule.ts'

/** Returns what puts the real one back. One world at a time. */
export const virtualDeadlines = (schedule: Schedule): (() => void) => {
  const real = AbortSignal.timeout
  AbortSignal.timeout = (delayMs) => deadline(schedule, delayMs)
  return () => {
    AbortSignal.timeout = real
  }
}

/** A signal that is aborted after a while, as the platform's deadlines are. */
export const deadline = (schedule: Schedule, delayMs: number): AbortSignal => {
  const controller = new AbortController()
  schedule.after(delayMs, () => controller.abort(new DOMException('the time is up', 'TimeoutError')))
  return controller.signal
}
