// What the platform remembers for edges: one location's cache, and the store that all locations read, a minute behind.
import type { ColoCache } from '../../../src/cache/colo-tier.ts'
import type { KeyValueStore } from '../../../src/cache/kv-tier.ts'
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import type { Schedule } from './schedule.ts'
import type { Caller } from './stateful-object.ts'

/** The cache of one location; it outlives its isolates. */
export const coloOf = (schedule: Schedule): ColoCache => {
  const kept = new Map<string, { readonly text: string; readonly until: number }>()
  return {
    match: async (request) => {
      const found = kept.get(request)
      return found === undefined || found.until <= schedule.now ? undefined : new Response(found.text)
    },
    put: async (request, response) => {
      const seconds = Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1] ?? 0)
      kept.set(request, { text: await response.text(), until: schedule.now + seconds * 1_000 })
    },
    delete: async (request) => kept.delete(request),
  }
}

/** Workers KV, as a caller reaches it: what was written is seen at once by some and up to a minute later by others,
 *  deletions too. */
export const keyValuesOf = (
  schedule: Schedule,
  chance: Chance,
  chaos: Chaos,
): ((caller: Caller) => KeyValueStore) => {
  const kept = new Map<string, Kept>()
  const read = (key: string): string | null => {
    const found = kept.get(key)
    if (found === undefined) return null
    if (found.at + 60_000 > schedule.now && found.before !== found.value && chaos.strikes('kv-stale')) {
      chaos.fired('kv-stale')
      return found.before
    }
    return found.value
  }
  const write = (key: string, value: string | null) =>
    void kept.set(key, { value, before: kept.get(key)?.value ?? null, at: schedule.now })

  return (caller) => {
    const asked = <Answer>(mostMs: number, answer: () => Answer): Promise<Answer> =>
      new Promise((resolve) => {
        caller.departs(() => {
          schedule.after(chance.between(1, mostMs), () => {
            const found = answer()
            if (caller.alive) resolve(found)
          })
        })
      })
    return {
      get: (key) => asked(15, () => read(key)),
      put: (key, value) => asked(40, () => write(key, value)),
      delete: (key) => asked(40, () => write(key, null)),
    }
  }
}

interface Kept {
  readonly value: string | null
  readonly before: string | null
  readonly at: number
}
