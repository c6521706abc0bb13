// What one location remembers (the Cache API): shared by its isolates, no stale-while-revalidate of its own.
import type { Clock } from '../kernel/clock.ts'
import { type Entry, supersedes } from './entry.ts'
import type { Tier } from './tier.ts'

/** The part of the Cache API we use; absent where the platform has none. */
export interface ColoCache {
  match(request: string): Promise<Response | undefined>
  put(request: string, response: Response): Promise<void>
  delete(request: string): Promise<boolean>
}

/** Keys become URLs of a host that does not exist: nothing outside can ask for them. */
const urlOf = (key: string): string => `https://cache.edgepoll.invalid/${encodeURIComponent(key)}`

export const coloTier = <Value>(cache: ColoCache, clock: Clock): Tier<Value> => {
  const get = async (key: string): Promise<Entry<Value> | undefined> => {
    try {
      const found = await cache.match(urlOf(key))
      return found === undefined ? undefined : ((await found.json()) as Entry<Value>) // `put` below wrote it
    } catch {
      return undefined
    }
  }
  return {
    name: 'colo',
    get,
    put: async (key, entry) => {
      const seconds = Math.ceil((entry.standInUntil - clock.now()) / 1_000)
      if (seconds <= 0 || !supersedes(entry, await get(key))) return
      await cache.put(
        urlOf(key),
        new Response(JSON.stringify(entry), { headers: { 'Cache-Control': `max-age=${seconds}` } }),
      )
    },
    drop: async (key) => {
      await cache.delete(urlOf(key))
    },
  }
}
