// What one isolate remembers: bounded, for a stated time, and asked for once at a time.
import type { Clock } from '../kernel/clock.ts'
import { until } from '../kernel/until.ts'

export interface Memory<Value> {
  /** The remembered value, or what `load` brings. Rejects as `load` does. */
  read(key: string, load: () => Promise<Value>, signal: AbortSignal): Promise<Value>
  forget(key: string): void
}

interface Terms {
  readonly clock: Clock
  /** How long a value may be served as it is, ms. */
  readonly freshMs: number
  /** How long after that a value may stand in when `load` fails, ms. */
  readonly staleMs: number
  /** How long a null, a known absence, is remembered, ms. */
  readonly absentMs: number
  readonly capacity: number
  /** Told when a stale value stood in for a failed load. */
  readonly stoodIn?: (error: unknown) => void
}

interface Entry<Value> {
  readonly value: Value
  readonly freshUntil: number
  readonly staleUntil: number
}

/** Callers of one key share one load. Each waits no longer than its own signal says, so that a load that never
 *  settles cannot hold anyone; after its starter's patience the next caller starts anew. */
export const memory = <Value>(terms: Terms): Memory<Value> => {
  const entries = new Map<string, Entry<Value>>()
  const loads = new Map<string, Promise<Value>>()

  const keep = (key: string, value: Value) => {
    const freshUntil = terms.clock.now() + (value === null ? terms.absentMs : terms.freshMs)
    entries.delete(key)
    entries.set(key, { value, freshUntil, staleUntil: freshUntil + terms.staleMs })
    const oldest = entries.keys().next()
    if (entries.size > terms.capacity && !oldest.done) entries.delete(oldest.value)
    return value
  }

  const shared = (key: string, load: () => Promise<Value>) => {
    const underWay = loads.get(key)
    if (underWay !== undefined) return underWay
    const started = load().then((value) => keep(key, value))
    const done = () => {
      if (loads.get(key) === started) loads.delete(key)
    }
    loads.set(key, started)
    started.then(done, done)
    return started
  }

  return {
    async read(key, load, signal) {
      const entry = entries.get(key)
      const now = terms.clock.now()
      if (entry !== undefined && now < entry.freshUntil) return entry.value
      try {
        return await until(signal, shared(key, load))
      } catch (error) {
        loads.delete(key)
        if (entry === undefined || now >= entry.staleUntil) throw error
        terms.stoodIn?.(error)
        return entry.value
      }
    },
    forget(key) {
      entries.delete(key)
    },
  }
}
