// The Redis gateway held to what Upstash's own client and limiter expect of the real service, in memory and on a real Redis.
import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonServer } from '../../dev/json-server.ts'
import { hasRedisServer, startRedis } from '../../dev/redis.ts'
import { startRedisGateway } from '../../dev/redis-gateway.ts'
import { openRedisInMemory, type RedisStore } from '../../dev/redis-store.ts'
import { aDataFolder, type TemporaryFolder } from '../dev/data-folder.ts'

const token = 'a token for this test'

const realRedis = hasRedisServer()
if (!realRedis)
  console.log(
    'Skipped: the suite on a real Redis, token buckets among it, because redis-server is not on PATH.',
  )

// The one in memory says it in its own words.
const wrongType = /WRONGTYPE|does not contain a list/

/** What every Redis behind the gateway must do. */
const contract = (
  name: string,
  open: () => Promise<RedisStore>,
  { tokenBuckets }: { tokenBuckets: boolean },
) =>
  describe(name, () => {
    let store: RedisStore
    let gateway: JsonServer
    let redis: Redis
    beforeAll(async () => {
      store = await open()
      gateway = await startRedisGateway({ store, token })
      redis = new Redis({ url: gateway.url, token, retry: false })
    }, 60_000)
    afterAll(async () => {
      await gateway?.stop()
      await store?.close()
    })

    test('values come back as they were set: text, documents, numbers, nothing', async () => {
      expect(await redis.set('text', 'grüße 🗳️ "OK"')).toBe('OK')
      expect(await redis.get('text')).toBe('grüße 🗳️ "OK"')
      await redis.set('word', 'OK')
      expect(await redis.get('word')).toBe('OK')
      await redis.set('document', { a: [1, null, 'x'] })
      expect(await redis.get('document')).toEqual({ a: [1, null, 'x'] })
      expect(await redis.incrby('number', 41)).toBe(41)
      expect(await redis.get('nothing')).toBeNull()
      expect(await redis.mget('text', 'nothing')).toEqual(['grüße 🗳️ "OK"', null])
      await redis.hset('hash', { one: 1, two: 'zwei' })
      expect(await redis.hgetall('hash')).toEqual({ one: 1, two: 'zwei' })
    })

    test('answers are base64 only when asked for', async () => {
      const plain = new Redis({ url: gateway.url, token, responseEncoding: false })
      await plain.set('plain', 'plain')
      expect(await plain.get('plain')).toBe('plain')
    })

    test('a pipeline answers each command, a failed one by itself', async () => {
      await redis.set('list', 'no list')
      const pipeline = redis.pipeline().set('p', 1).incr('p').lpush('list', 1).get('p')
      const replies = await pipeline.exec({ keepErrors: true })
      expect(replies.map(({ result }) => result)).toEqual(['OK', 2, undefined, 2])
      expect(replies[2]?.error).toMatch(wrongType)
    })

    test('a transaction answers every command', async () => {
      expect(await redis.multi().set('m', 'x').get('m').del('m').exec()).toEqual(['OK', 'x', 1])
    })

    test('errors are errors, and a wrong token is refused', async () => {
      await expect(redis.lpush('text', 'x')).rejects.toThrow(wrongType)
      await expect(new Redis({ url: gateway.url, token: 'wrong', retry: false }).get('text')).rejects.toThrow(
        'WRONGPASS',
      )
      await expect(redis.exec(['SELECT', 1])).rejects.toThrow('not available')
    })

    test.each(['slidingWindow', 'fixedWindow'] as const)(
      '%s lets the limit through and no more',
      async (kind) => {
        const limiter = new Ratelimit({
          redis,
          limiter: Ratelimit[kind](3, '60 s'),
          prefix: kind,
          ephemeralCache: false,
        })
        const answers = []
        for (let ask = 0; ask < 5; ask += 1) answers.push((await limiter.limit('voter')).success)
        expect(answers).toEqual([true, true, true, false, false])
        expect((await limiter.limit('another')).success).toBe(true)
        expect((await limiter.getRemaining('voter')).remaining).toBe(0)
      },
    )

    // Their script does not run in ioredis-mock: in memory there is nothing to hold to this.
    const bucketTest = tokenBuckets
      ? test
      : () => console.log(`${name}: token buckets do not work in it, not tested`)
    bucketTest('tokenBucket lets the bucket through and no more', async () => {
      const limiter = new Ratelimit({
        redis,
        limiter: Ratelimit.tokenBucket(1, '60 s', 3),
        prefix: 'bucket',
        ephemeralCache: false,
      })
      const answers = []
      for (let ask = 0; ask < 5; ask += 1) answers.push((await limiter.limit('voter')).success)
      expect(answers).toEqual([true, true, true, false, false])
    })

    test('a script is found again by the hash of its marked text', async () => {
      const script = '#!lua flags=allow-key-locking\nreturn ARGV[1]'
      await expect(redis.evalsha('0'.repeat(40), [], ['x'])).rejects.toThrow('NOSCRIPT')
      expect(await redis.eval(script, [], ['first'])).toBe('first')
      expect(await redis.createScript(script).exec([], ['second'])).toBe('second')
    })
  })

contract('in memory', async () => openRedisInMemory(), { tokenBuckets: false })

describe.skipIf(!realRedis)('a real Redis', () => {
  let folder: TemporaryFolder
  beforeAll(() => {
    folder = aDataFolder()
  })
  afterAll(() => folder.remove())
  contract('redis-server', async () => (await startRedis(folder.nursery)).store, { tokenBuckets: true })
})

test('a Redis that went away is answered with 503 at once', async () => {
  const away: RedisStore = {
    send: () => Promise.reject(new Error('connect ECONNREFUSED')),
    together: () => Promise.reject(new Error('connect ECONNREFUSED')),
    close: async () => undefined,
  }
  const gateway = await startRedisGateway({ store: away, token })
  const headers = { authorization: `Bearer ${token}` }
  for (const [path, body] of [
    ['/', ['GET', 'x']],
    ['/pipeline', [['GET', 'x']]],
    ['/multi-exec', [['GET', 'x']]],
  ] as const) {
    const answer = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ error: expect.stringContaining('cannot be reached') })
  }
  await gateway.stop()
})
