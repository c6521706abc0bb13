// Reading through tiers: the nearest that knows answers, the ones before it learn, and the origin is asked once.
import type { Remembered } from '../application/ports.ts'
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'
import { pause } from '../kernel/pause.ts'
import { until } from '../kernel/until.ts'
import { type Entry, entryOf, supersedes, type Terms } from './entry.ts'
import type { IsolateTier } from './isolate-tier.ts'
import type { Tier } from './tier.ts'

export interface Tiered<Value> {
  /** What this isolate has fresh, at once; null: `read` must look further. */
  recall(key: string): Remembered<Value> | null
  /** null: known to be absent. Rejects as the origin does, where nothing may stand in for it. */
  read(key: string, signal: AbortSignal): Promise<Remembered<Value>>
  /** Puts something newer in everywhere: a change is seen at once where it was made. */
  learn(key: string, value: Value | null, version: number): Promise<void>
  forget(key: string): Promise<void>
}

interface Parts<Value> {
  readonly isolate: IsolateTier<Value>
  /** Nearest first. What is read goes into all of them that are not read-only. */
  readonly beyond: readonly Tier<Value>[]
  readonly origin: (
    key: string,
    signal: AbortSignal,
  ) => Promise<{ readonly value: Value | null; readonly version: number }>
  readonly terms: (value: Value | null) => Terms
  readonly clock: Clock
  /** Keeps the platform from ending what goes on behind a reader's back. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** 0 … 1, so that isolates do not all ask at once. */
  readonly jitter: () => number
}

/** How long one reader may ask for all before another starts: a leader may be cancelled and never say so. */
const leaseMs = 1_000
const originPatienceMs = 5_000
const lookAgainMs = 4
const mostIncidents = 1_000

export const tiered = <Value>(parts: Parts<Value>): Tiered<Value> => {
  const { isolate, beyond, origin, terms, clock, waitUntil } = parts
  /** Plain data only: a promise of another request may never settle once that request is gone. */
  const flights = new Map<string, number>()
  /** How often asking for a key has failed: whoever waited for it fails with it, instead of asking in turn. */
  const failures = new BoundedMap<string, { readonly times: number; readonly error: unknown }>(mostIncidents)
  /** How often a key has been forgotten: an answer that was asked for before is not remembered. */
  const forgotten = new BoundedMap<string, number>(mostIncidents)

  const found = (
    { value, since }: Entry<Value>,
    from: Remembered<Value>['from'],
    stale = false,
  ): Remembered<Value> => ({
    value,
    from,
    ageMs: Math.max(0, clock.now() - since),
    stale,
  })

  /** A tier that will not remember is a slower system, not a broken one. */
  const fill = async (key: string, entry: Entry<Value>, tiers: readonly Tier<Value>[]) => {
    for (const tier of tiers) await tier.put(key, entry).catch(() => undefined)
  }

  const fetched = async (key: string): Promise<Remembered<Value>> => {
    const asked = clock.now()
    const before = forgotten.get(key)
    const { value, version } = await origin(key, AbortSignal.timeout(originPatienceMs))
    const own = terms(value)
    const entry = entryOf(
      value,
      version,
      { ...own, freshMs: own.freshMs * (0.9 + 0.1 * parts.jitter()) },
      asked,
    )
    if (forgotten.get(key) !== before) return found(entry, 'origin')
    const known = isolate.peek(key)
    // Someone may have learned of something newer in the meantime.
    if (known !== undefined && !supersedes(entry, known)) return found(known, 'origin')
    await isolate.put(key, entry)
    waitUntil(fill(key, entry, beyond))
    return found(entry, 'origin')
  }

  /** The nearest tier beyond the isolate that has something fresh; the tiers before it learn. What lies long in a
   *  further tier is held no longer here than anything else: whoever changes it can only reach that tier. */
  const remembered = async (key: string): Promise<Remembered<Value> | null> => {
    for (const [at, tier] of beyond.entries()) {
      const entry = await tier.get(key)
      if (entry === undefined) continue
      const known = isolate.peek(key)
      if (known !== undefined && known.version > entry.version) continue
      const now = clock.now()
      const held = { ...entry, freshUntil: Math.min(entry.freshUntil, now + terms(entry.value).freshMs) }
      await isolate.put(key, held)
      if (now >= held.freshUntil) continue // it may stand in later, and nothing older will take its place
      waitUntil(fill(key, held, beyond.slice(0, at)))
      return found(held, tier.name)
    }
    return null
  }

  const lead = async (key: string): Promise<Remembered<Value>> => {
    const lease = clock.now() + leaseMs
    flights.set(key, lease)
    try {
      const answer = (await remembered(key)) ?? (await fetched(key))
      failures.delete(key)
      return answer
    } catch (error) {
      failures.set(key, { times: (failures.get(key)?.times ?? 0) + 1, error })
      throw error
    } finally {
      if (flights.get(key) === lease) flights.delete(key)
    }
  }

  const underWay = (key: string): boolean => (flights.get(key) ?? 0) > clock.now()

  /** The answer, whoever asks for it. */
  const awaited = async (key: string, signal: AbortSignal): Promise<Remembered<Value>> => {
    const failed = failures.get(key)?.times ?? 0
    while (underWay(key)) {
      await pause(lookAgainMs, signal)
      const entry = isolate.peek(key)
      if (entry !== undefined && clock.now() < entry.freshUntil) return found(entry, 'isolate')
      const failure = failures.get(key)
      if (failure !== undefined && failure.times > failed) throw failure.error
    }
    const leading = lead(key)
    waitUntil(leading.catch(() => undefined))
    return until(signal, leading)
  }

  return {
    recall(key) {
      const entry = isolate.peek(key)
      return entry !== undefined && clock.now() < entry.freshUntil ? found(entry, 'isolate') : null
    },

    async read(key, signal) {
      const entry = isolate.peek(key)
      const now = clock.now()
      if (entry !== undefined && now < entry.freshUntil) return found(entry, 'isolate')
      if (entry !== undefined && now < entry.staleUntil) {
        if (!underWay(key)) waitUntil(lead(key).catch(() => undefined))
        return found(entry, 'isolate')
      }
      try {
        return await awaited(key, signal)
      } catch (error) {
        const last = isolate.peek(key)
        if (last === undefined || clock.now() >= last.standInUntil) throw error
        return found(last, 'isolate', true)
      }
    },

    async learn(key, value, version) {
      const entry = entryOf(value, version, terms(value), clock.now())
      await isolate.put(key, entry)
      await fill(key, entry, beyond)
    },

    async forget(key) {
      forgotten.set(key, (forgotten.get(key) ?? 0) + 1)
      flights.delete(key)
      await Promise.allSettled([isolate, ...beyond].map((tier) => tier.drop(key)))
    },
  }
}
