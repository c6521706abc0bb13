// Ballots on their way to boxes that have enough to do: the edge learns it from the boxes, and says no by itself.
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import type { BallotBoxes } from '../../src/application/ports.ts'
import type { BallotCast, CastOutcome } from '../../src/domain/ballot/ballot.ts'
import type { VotingRefusal } from '../../src/domain/refusal.ts'
import { shardOf } from '../../src/domain/voter/voter-keys.ts'
import { accept, type Result, refuse } from '../../src/kernel/result.ts'
import { ballotWindows } from '../../src/runtime/ballot-windows.ts'
import { door } from '../../src/runtime/door.ts'
import type { Footing } from '../../src/runtime/guard.ts'
import { guardsOf, protectBallotBoxes } from '../../src/runtime/protect.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition } from '../support/polls.ts'
import { aTimeline, settled } from '../support/timeline.ts'

type Reply = Result<CastOutcome, VotingRefusal>

const accepted: Reply = accept({
  kind: 'accepted',
  ballot: { id: 'bal_1', pollId: 'poll_x', shard: 0, revision: 1, seq: 1, castAt: 0, commitment: '00' },
})
const busy: Reply = refuse({ reason: 'overloaded', retryAfterSeconds: 1 })
const unknown: Reply = refuse({ reason: 'outcome-unknown' })

describe('a box that is busy', () => {
  test('is asked less and less, down to what keeps it at work, and the rest is turned away here', async () => {
    const stand = anEdge()
    stand.answer = async () => (stand.underWay > 20 ? busy : accepted)
    for (let round = 0; round < 30; round++) await stand.round(300)
    stand.asked = 0
    const words = await stand.round(300)
    expect(stand.asked).toBeLessThanOrEqual(22)
    expect(words.filter((word) => word === 'accepted').length).toBeGreaterThan(8)
    expect(words.filter((word) => word === 'overloaded').length).toBeGreaterThan(270)
  })

  test('is asked more again once it is calm', async () => {
    const stand = anEdge()
    stand.answer = async () => (stand.underWay > 4 ? busy : accepted)
    for (let round = 0; round < 30; round++) await stand.round(300)
    stand.answer = async () => accepted
    for (let round = 0; round < 60; round++) await stand.round(100)
    stand.asked = 0
    await stand.round(100)
    expect(stand.asked).toBeGreaterThan(25)
  })

  test('says so to voters with a time that differs from one to the next', async () => {
    let draw = 0
    const stand = anEdge({ fraction: () => (draw++ % 10) / 10 })
    stand.answer = async () => busy
    const seconds = new Set<number>()
    for (let at = 0; at < 30; at++) {
      const reply = await stand.castNow(`voter ${at}`)
      if (!reply.ok && reply.refusal.reason === 'overloaded') seconds.add(reply.refusal.retryAfterSeconds)
    }
    expect([...seconds].sort()).toEqual([1, 2, 3])
  })

  test('is not one that fails: its breaker stays closed', async () => {
    const stand = anEdge()
    stand.answer = async () => busy
    for (let at = 0; at < 200; at++) await stand.castNow(`voter ${at}`)
    expect(stand.asked).toBe(200)
    expect(stand.events.filter(({ type }) => type === 'breaker-moved')).toEqual([])
  })
})

describe('a box that does not answer', () => {
  test('is asked no more after ten, and voters are told that nothing was done', async () => {
    const stand = anEdge()
    stand.answer = async () => unknown
    const words: string[] = []
    for (let at = 0; at < 40; at++) words.push(wordOf(await stand.castNow(`voter ${at}`)))
    expect(words.slice(0, 10)).toEqual(Array(10).fill('outcome-unknown'))
    expect(words.slice(10)).toEqual(Array(30).fill('overloaded'))
    expect(stand.asked).toBe(10)
  })

  test('keeps no place from the boxes beside it', async () => {
    const stand = anEdge({ shards: 2 })
    const never = () => new Promise<Reply>(() => {})
    stand.answer = (shard) => (shard === 0 ? never() : Promise.resolve(accepted))
    const words = await stand.round(1_200)
    expect(words.filter((word) => word === 'accepted').length).toBeGreaterThan(200)
    expect(stand.door({ priority: 'ballots', pollId: 'poll_x', plan: null })).toBeNull()
  })
})

describe('a poll whose boxes stall', () => {
  test('leaves the voters of other polls their place', async () => {
    const stand = anEdge({ shards: 64 })
    const other = aDefinition({ id: 'poll_y', shards: 1 })
    stand.answer = (_shard, pollId) =>
      pollId === 'poll_x' ? new Promise(() => {}) : Promise.resolve(accepted)
    for (let at = 0; at < 3_000; at++) void stand.cast(`voter ${at}`)
    await settled()
    const reply = stand.cast('somebody else', other)
    await stand.time.advance(5)
    expect(wordOf(await reply)).toBe('accepted')
  })
})

describe('the door', () => {
  test('is shut for a poll while all of its boxes have enough to do, and opens as they answer', async () => {
    const stand = anEdge()
    const replies: ((reply: Reply) => void)[] = []
    stand.answer = () => new Promise((resolve) => replies.push(resolve))
    const waiting = Array.from({ length: 300 }, (_, at) => stand.cast(`voter ${at}`))
    await settled()
    const work = { priority: 'ballots', pollId: 'poll_x', plan: null } as const
    expect(stand.door(work)).toBeGreaterThanOrEqual(1)
    expect(stand.door({ ...work, pollId: 'poll_other' })).toBeNull()
    for (const reply of replies) reply(accepted)
    await stand.time.advance(5)
    await Promise.all(waiting)
    expect(stand.door(work)).toBeNull()
  })

  test('counts whom it has let in until they have found their box: of many who come at once, few go on', async () => {
    const stand = anEdge()
    stand.answer = async () => (stand.underWay > 20 ? busy : accepted)
    for (let round = 0; round < 30; round++) await stand.round(300)
    await stand.time.advance(100)
    await stand.round(300)
    await stand.time.advance(100)
    const work = { priority: 'ballots', pollId: 'poll_x', plan: null } as const
    const letIn = Array.from({ length: 300 }, () => stand.door(work)).filter((seconds) => seconds === null)
    expect(letIn.length).toBeLessThanOrEqual(22)
    // They were refused for something else: a second later their room is free again.
    await stand.time.advance(900)
    expect(stand.door(work)).toBeNull()
  })

  test('is open where shedding is off, and nothing is turned away', async () => {
    const stand = anEdge({ shedding: false })
    stand.answer = () => new Promise(() => {})
    for (let at = 0; at < 6_000; at++) void stand.cast(`voter ${at % 50}`)
    await settled()
    expect(stand.asked).toBe(6_000)
    expect(stand.door({ priority: 'ballots', pollId: 'poll_x', plan: null })).toBeNull()
  })
})

const wordOf = (reply: Reply): string => (reply.ok ? reply.value.kind : reply.refusal.reason)

const anEdge = ({
  shards = 1,
  shedding = true,
  fraction = () => 0.5,
}: {
  shards?: number
  shedding?: boolean
  fraction?: () => number
} = {}) => {
  const time = aTimeline()
  const events: Event[] = []
  const footing: Footing = {
    clock: time.clock,
    random: { fraction },
    report: (event) => void events.push(event),
    shedding,
  }
  const definition = aDefinition({ id: 'poll_x', shards })
  const casts = new Map<string, BallotCast>()
  const windows = ballotWindows(time.clock)
  const guards = guardsOf(footing)
  const stand = {
    time,
    events,
    asked: 0,
    underWay: 0,
    answer: async (_shard: number, _pollId: string): Promise<Reply> => accepted,
    door: door(guards, windows, footing),
    cast(voter: string, of = definition): Promise<Reply> {
      const name = `${voter} of ${of.poll.id}`
      const cast = casts.get(name) ?? aCast(of, voter)
      casts.set(name, cast)
      return boxes.cast(of, cast, new AbortController().signal, null)
    },
    async castNow(voter: string): Promise<Reply> {
      const reply = stand.cast(voter)
      await time.advance(5)
      return reply
    },
    /** So many at once, and what became of those that were answered. */
    async round(voters: number): Promise<string[]> {
      const words: string[] = []
      for (let at = 0; at < voters; at++)
        void stand.cast(`voter ${at}`).then((reply) => words.push(wordOf(reply)))
      await settled()
      await time.advance(10)
      return words
    },
  }
  const asked: Pick<BallotBoxes, 'cast'> = {
    async cast({ poll }, { voterKey }) {
      stand.asked++
      stand.underWay++
      const reply = await stand.answer(shardOf(voterKey, poll.shards), poll.id)
      await new Promise<void>((resolve) => time.after(5, resolve))
      stand.underWay--
      return reply
    },
  }
  const boxes = protectBallotBoxes(asked as BallotBoxes, guards.boxes, windows, footing) // casts only
  return stand
}
