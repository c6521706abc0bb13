// What every location can read (Workers KV): for what changes seldom, since one key takes one write a second and a
// reader may be a minute behind.
import type { Clock } from '../kernel/clock.ts'
import { type Entry, supersedes } from './entry.ts'
import type { Tier } from './tier.ts'

/** The part of a KV namespace we use. */
export interface KeyValueStore {
  get(key: string, options: { type: 'text'; cacheTtl: number }): Promise<string | null>
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>
  delete(key: string): Promise<void>
}

/** The least the platform takes, seconds. */
const cacheTtl = 30
const shortestLife = 60

/** `freshMs`: how long what lies here is good. Longer than in nearer tiers, because only what hardly ever changes is
 *  written here, and whoever changes it takes it out. */
export const kvTier = <Value>(store: KeyValueStore, clock: Clock, freshMs: number): Tier<Value> => {
  const get = async (key: string): Promise<Entry<Value> | undefined> => {
    try {
      const text = await store.get(key, { type: 'text', cacheTtl })
      return text === null ? undefined : (JSON.parse(text) as Entry<Value>) // `put` below wrote it
    } catch {
      return undefined
    }
  }
  return {
    name: 'kv',
    get,
    put: async (key, entry) => {
      // An absence is not written: KV would go on telling it after the thing is there.
      if (entry.value === null || !supersedes(entry, await get(key))) return
      const freshUntil = clock.now() + freshMs
      const kept = { ...entry, freshUntil, standInUntil: Math.max(freshUntil, entry.standInUntil) }
      const life = Math.max(shortestLife, Math.ceil((kept.standInUntil - clock.now()) / 1_000))
      await store.put(key, JSON.stringify(kept), { expirationTtl: life })
    },
    drop: (key) => store.delete(key),
  }
}
