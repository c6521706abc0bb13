// What a store of first answers promises: Redis (a real one and in memory) behind the Upstash gateway, a real Postgres, and what
// stands in for both in tests. And what holds of both together.
import { describe, expect, test } from 'vitest'
import { type AnswerStore, type Claim, claimMs, keptMs } from '../../src/application/first-answer-ports.ts'
import { answerStore } from '../../src/archive/answer-store.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { redisAnswers } from '../../src/cache/redis-answers.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { firstAnswers } from '../../src/runtime/first-answers.ts'
import { memoryAnswers } from '../support/memory-answers.ts'
import { withPostgres } from '../support/postgres.ts'
import { redisKinds, withRedis } from '../support/redis.ts'

const signal = () => AbortSignal.timeout(20_000)
let made = 0
const now = systemClock.now()
const aClaim = (changes: Partial<Claim> = {}): Claim => ({
  id: String(++made).padStart(64, '0'),
  workspaceId: 'ws_a',
  fingerprint: 'f1'.repeat(32),
  at: now,
  ...changes,
})
const fingerprint = 'f1'.repeat(32)

const promises = (open: () => AnswerStore) => {
  test('a claim is one caller’s, until it is answered or released', async () => {
    const store = open()
    const claim = aClaim()
    expect(await store.claim(claim, signal())).toBeNull()
    const again = { ...claim, at: now + 5 }
    expect(await store.claim(again, signal())).toEqual({ kind: 'under-way', fingerprint })
    await store.keep(claim, 'sealed-1', signal())
    expect(await store.claim(again, signal())).toEqual({ kind: 'answered', fingerprint, sealed: 'sealed-1' })
    expect(await store.claim(aClaim(), signal())).toBeNull()
  })

  test('of many at once one gets it', async () => {
    const store = open()
    const claim = aClaim()
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => store.claim({ ...claim, at: now + n }, signal())),
    )
    expect(answers.filter((answer) => answer === null)).toHaveLength(1)
    expect(answers.filter((answer) => answer?.kind === 'under-way')).toHaveLength(11)
  })

  test('says what was asked first, when something else comes under the same name', async () => {
    const store = open()
    const claim = aClaim()
    await store.claim(claim, signal())
    const other = { ...claim, fingerprint: 'f2'.repeat(32), at: now + 1 }
    expect(await store.claim(other, signal())).toEqual({ kind: 'under-way', fingerprint })
    await store.keep(claim, 'sealed', signal())
    expect(await store.claim(other, signal())).toMatchObject({ kind: 'answered', fingerprint })
  })

  test('what is released is free; releasing what is another’s changes nothing', async () => {
    const store = open()
    const claim = aClaim()
    await store.claim(claim, signal())
    await store.release({ ...claim, at: now + 1 }, signal())
    expect((await store.claim({ ...claim, at: now + 1 }, signal()))?.kind).toBe('under-way')
    await store.release(claim, signal())
    await store.release(claim, signal())
    expect(await store.claim({ ...claim, at: now + 2 }, signal())).toBeNull()
  })

  test('an answer stands: no release and no later answer changes it', async () => {
    const store = open()
    const claim = aClaim()
    await store.claim(claim, signal())
    await store.keep(claim, 'first', signal())
    await store.keep(claim, 'second', signal())
    await store.keep({ ...claim, at: now + 1 }, 'third', signal())
    await store.release(claim, signal())
    expect(await store.claim({ ...claim, at: now + 2 }, signal())).toMatchObject({ sealed: 'first' })
  })

  test('an answer is kept also where no claim was made', async () => {
    const store = open()
    const claim = aClaim()
    await store.keep(claim, 'unclaimed', signal())
    expect(await store.claim({ ...claim, at: now + 1 }, signal())).toMatchObject({ sealed: 'unclaimed' })
  })

  test('an answer does not take what another has claimed since', async () => {
    const store = open()
    const claim = aClaim({ at: now + 9 })
    await store.claim(claim, signal())
    await store.keep({ ...claim, at: now }, 'late', signal())
    expect((await store.claim({ ...claim, at: now + 10 }, signal()))?.kind).toBe('under-way')
  })

  test('an answer comes back as it was put: letters of every length', async () => {
    const store = open()
    for (const sealed of ['-_9', 'x'.repeat(200_000)]) {
      const claim = aClaim()
      await store.claim(claim, signal())
      await store.keep(claim, sealed, signal())
      expect(await store.claim({ ...claim, at: now + 1 }, signal())).toEqual({
        kind: 'answered',
        fingerprint,
        sealed,
      })
    }
  })
}

describe('first answers in memory', () => promises(() => memoryAnswers(systemClock)))

const postgres = withPostgres()
const inPostgres = () => answerStore(openDatabase(postgres))

describe('first answers in Postgres', () => {
  promises(inPostgres)

  test('a claim ends by itself: whoever made it has crashed', async () => {
    const claim = aClaim()
    await inPostgres().claim(claim, signal())
    const early = { ...claim, at: now + claimMs - 1 }
    expect((await inPostgres().claim(early, signal()))?.kind).toBe('under-way')
    const late = { ...claim, at: now + claimMs }
    expect(await inPostgres().claim(late, signal())).toBeNull()
    // Who comes back from the dead takes nothing from who came after.
    await inPostgres().keep(claim, 'from the dead', signal())
    await inPostgres().release(claim, signal())
    expect((await inPostgres().claim({ ...late, at: late.at + 1 }, signal()))?.kind).toBe('under-way')
  })

  test('an answer is kept for a day, and then forgotten', async () => {
    const claim = aClaim()
    await inPostgres().claim(claim, signal())
    await inPostgres().keep(claim, 'sealed', signal())
    const before = { ...claim, at: now + keptMs - 1 }
    expect((await inPostgres().claim(before, signal()))?.kind).toBe('answered')
    expect(await inPostgres().claim({ ...claim, at: now + keptMs }, signal())).toBeNull()
    expect(await inPostgres().forget(now + keptMs, signal())).toBe(0)
    expect(await inPostgres().forget(now + 2 * keptMs + 2 * claimMs, signal())).toBeGreaterThan(0)
    expect(await postgres.query('select 1 from idempotency_keys')).toEqual([])
  })
})

describe.each(redisKinds('first answers in Redis'))('first answers in Redis, %s', (kind) => {
  const redis = withRedis(kind)
  const inRedis = (timeoutMs = 20_000) => redisAnswers(redis.client, { timeoutMs, prefix: 'test:' })
  promises(inRedis)

  test('a claim ends after a minute and an answer after a day', async () => {
    const claim = aClaim()
    await inRedis().claim(claim, signal())
    const left = await redis.client.pttl(`test:${claim.id}`)
    expect([left > claimMs / 2, left <= claimMs]).toEqual([true, true])
    await inRedis().keep(claim, 'sealed', signal())
    const kept = await redis.client.pttl(`test:${claim.id}`)
    expect([kept > keptMs / 2, kept <= keptMs]).toEqual([true, true])
  })

  const both = () => {
    const work: Promise<unknown>[] = []
    const answers = firstAnswers({
      redis: inRedis(100),
      postgres: inPostgres(),
      waitUntil: (each) => void work.push(each),
      terms: { patienceMs: 20_000, keepMs: 20_000 },
    })
    return { answers, settled: () => Promise.all(work) }
  }

  test('with Postgres behind it: what was answered before Redis went away is honoured, and what while, afterwards', async () => {
    const { answers, settled } = both()
    const [before, meanwhile] = [aClaim(), aClaim()]
    const doOnce = async (claim: Claim, sealed: string) => {
      const first = await answers.claim(claim, signal())
      if (first.kind !== 'first') throw new Error('it was claimed before')
      await first.keep(sealed)
      await settled()
    }
    await doOnce(before, 'before')
    redis.stall(true)
    try {
      expect(await answers.claim({ ...before, at: now + 1 }, signal())).toMatchObject({ sealed: 'before' })
      await doOnce(meanwhile, 'meanwhile')
      expect(await answers.claim({ ...meanwhile, at: now + 1 }, signal())).toMatchObject({
        sealed: 'meanwhile',
      })
    } finally {
      redis.stall(false)
    }
    expect(await answers.claim({ ...meanwhile, at: now + 2 }, signal())).toMatchObject({
      sealed: 'meanwhile',
    })
  })

  test('with Postgres behind it: what is under way when Redis goes away stays one request’s', async () => {
    const { answers } = both()
    const claim = aClaim()
    expect((await answers.claim(claim, signal())).kind).toBe('first')
    redis.stall(true)
    try {
      expect((await answers.claim({ ...claim, at: now + 1 }, signal())).kind).toBe('under-way')
    } finally {
      redis.stall(false)
    }
  })

  test('with Postgres behind it: a long answer is kept there alone, and found at once', async () => {
    const { answers, settled } = both()
    const claim = aClaim()
    const first = await answers.claim(claim, signal())
    if (first.kind !== 'first') throw new Error('it was claimed before')
    const sealed = 'y'.repeat(3_000_000)
    await first.keep(sealed)
    await settled()
    expect(await redis.client.exists(`test:${claim.id}`)).toBe(0)
    expect(await answers.claim({ ...claim, at: now + 1 }, signal())).toMatchObject({ sealed })
  })
})
