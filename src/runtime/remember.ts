// What is remembered, for how long, and what stands in when it cannot be asked.
import type { Report } from '../application/events.ts'
import type { KeyRing, PollBook } from '../application/ports.ts'
import { type Memory, memory } from '../cache/memory.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { Clock } from '../kernel/clock.ts'

const second = 1_000
const minute = 60 * second

/** A poll's secret may stay in an isolate at most 60 s: fresh and stale together. */
export const rememberPolls = (book: PollBook, clock: Clock): PollBook & { forget(pollId: string): void } => {
  const polls: Memory<CountingDefinition | null> = memory({
    clock,
    freshMs: 5 * second,
    staleMs: 55 * second,
    absentMs: second,
    capacity: 2_000,
  })
  return {
    find: (pollId, signal) =>
      polls.read(pollId, () => book.find(pollId, AbortSignal.timeout(5 * second)), signal),
    forget: polls.forget,
  }
}

/** A revoked key is refused everywhere within 60 s; a known key still opens for 10 minutes while Postgres is away. */
export const rememberKeys = (ring: KeyRing, clock: Clock, report: Report): KeyRing => {
  const keys: Memory<Awaited<ReturnType<KeyRing['find']>>> = memory({
    clock,
    freshMs: 50 * second,
    staleMs: 10 * minute,
    absentMs: 5 * second,
    capacity: 5_000,
    stoodIn: (error) => report({ type: 'keys-unavailable', servedStale: true, error: String(error) }),
  })
  return {
    find: (keyId, signal) =>
      keys.read(keyId, () => ring.find(keyId, AbortSignal.timeout(3 * second)), signal),
  }
}
