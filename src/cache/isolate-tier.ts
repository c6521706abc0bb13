// What one isolate remembers: bounded maps, in which what was written longest ago leaves first. Absences have a map of their
// own: anybody can ask for what is not there, and must not push out what is.
import { BoundedMap } from '../kernel/bounded-map.ts'
import { type Entry, supersedes } from './entry.ts'
import type { Tier } from './tier.ts'

export interface IsolateTier<Value> extends Tier<Value> {
  /** Without a promise, for the hot path. */
  peek(key: string): Entry<Value> | undefined
}

/** `capacity` of things that are there; of absences a fifth. */
export const isolateTier = <Value>(capacity: number): IsolateTier<Value> => {
  const there = new BoundedMap<string, Entry<Value>>(capacity)
  const absent = new BoundedMap<string, Entry<Value>>(capacity / 5)
  const peek = (key: string) => there.get(key) ?? absent.get(key)
  const forget = (key: string) => {
    there.delete(key)
    absent.delete(key)
  }
  return {
    name: 'isolate',
    peek,
    get: async (key) => peek(key),
    put: async (key, entry) => {
      if (!supersedes(entry, peek(key))) return
      forget(key)
      const entries = entry.value === null ? absent : there
      entries.set(key, entry)
    },
    drop: async (key) => forget(key),
  }
}
