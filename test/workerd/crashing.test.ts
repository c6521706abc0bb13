// What the platform may do to an object in the middle of anything: end it, fail its disk, close or delete its poll.
import { abortAllDurableObjects, runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { aFoundedPoll, boardOf, boxOf, castIn, inBox, published, wordOf } from './polls.ts'

const pizza = { where: ['pizza'] }
const sushi = { where: ['sushi'] }

describe('an abort while ballots are under way', () => {
  test('leaves each of them counted once or not at all, and the same request tells which', async () => {
    const poll = await aFoundedPoll()
    await castIn(poll, 'the first voter')
    const voters = Array.from({ length: 60 }, (_, at) => `voter-${at}`)
    const casts = voters.map((voter) => castIn(poll, voter, pizza, 'key').catch(() => null))
    await abortAllDurableObjects()
    const heard = await Promise.all(casts)

    const retried = await Promise.all(voters.map((voter) => castIn(poll, voter, pizza, 'key')))
    for (const [at, reply] of retried.entries()) {
      expect(['accepted', 'replayed']).toContain(wordOf(reply))
      const before = heard[at]
      if (before?.ok)
        expect(reply).toMatchObject({ ok: true, value: { kind: 'replayed', ballot: before.value.ballot } })
    }
    expect((await published(poll, 61)).questions[0]).toMatchObject({ ballots: 61 })
    const ids = retried.flatMap((reply) => (reply.ok ? [reply.value.ballot.id] : []))
    expect(new Set(ids).size).toBe(60)
  })

  test('of both box and board ends in the same results', async () => {
    const poll = await aFoundedPoll({ shards: 4 })
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => castIn(poll, `voter-${round}-${at}`, pizza)))
      await abortAllDurableObjects()
    }
    // Nobody votes any more: the alarms alone bring board and boxes together again.
    for (let shard = 0; shard < 4; shard++) await runDurableObjectAlarm(boxOf(poll, shard))
    await published(poll, 60)
  })
})

describe('a disk that fails in the middle of a commit', () => {
  test('makes the outcome unknown, ends the object, and loses nothing that was committed', async () => {
    const poll = await aFoundedPoll()
    const first = await castIn(poll, 'ann', pizza)
    await inBox(
      poll,
      "create trigger full before insert on log begin select raise(abort, 'the disk is full'); end",
    )
    const failed = await castIn(poll, 'bob', pizza).catch(() => null)
    expect(failed === null ? 'outcome-unknown' : wordOf(failed)).toBe('outcome-unknown')
    await inBox(poll, 'drop trigger full')
    expect(await castIn(poll, 'ann', pizza)).toEqual({
      ok: true,
      value: { kind: 'replayed', ballot: first.ok && first.value.ballot },
    })
    const again = await castIn(poll, 'bob', sushi)
    expect(again).toMatchObject({ ok: true, value: { kind: 'accepted', ballot: { seq: 2 } } })
    expect((await published(poll, 2)).questions[0]).toMatchObject({ options: [{ votes: 1 }, { votes: 1 }] })
  })
})

describe('an alarm', () => {
  test('is still set after an abort, so that what was accepted is archived without anybody coming', async () => {
    const poll = await aFoundedPoll()
    await castIn(poll, 'ann')
    await abortAllDurableObjects()
    expect(await runDurableObjectAlarm(boxOf(poll))).toBe(true)
  })

  test('of a box that is all archived is not set again', async () => {
    const poll = await aFoundedPoll()
    await castIn(poll, 'ann')
    await published(poll, 1)
    await runDurableObjectAlarm(boxOf(poll))
    await boxOf(poll).confirm({ pollId: poll.poll.id, shard: 0 }, 1, 1)
    await runDurableObjectAlarm(boxOf(poll))
    expect(await runDurableObjectAlarm(boxOf(poll))).toBe(false)
  })
})

describe('the end of a poll', () => {
  test('freezes every box, is final once, and survives an abort', async () => {
    const poll = await aFoundedPoll({ shards: 8 })
    await Promise.all(
      Array.from({ length: 40 }, (_, at) => castIn(poll, `voter-${at}`, at % 4 === 0 ? sushi : pizza)),
    )
    expect(await boardOf(poll).close()).toMatchObject({ final: true })
    const final = await boardOf(poll).snapshot()
    await abortAllDurableObjects()
    expect((await boardOf(poll).snapshot())?.document).toBe(final?.document)
    expect(JSON.parse(final?.document ?? '')).toMatchObject({
      final: true,
      ballots: 40,
      questions: [{ options: [{ votes: 30 }, { votes: 10 }] }],
    })
    for (let at = 0; at < 20; at++) expect(wordOf(await castIn(poll, `latecomer-${at}`))).toBe('poll-closed')
  })

  test('while everybody votes has every ballot that was acknowledged, and no other', async () => {
    const poll = await aFoundedPoll({ shards: 4 })
    const casts = Array.from({ length: 120 }, (_, at) => castIn(poll, `voter-${at}`))
    const closed = await boardOf(poll).close()
    const words = (await Promise.all(casts)).map(wordOf)
    expect(closed).toMatchObject({ final: true })
    const accepted = words.filter((word) => word === 'accepted').length
    expect(words.every((word) => word === 'accepted' || word === 'poll-closed')).toBe(true)
    expect(JSON.parse((await boardOf(poll).snapshot())?.document ?? '')).toMatchObject({
      final: true,
      ballots: accepted,
    })
  })

  test('by deletion leaves nothing in its boxes, and no alarm', async () => {
    const poll = await aFoundedPoll()
    await castIn(poll, 'ann')
    expect(await boardOf(poll).remove()).toBe(true)
    expect(
      await inBox(poll, "select name from sqlite_master where name in ('box', 'ballot', 'log', 'tally')"),
    ).toEqual([])
    expect(await runDurableObjectAlarm(boxOf(poll))).toBe(false)
    expect(wordOf(await castIn(poll, 'bob'))).toBe('poll-not-found')
    expect(await boardOf(poll).definition()).toBeNull()
  })
})
