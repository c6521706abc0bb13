// What reading through tiers must bear: answers that come late, origins that hang, and crowds that meet them.
import { describe, expect, test } from 'vitest'
import { isolateTier } from '../../src/cache/isolate-tier.ts'
import { type Tiered, tiered } from '../../src/cache/tiered.ts'
import { settled } from '../support/timeline.ts'

interface Answer {
  readonly value: string | null
  readonly version: number
}

/** One isolate in front of an origin whose answers are given by hand. Fresh for a second, stands in for a minute more. */
const anIsolate = () => {
  let now = 1_000_000
  const asked: PromiseWithResolvers<Answer>[] = []
  const memory: Tiered<string> = tiered<string>({
    isolate: isolateTier(100),
    beyond: [],
    origin: () => {
      const question = Promise.withResolvers<Answer>()
      asked.push(question)
      return question.promise
    },
    terms: () => ({ freshMs: 1_000, staleMs: 0, standInMs: 60_000, absentMs: 500 }),
    clock: { now: () => now },
    waitUntil: () => {},
    jitter: () => 1,
  })
  const stand = {
    memory,
    asked,
    read: (signal: AbortSignal = AbortSignal.timeout(5_000)) =>
      memory.read('key', signal).then(({ value }) => value),
    /** Answers the question that was asked last, or another. */
    answer: (value: string | null, version = 1, at = asked.length - 1) =>
      asked[at]?.resolve({ value, version }),
    fail: (at = asked.length - 1) => asked[at]?.reject(new Error('away')),
    pass(ms: number) {
      now += ms
    },
    /** Reads once and answers. */
    async know(value: string | null, version = 1) {
      const reading = stand.read()
      await settled()
      stand.answer(value, version)
      return reading
    },
  }
  return stand
}

describe('forgetting', () => {
  test('holds against a question that was asked before: its old answer is not remembered', async () => {
    const stand = anIsolate()
    const before = stand.read()
    await settled()
    await stand.memory.forget('key')
    stand.answer('old')
    await before
    const after = stand.read()
    await settled()
    stand.answer('new', 2)
    expect(await after).toBe('new')
  })

  test('holds against such a question also for whoever reads while it is still under way', async () => {
    const stand = anIsolate()
    const before = stand.read()
    await settled()
    await stand.memory.forget('key')
    const after = stand.read()
    await settled()
    stand.answer('new', 2)
    if (stand.asked.length > 1) stand.answer('old', 1, 0)
    expect(await after).toBe('new')
    await before
  })
})

describe('an absence that is known', () => {
  test('is not undone by an answer from before it, however high its version', async () => {
    const stand = anIsolate()
    const slow = stand.read()
    await settled()
    stand.pass(1_001) // another reader no longer waits for that one
    const other = stand.read()
    await settled()
    stand.answer(null, 0) // deleted
    expect(await other).toBeNull()
    stand.answer('as it was before', 5, 0)
    await slow
    const last = stand.read()
    await settled()
    if (stand.asked.length > 2) stand.fail() // then what it remembers must stand in
    expect(await last).toBeNull()
  })

  test('gives way to an answer from after it', async () => {
    const stand = anIsolate()
    expect(await stand.know(null, 0)).toBeNull()
    stand.pass(501)
    expect(await stand.know('made meanwhile')).toBe('made meanwhile')
  })
})

describe('an origin that hangs', () => {
  test('costs whoever follows no more than the one who asks: what stands in is given to both', async () => {
    const stand = anIsolate()
    await stand.know('known')
    stand.pass(2_000)
    const patience = new AbortController()
    const readers = [stand.read(patience.signal), stand.read(patience.signal), stand.read(patience.signal)]
    await settled()
    patience.abort(new DOMException('too long', 'TimeoutError'))
    expect(await Promise.allSettled(readers)).toEqual(Array(3).fill({ status: 'fulfilled', value: 'known' }))
  })

  test('holds nobody beyond their own signal', async () => {
    const stand = anIsolate()
    const patience = new AbortController()
    const readers = [stand.read(patience.signal), stand.read(patience.signal)]
    await settled()
    patience.abort(new DOMException('too long', 'TimeoutError'))
    const ends = await Promise.allSettled(readers)
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})

describe('an origin that fails', () => {
  test('is asked by one for all of a crowd, and not by each of them in turn', async () => {
    const stand = anIsolate()
    const readers = Array.from({ length: 50 }, () => stand.read().catch(() => 'failed'))
    // Whatever is asked fails at once, as a scoreboard that is overloaded does.
    for (let turn = 0; turn < 400 && stand.asked.length < 50; turn++) {
      for (const at of stand.asked.keys()) stand.fail(at)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    for (const at of stand.asked.keys()) stand.fail(at)
    expect(new Set(await Promise.all(readers))).toEqual(new Set(['failed']))
    expect(stand.asked.length).toBeLessThanOrEqual(5)
  })

  test('is asked again by the next who comes', async () => {
    const stand = anIsolate()
    const first = stand.read().catch(() => 'failed')
    await settled()
    stand.fail()
    expect(await first).toBe('failed')
    expect(await stand.know('back')).toBe('back')
  })
})
