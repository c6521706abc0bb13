// What one isolate remembers: bounded maps, in which the one written longest ago leaves first. Absences have a map of their
// own: anybody can ask for what is not there, and must not push out what is.
import { type Entry, supersedes } from './entry.ts'
import type { Tier } from './tier.ts'

export interface IsolateTier<Value> extends Tier<Value> {
  /** Without a promise, for the hot path. */
  peek(key: string): Entry<Value> | undefined
}

/** `capacity` of things that are there; of absences a fifth. */
export const isolateTier = <Value>(capacity: number): IsolateTier<Value> => {
  const there = new Map<string, Entry<Value>>()
  const absent = new Map<string, Entry<Value>>()
  const peek = (key: string) => there.get(key) ?? absent.get(key)
  return {
    name: 'isolate',
    peek,
    get: async (key) => peek(key),
    put: async (key, entry) => {
      if (!supersedes(entry, peek(key))) return
      there.delete(key)
      absent.delete(key)
      const [entries, most] = entry.value === null ? [absent, Math.ceil(capacity / 5)] : [there, capacity]
      entries.set(key, entry)
      const oldest = entries.keys().next()
      if (entries.size > most && !oldest.done) entries.delete(oldest.value)
    },
    drop: async (key) => {
      there.delete(key)
      absent.delete(key)
    },
  }
}
