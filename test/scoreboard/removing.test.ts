// How a poll is deleted: its secret and numbers go at once, its boxes and its rows follow, a tombstone stays 14 days.
import { describe, expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import { aBoard, type BoardStand, pizza } from '../support/boards.ts'

const day = 24 * 60 * 60 * 1_000

const aBoardWithShards = async (): Promise<BoardStand> => {
  const stand = await aBoard({
    shards: 4,
    title: 'The secret ballot',
    dedupe: { by: 'account', keys: [{ kid: 'k', alg: 'HS256', secret: 'the owner’s signing secret' }] },
  })
  for (const shard of [0, 2]) await stand.board.join({ pollId: stand.definition.poll.id, shard })
  await stand.report(0, 1, pizza)
  await stand.time.advance(0)
  return stand
}

const everythingStored = ({ storage, tables }: BoardStand): string =>
  JSON.stringify({ tables: tables(), secrets: storage.all('select hex(secret) as secret from board') })

describe('deleting', () => {
  test('makes the poll unknown at once', async () => {
    const stand = await aBoardWithShards()
    expect(await stand.board.remove()).toBe(true)
    expect(await stand.board.definition()).toBeNull()
    expect(await stand.board.snapshot()).toBeNull()
    expect(await stand.board.follow('leaf/0', 1)).toBeNull()
    expect(await stand.board.join({ pollId: stand.definition.poll.id, shard: 1 })).toBeNull()
    expect(await stand.board.change({ kind: 'open' })).toMatchObject({ ok: false })
    expect(await stand.board.remove()).toBe(false)
  })

  test('empties the boxes that have joined, tells Postgres, and ends the viewers', async () => {
    const stand = await aBoardWithShards()
    await stand.board.remove()
    expect([...stand.boxes.destroyed]).toEqual([0, 2])
    const { id, workspaceId } = stand.definition.poll
    expect(stand.postgres.removed).toEqual([{ pollId: id, workspaceId, deletedAt: stand.time.clock.now() }])
    expect(stand.viewers.ended).toBe(1)
  })

  test('leaves of the secret, the numbers and the definition nothing behind', async () => {
    const stand = await aBoardWithShards()
    const secret = Buffer.from(stand.definition.secret).toString('hex').toUpperCase()
    expect(everythingStored(stand)).toContain(secret)
    await stand.board.remove()
    const left = everythingStored(stand)
    expect(left).not.toContain(secret)
    expect(left).not.toContain('signing secret')
    expect(left).not.toContain('The secret ballot')
    expect(left).not.toContain('pizza')
  })

  test('is repeated by the alarm where boxes or Postgres did not answer', async () => {
    const stand = await aBoardWithShards()
    stand.boxes.before = async (_what, shard) => {
      if (shard === 2) throw new Error('the box is away')
    }
    stand.postgres.before = () => Promise.reject(new Error('postgres is down'))
    await stand.board.remove().catch(() => undefined)
    expect(await stand.board.definition()).toBeNull()
    stand.boxes.before = async () => {}
    stand.postgres.before = async () => {}
    stand.restart()
    await stand.ring()
    expect([...stand.boxes.destroyed]).toEqual([0, 2])
    expect(stand.postgres.removed).toHaveLength(1)
  })

  test('is answered even when Postgres is down: the poll is gone, and the alarm sees to the rest', async () => {
    const stand = await aBoardWithShards()
    stand.postgres.before = () => Promise.reject(new Error('postgres is down'))
    expect(await stand.board.remove()).toBe(true)
  })

  test('keeps a tombstone for 14 days, and then nothing at all', async () => {
    const stand = await aBoardWithShards()
    await stand.board.remove()
    await stand.board.create(stand.definition, 'order')
    expect(await stand.board.definition()).toBeNull()
    await stand.time.advance(14 * day - 1_000)
    stand.restart()
    expect(stand.tables()['board']).toHaveLength(1)
    while (await stand.ring());
    expect(stand.tables()).toEqual({})
  })

  test('settles a box that still reports: there is nothing left to tell', async () => {
    const stand = await aBoardWithShards()
    await stand.board.remove()
    expect(await stand.report(0, 9, pizza)).toBe(9)
    await stand.time.advance(1_000)
    expect(await stand.board.snapshot()).toBeNull()
  })
})

describe('what was under way when the poll was deleted', () => {
  test('a publication does not bring the numbers back', async () => {
    const stand = await aBoardWithShards()
    await stand.report(0, 2, pizza, pizza)
    await stand.board.remove()
    await stand.time.advance(1_000)
    expect(stand.tables()['publication']).toEqual([])
    expect(stand.tables()['shard']).toEqual([])
    expect(stand.viewers.frames).toHaveLength(1)
  })

  test('a runoff is dropped, and throws at nobody', async () => {
    const order: Question = {
      id: 'order',
      type: 'ranking',
      prompt: 'Rank',
      required: false,
      options: ['a', 'b'].map((id) => ({ id, label: id })),
    }
    const stand = await aBoard({ questions: [order] })
    await stand.report(0, 1, { order: ['a'] })
    await stand.board.remove()
    await stand.time.advance(10_000)
    expect(stand.tables()['publication']).toEqual([])
  })

  test('a close does not give a deleted box its definition back', async () => {
    const stand = await aBoardWithShards()
    const away = Promise.withResolvers<void>()
    stand.boxes.before = (what, shard) =>
      what === 'freeze' && shard === 3 ? away.promise : Promise.resolve()
    const closing = stand.board.close()
    await stand.time.advance(0)
    await stand.board.remove()
    stand.boxes.asked.length = 0
    away.resolve()
    await stand.time.advance(5_000)
    await closing
    expect(stand.boxes.asked.filter(([what]) => what !== 'destroy')).toEqual([])
    while (stand.storage.alarm !== null && stand.storage.alarm < stand.time.clock.now() + day)
      await stand.ring()
    expect(stand.boxes.frozen).toEqual(new Set([0, 1, 2, 3]))
    expect([...stand.boxes.destroyed].toSorted()).toEqual([0, 1, 2, 3])
    expect(stand.tables()['shard']).toEqual([])
  })
})
