// Work that an answer waits for a little and does not depend on: it goes on by itself, and its failure is told.
import type { Event, Report } from './events.ts'

export interface BesideNeeds {
  /** Waits; rejects with the signal's reason. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  /** Lets work outlive the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly report: Report
}

/** `work` is given a signal that is its own: a caller who leaves does not stop it. */
export const beside =
  ({ pause, waitUntil, report }: BesideNeeds) =>
  async (
    patienceMs: number,
    work: (signal: AbortSignal) => Promise<unknown>,
    failed: (error: string) => Event,
  ): Promise<void> => {
    const done = work(new AbortController().signal).catch((error: unknown) => report(failed(String(error))))
    waitUntil(done)
    const enough = new AbortController()
    await Promise.race([done, pause(patienceMs, enough.signal).catch(() => undefined)])
    enough.abort()
  }
