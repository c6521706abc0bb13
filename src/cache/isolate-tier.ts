// What one isolate remembers: a bounded map, the one written longest ago leaves first.
import { type Entry, supersedes } from './entry.ts'
import type { Tier } from './tier.ts'

export interface IsolateTier<Value> extends Tier<Value> {
  /** Without a promise, for the hot path. */
  peek(key: string): Entry<Value> | undefined
}

export const isolateTier = <Value>(capacity: number): IsolateTier<Value> => {
  const entries = new Map<string, Entry<Value>>()
  return {
    name: 'isolate',
    peek: (key) => entries.get(key),
    get: async (key) => entries.get(key),
    put: async (key, entry) => {
      if (!supersedes(entry, entries.get(key))) return
      entries.delete(key)
      entries.set(key, entry)
      const oldest = entries.keys().next()
      if (entries.size > capacity && !oldest.done) entries.delete(oldest.value)
    },
    drop: async (key) => {
      entries.delete(key)
    },
  }
}
