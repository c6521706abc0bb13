// Whether a plan has room for a poll, and what is decided when Postgres cannot say.
import { describe, expect, test } from 'vitest'
import { roomForPoll } from '../../src/application/plan-room.ts'
import { planTerms } from '../../src/application/plan-terms.ts'
import { plans } from '../../src/application/ports.ts'
import { accept } from '../../src/kernel/result.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'

const signal = () => AbortSignal.timeout(60_000)
const order = (plan: 'free' | 'pro' | 'enterprise', shards = 1) => ({ workspaceId: 'ws_a', plan, shards })
const counting = (there: number) => ({ polls: async (_id: string, most: number) => Math.min(there, most) })

describe('a plan', () => {
  test.each(plans)('%s has room up to its boxes and its polls, and no further', async (plan) => {
    const { shards, polls } = planTerms[plan]
    const none = roomForPoll(counting(0))
    expect((await none(order(plan, shards), signal())).ok).toBe(true)
    expect((await none(order(plan, shards * 2), signal())).ok).toBe(false)
    const last = polls === null ? 1_000_000 : polls - 1
    expect((await roomForPoll(counting(last))(order(plan), signal())).ok).toBe(true)
    const full = await roomForPoll(counting(last + 1))(order(plan), signal())
    expect(full.ok).toBe(polls === null)
  })

  test('without a cap of polls asks nobody', async () => {
    const polls = () => Promise.reject(new Error('asked'))
    expect(await roomForPoll({ polls })(order('enterprise'), signal())).toEqual(accept(null))
  })
})

describe('Postgres', () => {
  test('that is away keeps nobody from making a poll', async () => {
    const polls = () => Promise.reject(new Unavailable('postgres'))
    expect(await roomForPoll({ polls })(order('free'), signal())).toEqual(accept(null))
  })

  test('that is too slow is not waited for', async () => {
    const polls = (_id: string, _most: number, asked: AbortSignal) =>
      new Promise<number>((_resolve, reject) => asked.addEventListener('abort', () => reject(asked.reason)))
    expect(await roomForPoll({ polls })(order('free'), signal())).toEqual(accept(null))
  })

  test('is not blamed for a bug, nor for a client that has gone', async () => {
    const failing = (error: Error) => roomForPoll({ polls: () => Promise.reject(error) })
    await expect(failing(new TypeError('a bug'))(order('free'), signal())).rejects.toThrow('a bug')
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(failing(new Unavailable('postgres'))(order('free'), gone)).rejects.toThrow('gone')
  })
})
