// Reading through tiers: who answers, who learns, who asks the origin, and what happens when nobody can.
import { describe, expect, it } from 'vitest'
import type { ColoCache } from '../../src/cache/colo-tier.ts'
import { coloTier } from '../../src/cache/colo-tier.ts'
import { entryOf, supersedes, type Terms } from '../../src/cache/entry.ts'
import { isolateTier } from '../../src/cache/isolate-tier.ts'
import { type KeyValueStore, kvTier } from '../../src/cache/kv-tier.ts'
import { readOnly } from '../../src/cache/read-only.ts'
import { type Tiered, tiered } from '../../src/cache/tiered.ts'

const terms: Terms = { freshMs: 1_000, staleMs: 1_000, standInMs: 60_000, absentMs: 500 }
const patient = () => AbortSignal.timeout(20_000)

interface Origin {
  value: string | null
  version: number
  asked: number
  /** What the next questions meet. */
  answer: () => Promise<void>
}

const aColo = (): ColoCache => {
  const kept = new Map<string, string>()
  return {
    match: async (url) => (kept.has(url) ? new Response(kept.get(url)) : undefined),
    put: async (url, response) => void kept.set(url, await response.text()),
    delete: async (url) => kept.delete(url),
  }
}

const aStore = (): KeyValueStore & { readonly kept: Map<string, string>; writes: number } => {
  const kept = new Map<string, string>()
  const store = {
    kept,
    writes: 0,
    get: async (key: string) => kept.get(key) ?? null,
    put: async (key: string, value: string) => {
      store.writes++
      kept.set(key, value)
    },
    delete: async (key: string) => void kept.delete(key),
  }
  return store
}

/** A world of one location and one KV, in which isolates can be started. */
const aWorld = () => {
  const clock = { time: 1_000_000, now: () => clock.time }
  const origin: Origin = { value: 'one', version: 1, asked: 0, answer: async () => {} }
  const colo = aColo()
  const store = aStore()
  const kv = kvTier<string>(store, clock, 86_400_000)
  const behind: Promise<unknown>[] = []
  const isolate = (withColo: ColoCache = colo): Tiered<string> =>
    tiered<string>({
      isolate: isolateTier(100),
      beyond: [coloTier<string>(withColo, clock), readOnly(kv)],
      terms: () => terms,
      origin: async () => {
        origin.asked++
        const { value, version } = origin
        await origin.answer()
        return { value, version }
      },
      clock,
      waitUntil: (work) => behind.push(work),
      jitter: () => 1,
    })
  const settle = async () => {
    while (behind.length > 0) await behind.pop()
  }
  /** What the one writer of KV says. */
  const tell = (value: string, version: number) =>
    kv.put('k', entryOf(value, version, { ...terms, standInMs: 86_400_000 }, clock.time))
  return { clock, origin, store, kv, isolate, settle, tell }
}

describe('a read', () => {
  it('asks the origin once and remembers', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'one', from: 'origin', stale: false })
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'one', from: 'isolate' })
    expect(world.origin.asked).toBe(1)
  })

  it('of a thousand at once asks the origin once', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => isolate.read('k', patient())))
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set(['one']))
    expect(world.origin.asked).toBe(1)
  })

  it('in another isolate of the location finds what the first one brought, and its age goes on counting', async () => {
    const world = aWorld()
    await world.isolate().read('k', patient())
    await world.settle()
    world.clock.time += 700
    const other = world.isolate()
    expect(await other.read('k', patient())).toMatchObject({ from: 'colo', ageMs: 700 })
    world.clock.time += 400
    world.origin.value = 'two'
    world.origin.version = 2
    await other.read('k', patient())
    await world.settle()
    expect(await other.read('k', patient())).toMatchObject({ value: 'two' })
  })

  it('past its freshness is answered at once and refreshed behind the reader’s back', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    await isolate.read('k', patient())
    await world.settle()
    Object.assign(world.origin, { value: 'two', version: 2 })
    world.clock.time += 1_500
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'one', from: 'isolate', stale: false })
    await world.settle()
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'two' })
  })

  it('is never served older than fresh and stale together while the origin answers', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    await isolate.read('k', patient())
    await world.settle()
    Object.assign(world.origin, { value: 'two', version: 2 })
    world.clock.time += 2_001
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'two', from: 'origin' })
  })
})

describe('absence', () => {
  it('is remembered, is not the same as not remembered, and ends soon', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    Object.assign(world.origin, { value: null, version: 0 })
    expect(await isolate.read('k', patient())).toMatchObject({ value: null, from: 'origin' })
    expect(await isolate.read('k', patient())).toMatchObject({ value: null, from: 'isolate' })
    Object.assign(world.origin, { value: 'there', version: 1 })
    world.clock.time += 500
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'there' })
  })

  it('is never written to KV, which would go on telling it', async () => {
    const { kv, store } = aWorld()
    await kv.put('k', entryOf<string>(null, 0, terms, 1_000_000))
    expect(store.writes).toBe(0)
  })
})

describe('an origin that fails', () => {
  it('is stood in for by the last answer, marked, and only for its time', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    await isolate.read('k', patient())
    world.origin.answer = () => Promise.reject(new Error('down'))
    world.clock.time += 30_000
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'one', stale: true })
    world.clock.time += 40_000
    await expect(isolate.read('k', patient())).rejects.toThrow('down')
  })

  it('fails every waiting reader alike where nothing is remembered', async () => {
    const world = aWorld()
    world.origin.answer = () => Promise.reject(new Error('down'))
    const isolate = world.isolate()
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => isolate.read('k', patient())))
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
  })
})

describe('a leader that never settles', () => {
  it('holds nobody: after its lease the next reader asks anew', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    let never = true
    world.origin.answer = () => (never ? new Promise(() => {}) : Promise.resolve())
    const leader = new AbortController()
    const first = isolate.read('k', leader.signal)
    const follower = isolate.read('k', patient())
    leader.abort(new Error('the client has gone'))
    await expect(first).rejects.toThrow('the client has gone')
    never = false
    world.clock.time += 1_001
    expect(await follower).toMatchObject({ value: 'one' })
    expect(world.origin.asked).toBe(2)
  })

  it('lets a follower go when its own time is up', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    world.origin.answer = () => new Promise(() => {})
    const abandoned = new AbortController()
    isolate.read('k', abandoned.signal).catch(() => undefined)
    const impatient = new AbortController()
    const follower = isolate.read('k', impatient.signal)
    impatient.abort(new Error('too long'))
    await expect(follower).rejects.toThrow('too long')
    abandoned.abort()
  })
})

describe('learning', () => {
  it('is seen at once where it was made, and in the location', async () => {
    const world = aWorld()
    const here = world.isolate()
    await here.read('k', patient())
    await here.learn('k', 'two', 2)
    expect(await here.read('k', patient())).toMatchObject({ value: 'two', from: 'isolate' })
    expect(await world.isolate().read('k', patient())).toMatchObject({ value: 'two', from: 'colo' })
  })

  it('is not undone by an answer that was already on its way', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    let arrive = () => {}
    world.origin.answer = () => new Promise((resolve) => (arrive = resolve))
    const reading = isolate.read('k', patient())
    await expect.poll(() => world.origin.asked).toBe(1)
    await isolate.learn('k', 'two', 2)
    arrive()
    expect(await reading).toMatchObject({ value: 'two' })
    expect(await isolate.read('k', patient())).toMatchObject({ value: 'two' })
  })

  it('leaves KV alone, which another writes', async () => {
    const world = aWorld()
    await world.isolate().learn('k', 'two', 2)
    await world.isolate().read('k', patient())
    await world.settle()
    expect(world.store.writes).toBe(0)
  })
})

describe('KV', () => {
  it('tells every location, and is held there no longer than anything else', async () => {
    const world = aWorld()
    await world.tell('final', 5)
    const far = world.isolate(aColo())
    world.clock.time += 3_600_000
    expect(await far.read('k', patient())).toMatchObject({ value: 'final', from: 'kv' })
    await world.settle()
    world.store.kept.clear()
    Object.assign(world.origin, { value: 'final, less one', version: 6 })
    world.clock.time += 2_001
    expect(await far.read('k', patient())).toMatchObject({ value: 'final, less one' })
  })

  it('that is a minute behind cannot take a reader back to a lower version', async () => {
    const world = aWorld()
    const isolate = world.isolate()
    await world.tell('final', 5)
    await isolate.learn('k', 'final', 6)
    Object.assign(world.origin, { value: 'final', version: 6 })
    world.clock.time += 2_001
    expect(await isolate.read('k', patient())).toMatchObject({ from: 'origin' })
  })

  it('does not take a lower version over a higher', async () => {
    const world = aWorld()
    await world.tell('final', 6)
    await world.tell('less', 5)
    expect(await world.isolate().read('k', patient())).toMatchObject({ value: 'final' })
  })

  it('says so when it could not be written or cleared', async () => {
    const full = () => Promise.reject(new Error('one write a second'))
    const kv = kvTier<string>({ get: async () => null, put: full, delete: full }, { now: () => 0 }, 1_000)
    await expect(kv.put('k', entryOf('one', 1, terms, 0))).rejects.toThrow('one write a second')
    await expect(kv.drop('k')).rejects.toThrow('one write a second')
  })
})

describe('tiers that break', () => {
  it('make it slower and nothing else', async () => {
    const clock = { now: () => 1_000_000 }
    const broken = async () => {
      throw new Error('broken')
    }
    const read = tiered<string>({
      isolate: isolateTier(1),
      beyond: [
        coloTier<string>({ match: broken, put: broken, delete: broken }, clock),
        kvTier<string>({ get: broken, put: broken, delete: broken }, clock, 1_000),
      ],
      terms: () => terms,
      origin: async () => ({ value: 'one', version: 1 }),
      clock,
      waitUntil: (work) => void work,
      jitter: () => 0,
    })
    expect(await read.read('k', patient())).toMatchObject({ value: 'one' })
    await read.learn('k', 'two', 2)
    await read.forget('k')
    expect(await read.read('k', patient())).toMatchObject({ value: 'one' })
  })
})

describe('an isolate', () => {
  it('remembers a bounded number, and forgets what was written longest ago', async () => {
    const isolate = isolateTier<number>(2)
    for (const [at, key] of ['a', 'b', 'c'].entries()) await isolate.put(key, entryOf(at, 1, terms, at))
    expect(['a', 'b', 'c'].map((key) => isolate.peek(key)?.value)).toEqual([undefined, 1, 2])
  })

  it('lets no number of absences push out what is there', async () => {
    const isolate = isolateTier<number>(10)
    await isolate.put('there', entryOf(1, 1, terms, 0))
    for (let at = 0; at < 1_000; at++) await isolate.put(`made up ${at}`, entryOf<number>(null, 0, terms, at))
    expect(isolate.peek('there')?.value).toBe(1)
    expect([isolate.peek('made up 999')?.value, isolate.peek('made up 990')]).toEqual([null, undefined])
    await isolate.put('there', entryOf<number>(null, 0, terms, 2_000))
    expect(isolate.peek('there')?.value).toBeNull()
  })

  it('prefers the higher version, then the later word', () => {
    const at = (version: number, now: number) => entryOf('x', version, terms, now)
    expect(supersedes(at(1, 9), at(2, 1))).toBe(false)
    expect(supersedes(at(2, 1), at(1, 9))).toBe(true)
    expect(supersedes(at(1, 9), at(1, 1))).toBe(true)
    expect(supersedes(at(1, 1), at(1, 9))).toBe(false)
  })
})
