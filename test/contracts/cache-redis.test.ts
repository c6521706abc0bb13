// The Redis tier of the cache, on a real Redis and in memory: it keeps what tier.ts promises.
import { describe, expect, test } from 'vitest'
import { type Entry, entryOf } from '../../src/cache/entry.ts'
import { isolateTier } from '../../src/cache/isolate-tier.ts'
import { type RedisStore, redisTier } from '../../src/cache/redis-tier.ts'
import type { Tier } from '../../src/cache/tier.ts'
import { tiered } from '../../src/cache/tiered.ts'
import { systemClock as clock } from '../../src/kernel/clock.ts'
import { redisKinds, withRedis } from '../support/redis.ts'

const terms = { freshMs: 60_000, staleMs: 60_000, standInMs: 60_000, absentMs: 60_000 }
const now = clock.now()
const entry = (value: string | null, version: number, since = now): Entry<string> =>
  entryOf(value, version, terms, since)

describe.each(redisKinds('the Redis tier'))('the Redis tier, %s', (kind) => {
  const redis = withRedis(kind)
  const aTier = (timeoutMs = 20_000): Tier<string> =>
    redisTier(redis.client, clock, { timeoutMs, prefix: 'test:' })

  test('gives back what was put: value, version and times', async () => {
    const tier = aTier()
    expect(await tier.get('none')).toBeUndefined()
    const put = entry('grüße 🗳️ "1"', 3)
    await tier.put('a', put)
    expect(await tier.get('a')).toEqual(put)
    expect(await tier.get('another')).toBeUndefined()
  })

  test('tells what is known to be absent from what is not remembered', async () => {
    const tier = aTier()
    await tier.put('absent', entry(null, 0))
    expect(await tier.get('absent')).toMatchObject({ value: null })
  })

  test('never replaces a higher version, nor a later word of the same', async () => {
    const tier = aTier()
    await tier.put('b', entry('second', 2, now))
    await tier.put('b', entry('first', 1, now + 1_000))
    await tier.put('b', entry('second, before', 2, now - 1_000))
    expect(await tier.get('b')).toMatchObject({ value: 'second' })
    await tier.put('b', entry('second, later', 2, now + 1_000))
    expect(await tier.get('b')).toMatchObject({ value: 'second, later' })
    await tier.put('b', entry('third', 3, now - 1_000))
    expect(await tier.get('b')).toMatchObject({ value: 'third' })
  })

  test('lets the later word stand where one of both is an absence', async () => {
    const tier = aTier()
    await tier.put('c', entry('there', 7, now))
    await tier.put('c', entry(null, 0, now - 1))
    expect(await tier.get('c')).toMatchObject({ value: 'there' })
    await tier.put('c', entry(null, 0, now + 1))
    expect(await tier.get('c')).toMatchObject({ value: null })
    await tier.put('c', entry('again', 1, now + 2))
    expect(await tier.get('c')).toMatchObject({ value: 'again' })
  })

  test('of two writers at once the newer one wins, whoever comes last', async () => {
    const tier = aTier()
    await Promise.all([9, 3, 7, 1, 8].map((version) => tier.put('d', entry(`v${version}`, version))))
    expect(await tier.get('d')).toMatchObject({ value: 'v9' })
  })

  test('forgets, and keeps nothing longer than it may stand in', async () => {
    const tier = aTier()
    await tier.put('e', entry('x', 1))
    await tier.drop('e')
    expect(await tier.get('e')).toBeUndefined()
    await tier.put('f', entry('x', 1, now - 200_000))
    expect(await tier.get('f')).toBeUndefined()
    await tier.put('g', entry('x', 1))
    const life = await redis.client.pttl('test:g')
    expect(life).toBeGreaterThan(0)
    expect(life).toBeLessThanOrEqual(180_000)
  })

  test('while Redis stalls it remembers nothing, and a write that failed says so', async () => {
    const tier = aTier(30)
    await aTier().put('h', entry('x', 1))
    redis.stall(true)
    try {
      expect(await tier.get('h')).toBeUndefined()
      await expect(tier.put('h', entry('y', 2))).rejects.toThrow()
      await expect(tier.drop('h')).rejects.toThrow()
    } finally {
      redis.stall(false)
    }
  })

  test('what one edge has computed another gets without asking', async () => {
    let asked = 0
    const anEdge = () => {
      const work: Promise<unknown>[] = []
      const reads = tiered<string>({
        isolate: isolateTier(10),
        beyond: [aTier()],
        origin: async () => ({ value: `answer ${++asked}`, version: 0 }),
        terms: () => terms,
        clock,
        waitUntil: (pending) => void work.push(pending),
        jitter: () => 1,
      })
      return {
        read: () => reads.read('shared', AbortSignal.timeout(20_000)),
        settled: () => Promise.all(work),
      }
    }
    const [one, other] = [anEdge(), anEdge()]
    expect(await one.read()).toMatchObject({ value: 'answer 1', from: 'origin' })
    await one.settled()
    expect(await other.read()).toMatchObject({ value: 'answer 1', from: 'redis' })
    expect(asked).toBe(1)
  })
})

test('a Redis that is away makes reads slower and nothing else', async () => {
  const away: RedisStore = {
    hget: () => Promise.reject(new Error('away')),
    eval: () => Promise.reject(new Error('away')),
    del: () => Promise.reject(new Error('away')),
  }
  const reads = tiered<string>({
    isolate: isolateTier(10),
    beyond: [redisTier(away, clock, { timeoutMs: 1_000, prefix: '' })],
    origin: async () => ({ value: 'answer', version: 0 }),
    terms: () => terms,
    clock,
    waitUntil: (work) => void work,
    jitter: () => 1,
  })
  expect(await reads.read('key', AbortSignal.timeout(20_000))).toMatchObject({
    value: 'answer',
    from: 'origin',
  })
})
