// Questions of boxes and boards that nobody answers: each ends by itself, so that whoever asked can ask again.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock as clock } from '../../src/kernel/clock.ts'
import {
  protectBoardLink,
  protectBoxLink,
  protectFollow,
  protectPush,
  protectRecords,
  protectSend,
} from '../../src/runtime/protect-counting.ts'
import { aDefinition } from '../support/polls.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const never = () => new Promise<never>(() => {})
const address = { pollId: 'poll_x', shard: 0 }
const definition = aDefinition()
const tally = { ballots: 0, erased: 0, questions: {} }
const feed = { pollId: 'poll_x', snapshot: null, terms: 0, leaves: 1, viewers: 0 }
const death = { pollId: 'poll_x', workspaceId: 'ws_x', deletedAt: 0 }

const board = protectBoardLink({ join: never, report: never }, clock)
const box = protectBoxLink({ adopt: never, hold: never, freeze: never, firsts: never, destroy: never }, clock)
const records = protectRecords({ record: never, remove: never }, clock)

describe('a question that is never answered ends', () => {
  test.each<[string, number, () => Promise<unknown>]>([
    ['join', 5_000, () => board.join(address)],
    ['report', 5_000, () => board.report({ ...address, version: 1, tally })],
    ['send', 10_000, () => protectSend(never, clock)([])],
    ['adopt', 60_000, () => box.adopt(address, definition)],
    ['hold', 60_000, () => box.hold(address)],
    ['freeze', 60_000, () => box.freeze(address, definition)],
    ['firsts', 15_000, () => box.firsts(address, 'where', [])],
    ['destroy', 15_000, () => box.destroy(address)],
    ['record', 6_000, () => records.record(definition.poll)],
    ['remove', 31_000, () => records.remove(death)],
    ['push', 5_000, () => protectPush(never, clock)('leaf/0', feed)],
    ['follow', 5_000, () => protectFollow(never, clock)()],
  ])('%s after %i ms', async (_name, afterMs, ask) => {
    let ended = false
    const end = ask().catch((error: unknown) => {
      ended = true
      return error
    })
    await vi.advanceTimersByTimeAsync(afterMs - 1)
    expect(ended).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await end).toMatchObject({ name: 'TimeoutError' })
  })
})

test('a question that is answered leaves no timer behind: it would keep the object awake', async () => {
  const answering = protectBoardLink(
    { join: async () => definition, report: async () => ({ durable: 7 }) },
    clock,
  )
  expect(await answering.join(address)).toBe(definition)
  expect(await answering.report({ ...address, version: 7, tally })).toEqual({ durable: 7 })
  expect(vi.getTimerCount()).toBe(0)
})
