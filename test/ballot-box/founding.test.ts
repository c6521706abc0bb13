// How a box comes to be: with the first voter of its shard, of a poll that there is, and not before.
import { describe, expect, test } from 'vitest'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { aBox, storedTally, taken, wordOf } from '../support/boxes.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition } from '../support/polls.ts'
import { settled } from '../support/timeline.ts'

describe('a box of a poll that does not exist', () => {
  test('refuses, and makes no table and no alarm', async () => {
    const stand = aBox()
    stand.board.answerJoin = async () => null
    expect(wordOf(await stand.castNow('ann'))).toBe('poll-not-found')
    expect(stand.tables()).toEqual({})
    expect(stand.storage.alarm).toBeNull()
  })

  test('asks again with the next voter: the poll may be made meanwhile', async () => {
    const stand = aBox()
    const { answerJoin } = stand.board
    stand.board.answerJoin = async () => null
    await stand.castNow('ann')
    stand.board.answerJoin = answerJoin
    expect(wordOf(await stand.castNow('ann'))).toBe('accepted')
  })

  test('answers everything else with nothing', async () => {
    const { box, address, definition } = aBox()
    expect(await box.erase(address, 1)).toBe('none')
    expect(await box.prove(address, 1)).toBeNull()
    expect(await box.checkpoint(address)).toBeNull()
    expect(await box.log(address, 0, 10)).toMatchObject({ entries: [], next: null })
    expect(await box.standing(address)).toMatchObject({ ...address, seq: 0, archived: 0, ballots: 0 })
    expect(await box.firsts(address, 'order', ['a', 'b'])).toEqual({ counts: [0, 0], exhausted: 0 })
    expect(await box.find(address, { voterKey: definition.secret, ballotKey: definition.secret })).toBeNull()
    await box.confirm(address, 1, 5)
    await box.resend(address, 0)
  })
})

describe('the first voters', () => {
  test('share one question to the board', async () => {
    const stand = aBox()
    const replies = ['ann', 'bob', 'cat'].map((voter) => stand.cast(voter))
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map(wordOf)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(stand.board.joins).toEqual([stand.address])
  })

  test('are the last to ask: a founded box never joins again, not even after a restart', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    stand.restart()
    await stand.castNow('bob')
    expect(stand.board.joins).toHaveLength(1)
  })

  test('are let go when the board cannot be asked, and the next ones ask again', async () => {
    const stand = aBox()
    const { answerJoin } = stand.board
    stand.board.answerJoin = () => Promise.reject(new Error('the board is away'))
    await expect(stand.cast('ann')).rejects.toThrow('the board is away')
    expect(stand.tables()).toEqual({})
    stand.board.answerJoin = answerJoin
    expect(wordOf(await stand.castNow('ann'))).toBe('accepted')
  })

  test('of a shard beyond the poll’s are refused by the board, not counted', async () => {
    const stand = aBox({ shard: 9 })
    stand.board.answerJoin = async ({ shard }) =>
      shard < stand.definition.poll.shards ? stand.definition : null
    expect(wordOf(await stand.castNow('ann'))).toBe('poll-not-found')
  })
})

describe('a newer definition', () => {
  const reopened = ({ poll, ...rest }: CountingDefinition): CountingDefinition => ({
    ...rest,
    poll: { ...poll, phase: 'open', version: poll.version + 1 },
  })

  test('is what the box counts by from then on, through a restart', async () => {
    const stand = aBox({ definition: aDefinition({ phase: 'draft' }) })
    expect(wordOf(await stand.castNow('ann'))).toBe('poll-not-open')
    await stand.box.adopt(stand.address, reopened(stand.definition))
    expect(wordOf(await stand.castNow('ann'))).toBe('accepted')
    stand.restart()
    expect(wordOf(await stand.castNow('bob'))).toBe('accepted')
  })

  test('never gives way to an older one that comes late', async () => {
    const stand = aBox({ definition: aDefinition({ phase: 'draft' }) })
    expect(wordOf(await stand.castNow('ann'))).toBe('poll-not-open')
    await stand.box.adopt(stand.address, reopened(stand.definition))
    await stand.box.adopt(stand.address, stand.definition)
    expect(wordOf(await stand.castNow('ann'))).toBe('accepted')
  })

  test('that comes late to a box that was destroyed, or where nobody ever came, founds none', async () => {
    const stand = aBox()
    await stand.box.adopt(stand.address, stand.definition)
    expect(stand.tables()).toEqual({})
    expect(wordOf(await stand.castNow('ann'))).toBe('accepted')
    await stand.box.destroy()
    await stand.box.adopt(stand.address, stand.definition)
    expect(stand.tables()).toEqual({})
  })

  test('that comes while the first voter still waits for the board is the one that counts', async () => {
    const stand = aBox({ definition: aDefinition({ phase: 'draft' }) })
    const asked = Promise.withResolvers<CountingDefinition | null>()
    stand.board.answerJoin = () => asked.promise
    const reply = stand.cast('ann')
    await settled()
    await stand.box.adopt(stand.address, reopened(stand.definition))
    asked.resolve(stand.definition)
    await stand.time.advance(5)
    expect(wordOf(await reply)).toBe('accepted')
  })

  test('revokes invites for ballots that are not in the box yet', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    await stand.box.adopt(stand.address, { ...reopened(stand.definition), revokedInvites: [7] })
    const reply = stand.box.cast({
      ...stand.address,
      cast: { ...aCast(stand.definition, 'bob'), invite: 7 },
    })
    await stand.time.advance(5)
    expect(wordOf(await reply)).toBe('invite-invalid')
  })
})

describe('a poll that is deleted', () => {
  test('takes everything with it, and whoever waits hears that there is no such poll', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    const waiting = stand.cast('bob')
    await stand.box.destroy()
    await stand.time.advance(5)
    expect(wordOf(await waiting)).toBe('poll-not-found')
    expect(stand.tables()).toEqual({})
    expect(stand.storage.alarm).toBeNull()
  })

  test('does not come back with a first voter whose question to the board was still on its way', async () => {
    const stand = aBox()
    const asked = Promise.withResolvers<CountingDefinition | null>()
    stand.board.answerJoin = () => asked.promise
    const reply = stand.cast('ann')
    await settled()
    await stand.box.destroy()
    asked.resolve(stand.definition)
    await stand.time.advance(5)
    expect(wordOf(await reply)).toBe('poll-not-found')
    expect(stand.tables()).toEqual({})
  })

  test('does not come back with a close that was still on its way', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    await stand.box.destroy()
    const frozen = await stand.box.freeze(stand.address, stand.definition)
    expect(frozen).toMatchObject({ ...stand.address, version: 0, tally: { ballots: 0 } })
    expect(stand.tables()).toEqual({})
  })

  test('does not come back with an alarm that was sending', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    const sending = Promise.withResolvers<void>()
    stand.queue.send = () => sending.promise
    const ringing = stand.ring()
    await settled()
    await stand.box.destroy()
    sending.resolve()
    await ringing
    expect(stand.tables()).toEqual({})
    expect(stand.storage.alarm).toBeNull()
  })
})

test('a poll deleted while its board is being told leaves no failure behind', async () => {
  const stand = aBox()
  const told = Promise.withResolvers<{ durable: number; final: boolean }>()
  stand.board.answerReport = () => told.promise
  await stand.castNow('ann')
  await stand.box.destroy()
  told.resolve({ durable: 1, final: true })
  await settled()
  expect(stand.events.filter(({ type }) => type.endsWith('failed'))).toEqual([])
  expect(stand.tables()).toEqual({})
})

test('two shards of a poll number their ballots apart, under ids that never meet', async () => {
  const definition = aDefinition({ shards: 2 })
  const [zero, one] = [aBox({ definition, shard: 0 }), aBox({ definition, shard: 1 })]
  const ballots = [taken(await zero.castNow('ann')), taken(await one.castNow('ann'))]
  expect(ballots.map(({ shard, seq }) => [shard, seq])).toEqual([
    [0, 1],
    [1, 1],
  ])
  expect(ballots[0]?.id).not.toBe(ballots[1]?.id)
  expect(storedTally(zero).tally).toEqual(storedTally(one).tally)
})
