// Quotas on Redis through its REST gateway: what a limit lets in, what leases save, and how far eight isolates are off.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { seededRandom } from '../../bench/load/seeded-random.ts'
import { leased } from '../../src/admission/leased.ts'
import type { Limiter } from '../../src/admission/limiter.ts'
import { type Algorithm, redisLimiter } from '../../src/admission/redis-limiter.ts'
import type { Event } from '../../src/application/events.ts'
import { planTerms } from '../../src/application/plan-terms.ts'
import { type Plan, scopes } from '../../src/application/ports.ts'
import { systemClock as clock } from '../../src/kernel/clock.ts'
import { pause } from '../../src/kernel/pause.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { admitCallers } from '../../src/runtime/admit-callers.ts'
import { aTake, letIn, signal } from '../admission/limits.ts'
import { redisKinds, withRedis } from '../support/redis.ts'

const quota = 1_000
const isolates = 8
/** min(50, quota / 16) */
const lease = 50
const minute = 60_000
/** The beginning of a window. Time stands where a test puts it: windows are told by the wall clock. */
const start = Date.parse('2026-11-24T12:00:00Z')

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterAll(() => void vi.useRealTimers())

describe.each(redisKinds('quotas'))('quotas on Redis, %s', (kind) => {
  const redis = withRedis(kind)
  // Their script does not run in memory: there is nothing to hold to this.
  const onReal =
    kind === 'redis-server' ? test : () => console.log('In memory token buckets do not work: not tested.')
  let made = 0

  const limiterOf = (algorithm: Algorithm, timeoutMs = 20_000): Limiter =>
    redisLimiter({
      redis: redis.client,
      name: `test-${++made}`,
      algorithms: { free: algorithm, pro: algorithm, enterprise: algorithm },
      timeoutMs,
      waitUntil: (work) => void work,
    })
  const window: Algorithm = { kind: 'sliding-window', quota, windowSeconds: 60 }
  const isolatesOn = (limiter: Limiter): Limiter[] =>
    Array.from({ length: isolates }, () => leased(limiter, { clock, pause }))
  /** Drawn isolates take calls until none of them lets any in. */
  const exhaust = async (all: readonly Limiter[], seed: number): Promise<number> => {
    const random = seededRandom(seed)
    const open = [...all]
    let allowed = 0
    while (open.length > 0) {
      const at = Math.floor(random() * open.length)
      const verdict = await open[at]?.take(aTake(), signal())
      if (verdict?.allowed) allowed++
      else open.splice(at, 1)
    }
    return allowed
  }

  test('a sliding window weighs calls, tells what is left, and gives it back bit by bit', async () => {
    const limit = limiterOf({ ...window, quota: 100 })
    vi.setSystemTime(start)
    expect(await limit.take(aTake(10), signal())).toEqual({
      allowed: true,
      quota: 100,
      remaining: 90,
      resetAt: start + minute,
    })
    expect(await letIn(limit, 20, aTake(10))).toBe(9)
    vi.setSystemTime(start + minute * 1.5)
    expect(await letIn(limit, 100)).toBe(50)
  })

  onReal('a token bucket lets a burst through at once, and then what comes back', async () => {
    const limit = limiterOf({ kind: 'token-bucket', quota: 60, perSecond: 5 })
    vi.setSystemTime(start)
    expect(await letIn(limit, 100)).toBe(60)
    vi.setSystemTime(start + 2_000)
    expect(await letIn(limit, 100)).toBe(10)
  })
  test('one isolate asks Redis at most once for twenty calls above a fifth, and ends exactly', async () => {
    vi.setSystemTime(start)
    const [isolate] = isolatesOn(limiterOf(window))
    if (isolate === undefined) throw new Error('there is no isolate')
    await isolate.take(aTake(1, 'warm'), signal()) // the script is loaded
    const before = redis.commands()
    expect(await letIn(isolate, 0.8 * quota)).toBe(0.8 * quota)
    const above = redis.commands() - before
    expect((0.8 * quota) / above).toBeGreaterThanOrEqual(20)
    expect(await letIn(isolate, quota)).toBe(0.2 * quota)
    const whole = redis.commands() - before - 0.8 * quota // the last 800 calls were refused one by one
    console.log(
      `${kind}: a quota of ${quota}: ${above} commands for its first 80 % (a command for ${((0.8 * quota) / above).toFixed(1)} calls), ${whole} for the whole (${(quota / whole).toFixed(1)})`,
    )
  })

  test.each([1, 2, 3])(
    'eight isolates that share it evenly end within a lease each (seed %i)',
    async (seed) => {
      vi.setSystemTime(start)
      const allowed = await exhaust(isolatesOn(limiterOf(window)), seed)
      console.log(`${kind}: eight isolates, seed ${seed}: ${allowed} of ${quota} let in`)
      expect(allowed).toBeLessThanOrEqual(quota)
      expect(allowed).toBeGreaterThanOrEqual(quota - isolates * lease)
    },
  )

  test('too little: seven that lease and go silent keep at most a lease each from the eighth', async () => {
    vi.setSystemTime(start)
    const all = isolatesOn(limiterOf(window))
    let allowed = 0
    for (const silent of all.slice(1)) allowed += await letIn(silent, 2)
    allowed += await letIn(all[0] as Limiter, quota) // eight were made
    console.log(`${kind}: seven silent isolates: ${allowed} of ${quota} let in`)
    expect(allowed).toBeLessThan(quota)
    expect(allowed).toBeGreaterThanOrEqual(quota - isolates * lease)
  })

  test('too much: what was leased before a window and is spent in it is at most a lease each', async () => {
    vi.setSystemTime(start + minute - 100)
    const all = isolatesOn(limiterOf(window))
    for (const isolate of all) await letIn(isolate, 2)
    vi.setSystemTime(start + minute * 2 - 200) // what was charged weighs next to nothing by now
    let allowed = 0
    for (const isolate of all) allowed += await letIn(isolate, lease - 1)
    allowed += await exhaust(all, 4)
    console.log(`${kind}: leases carried into a window: ${allowed} of ${quota} let in`)
    expect(allowed).toBeGreaterThan(quota)
    expect(allowed).toBeLessThanOrEqual(quota + isolates * lease)
  })

  test('a Redis that stalls is no decision, and is told from one that refuses', async () => {
    const limit = limiterOf(window, 50)
    redis.stall(true)
    const failure = await limit.take(aTake(), signal()).catch((error: unknown) => error)
    redis.stall(false)
    expect(failure).toBeInstanceOf(Unavailable)
    expect(failure).toMatchObject({ cause: { name: 'TimeoutError' } })
  })

  /** Both limits of an owner's call, through edges that share nothing but Redis. */
  const commandsFor = async (plan: Plan, calls: number, edges: number): Promise<number> => {
    vi.setSystemTime(start)
    const events: Event[] = []
    const doors = Array.from({ length: edges }, () =>
      admitCallers({
        redis: redis.client,
        locations: { free: letsAllIn, pro: letsAllIn, enterprise: letsAllIn },
        clock,
        report: (event) => void events.push(event),
        waitUntil: (work) => void work,
        redisTimeoutMs: 20_000,
      }),
    )
    const keyId = `key_${plan}_${edges}`
    const workspaceId = `ws_${plan}_${edges}`
    const owner = {
      kind: 'owner',
      keyId,
      accountId: workspaceId,
      workspaceId,
      plan,
      mode: 'live',
      scopes,
    } as const
    const before = redis.commands()
    for (let call = 0; call < calls; call++) {
      const verdict = await doors[call % edges]?.ownerCall(owner, 1, signal())
      expect(verdict?.allowed).toBe(true)
    }
    expect(events).toEqual([])
    return redis.commands() - before
  }

  onReal('key and workspace together cost a command for twenty calls at most', async () => {
    for (const [plan, calls] of [
      ['enterprise', 10_000],
      ['pro', 0.8 * planTerms.pro.callsPerMinute],
    ] as const)
      for (const edges of [1, isolates]) {
        const cost = await commandsFor(plan, calls, edges)
        console.log(`${plan}: ${cost} Redis commands for ${calls} owner calls, ${edges} isolates`)
        expect(calls / cost).toBeGreaterThanOrEqual(20)
      }
  })
})

const letsAllIn = { limit: async () => ({ success: true }) }
