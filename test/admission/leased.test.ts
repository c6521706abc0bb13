// Leases: one question for up to fifty calls, and an end of the quota where it should be.
import { describe, expect, it } from 'vitest'
import { leased } from '../../src/admission/leased.ts'
import type { Verdict } from '../../src/admission/limiter.ts'
import { aTake, letIn, quotaOf, redisAway, signal } from './limits.ts'

const atOnce = { pause: async () => undefined }
const aClock = () => {
  const clock = { time: 0, now: () => clock.time }
  return clock
}

describe('a lease', () => {
  it('is a sixteenth of what remains, at most fifty, after one call has learned what remains', async () => {
    const limiter = quotaOf(1_000)
    const lease = leased(limiter, { clock: aClock(), ...atOnce })
    await letIn(lease, 300)
    expect(limiter.asked.slice(0, 4).map(({ cost }) => cost)).toEqual([1, 50, 50, 50])
    const small = quotaOf(160)
    await letIn(leased(small, { clock: aClock(), ...atOnce }), 20)
    expect(small.asked.slice(0, 3).map(({ cost }) => cost)).toEqual([1, 9, 9])
  })

  it('costs at most a question for twenty calls while more than a fifth of a thousand is left', async () => {
    const limiter = quotaOf(1_000)
    expect(await letIn(leased(limiter, { clock: aClock(), ...atOnce }), 800)).toBe(800)
    expect(800 / limiter.asked.length).toBeGreaterThanOrEqual(20)
  })

  it('is none below a fifth: there each call is asked for, and the quota ends where it should', async () => {
    const limiter = quotaOf(1_000)
    expect(await letIn(leased(limiter, { clock: aClock(), ...atOnce }), 1_200)).toBe(1_000)
    const last = limiter.asked.slice(-150)
    expect(last.every(({ cost }) => cost === 1)).toBe(true)
  })

  it('tells what is left: of Redis, and of the lease in hand', async () => {
    const lease = leased(quotaOf(1_000), { clock: aClock(), ...atOnce })
    const left: number[] = []
    for (let call = 0; call < 60; call++) left.push((await lease.take(aTake(), signal())).remaining)
    expect(left).toEqual(Array.from({ length: 60 }, (_, call) => 999 - call))
  })

  it('weighs calls: ten of cost five take fifty', async () => {
    const limiter = quotaOf(1_000)
    const lease = leased(limiter, { clock: aClock(), ...atOnce })
    const last = await letIn(lease, 9, aTake(5)).then(() => lease.take(aTake(5), signal()))
    expect(last.remaining).toBe(950)
  })

  it('is one workspace’s alone', async () => {
    const lease = leased(quotaOf(100), { clock: aClock(), ...atOnce })
    expect(await letIn(lease, 200, aTake(1, 'ws_a'))).toBe(100)
    expect(await letIn(lease, 50, aTake(1, 'ws_b'))).toBe(50)
  })

  it('ends after a minute: what was not spent is not kept for later', async () => {
    const clock = aClock()
    const limiter = quotaOf(1_000)
    const lease = leased(limiter, { clock, ...atOnce })
    await letIn(lease, 2)
    const before = limiter.asked.length
    clock.time = 60_000
    await letIn(lease, 1)
    expect(limiter.asked.slice(before).map(({ cost }) => cost)).toEqual([1])
  })

  it('that is more than what is left by now is asked for again as the call alone', async () => {
    const limiter = quotaOf(1_000)
    const lease = leased(limiter, { clock: aClock(), ...atOnce })
    await letIn(lease, 1)
    for (let other = 0; other < 97; other++) await limiter.take(aTake(10), signal())
    expect((await lease.take(aTake(), signal())).allowed).toBe(true)
    expect(limiter.asked.slice(-2).map(({ cost }) => cost)).toEqual([50, 1])
  })
})

describe('a crowd of calls', () => {
  /** A limiter whose answers come when the test says so. */
  const slowly = () => {
    const waiting: { cost: number; answer: (verdict: Verdict) => void; fail: (error: unknown) => void }[] = []
    const limiter = {
      take: ({ cost }: { cost: number }) =>
        new Promise<Verdict>((answer, fail) => waiting.push({ cost, answer, fail })),
    }
    return { waiting, limiter }
  }
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve))
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await pause()
  }

  it('asks once, and the others take from what it brought', async () => {
    const { waiting, limiter } = slowly()
    const lease = leased(limiter, { clock: aClock(), pause })
    const first = lease.take(aTake(), signal())
    await turns()
    waiting[0]?.answer({ allowed: true, quota: 1_000, remaining: 999, resetAt: 60_000 })
    await first
    const crowd = Array.from({ length: 40 }, () => lease.take(aTake(), signal()))
    await settle()
    expect(waiting.slice(1).map(({ cost }) => cost)).toEqual([50])
    waiting[1]?.answer({ allowed: true, quota: 1_000, remaining: 949, resetAt: 60_000 })
    expect((await Promise.all(crowd)).every(({ allowed }) => allowed)).toBe(true)
    expect(waiting).toHaveLength(2)
  })

  it('fails with whoever asked, and does not ask in turn', async () => {
    const { waiting, limiter } = slowly()
    const lease = leased(limiter, { clock: aClock(), pause })
    const crowd = Array.from({ length: 40 }, () => lease.take(aTake(), signal()))
    const outcomes = Promise.allSettled(crowd)
    await settle()
    waiting[0]?.fail(redisAway())
    const failed = (await outcomes).filter(({ status }) => status === 'rejected')
    expect([failed.length, waiting.length]).toEqual([40, 1])
  })

  it('does not wait for ever for one who asked and is gone', async () => {
    const clock = aClock()
    const { waiting, limiter } = slowly()
    const lease = leased(limiter, { clock, pause })
    void lease.take(aTake(), signal()) // its request ends, and with it the promise
    await turns()
    const second = lease.take(aTake(), signal())
    await settle()
    expect(waiting).toHaveLength(1)
    clock.time = 250
    await settle()
    expect(waiting).toHaveLength(2)
    waiting[1]?.answer({ allowed: true, quota: 1_000, remaining: 998, resetAt: 60_000 })
    expect((await second).allowed).toBe(true)
  })
})
