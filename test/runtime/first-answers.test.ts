// First answers in two stores, each of which can go away at any moment.
import { expect, test } from 'vitest'
import type { AnswerStore, Claim } from '../../src/application/first-answer-ports.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { firstAnswers } from '../../src/runtime/first-answers.ts'
import { memoryAnswers } from '../support/memory-answers.ts'
import { aTimeline, noon } from '../support/timeline.ts'

const fingerprint = 'f1'
const claim: Claim = { id: '01', workspaceId: 'ws_a', fingerprint, at: noon }
const again = { ...claim, at: noon + 1 }
const signal = () => AbortSignal.timeout(20_000)

const stand = () => {
  const { clock } = aTimeline()
  const [redis, postgres] = [memoryAnswers(clock), memoryAnswers(clock)]
  const answers = firstAnswers({ redis, postgres, waitUntil: () => {} })
  const first = async (of = claim) => {
    const claimed = await answers.claim(of, signal())
    if (claimed.kind !== 'first') throw new Error(`it is ${claimed.kind}`)
    return claimed
  }
  return { redis, postgres, answers, first }
}

test('an answer that Redis did not take is found in Postgres, though Redis says that it is under way', async () => {
  const { redis, answers, first } = stand()
  const claimed = await first()
  redis.away = true
  await claimed.keep('sealed')
  redis.away = false
  expect(await answers.claim(again, signal())).toEqual({ kind: 'answered', fingerprint, sealed: 'sealed' })
})

test('what is under way in Redis alone stays so, and leaves no claim in Postgres', async () => {
  const { postgres, answers, first } = stand()
  postgres.away = true
  const claimed = await first()
  postgres.away = false
  expect((await answers.claim(again, signal())).kind).toBe('under-way')
  expect(postgres.rows.size).toBe(0)
  await claimed.keep('sealed')
  expect(await answers.claim(again, signal())).toMatchObject({ sealed: 'sealed' })
})

test('what Redis has lost Postgres knows', async () => {
  const { redis, answers, first } = stand()
  await (await first()).keep('sealed')
  redis.rows.clear()
  expect(await answers.claim(again, signal())).toMatchObject({ sealed: 'sealed' })
  expect(redis.rows.size).toBe(0)
})

test('what is released is free in both; one that is away holds nobody up for longer than its claim', async () => {
  const { redis, postgres, first } = stand()
  await (await first()).release()
  expect([redis.rows.size, postgres.rows.size]).toEqual([0, 0])
  const claimed = await first()
  redis.away = true
  await claimed.release()
  await (await first(again)).release()
})

test('with both away nothing is claimed, kept or released in silence', async () => {
  const { redis, postgres, answers, first } = stand()
  const claimed = await first()
  redis.away = true
  postgres.away = true
  await expect(claimed.keep('sealed')).rejects.toThrow(Unavailable)
  await expect(claimed.release()).rejects.toThrow()
  await expect(answers.claim(again, signal())).rejects.toThrow(Unavailable)
})

test('a store that is slow is waited for as long as the terms say, if the other has the claim', async () => {
  const { redis } = stand()
  const stalled: AnswerStore = {
    claim: (_claim, until) =>
      new Promise((_resolve, reject) => until.addEventListener('abort', () => reject(until.reason))),
    keep: async () => undefined,
    release: async () => undefined,
  }
  const terms = { patienceMs: 5, keepMs: 5_000 }
  const answers = firstAnswers({ redis, postgres: stalled, waitUntil: () => {}, terms })
  expect((await answers.claim(claim, signal())).kind).toBe('first')
})

test('a bug of a store is not taken for its absence', async () => {
  const { postgres } = stand()
  const broken: AnswerStore = { ...postgres, claim: () => Promise.reject(new TypeError('a bug')) }
  const answers = firstAnswers({ redis: broken, postgres, waitUntil: () => {} })
  await expect(answers.claim(claim, signal())).rejects.toThrow('a bug')
})
