// How Postgres hears of a poll: soon if it can, and for certain in the end; the poll is made either way.
import { describe, expect, test } from 'vitest'
import { aBoard, type BoardStand } from '../support/boards.ts'
import { settled } from '../support/timeline.ts'

const hanging = () => new Promise<void>(() => {})
const down = () => Promise.reject(new Error('postgres is down'))

/** Whether a promise has come to anything by now. */
const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  void promise.finally(() => {
    done = true
  })
  await settled()
  return done
}

const creating = async (
  before: () => Promise<void>,
): Promise<{ stand: BoardStand; created: Promise<unknown> }> => {
  const stand = await aBoard({}, { made: false })
  stand.postgres.before = before
  return { stand, created: stand.board.create(stand.definition, 'order') }
}

describe('making a poll', () => {
  test('answers as soon as Postgres has it', async () => {
    const { stand, created } = await creating(async () => {})
    expect(await isDone(created)).toBe(true)
    expect(stand.postgres.recorded).toEqual([{ ...stand.definition.poll, opened: true }])
  })

  test('answers at once when Postgres says no, and the poll is there', async () => {
    const { stand, created } = await creating(down)
    expect(await isDone(created)).toBe(true)
    expect(await stand.board.definition()).toEqual(stand.definition)
    expect(stand.events).toContainEqual(expect.objectContaining({ type: 'poll-record-failed', version: 1 }))
  })

  test('waits 500 ms for a Postgres that hangs, and no longer', async () => {
    const { stand, created } = await creating(hanging)
    await stand.time.advance(499)
    expect(await isDone(created)).toBe(false)
    await stand.time.advance(1)
    expect(await isDone(created)).toBe(true)
    expect(await stand.board.definition()).toEqual(stand.definition)
  })

  test('is durable before Postgres is asked', async () => {
    const { stand } = await creating(hanging)
    stand.restart()
    expect(await stand.board.definition()).toEqual(stand.definition)
  })

  test('again with the same poll changes nothing', async () => {
    const stand = await aBoard()
    const before = stand.tables()
    await stand.board.create(stand.definition, 'order')
    expect(stand.tables()).toEqual(before)
    expect(stand.postgres.recorded).toHaveLength(1)
  })

  test('again with another poll under the same id leaves the first as it was', async () => {
    const stand = await aBoard()
    const { poll } = stand.definition
    await stand.board.create(
      { ...stand.definition, poll: { ...poll, title: 'Another' }, secret: new Uint8Array(32) },
      'order',
    )
    expect(await stand.board.definition()).toEqual(stand.definition)
  })

  test('never lets the secret near Postgres', async () => {
    const stand = await aBoard()
    expect(JSON.stringify(stand.postgres.recorded)).not.toContain('secret')
  })
})

describe('the alarm', () => {
  test('repeats the record until Postgres has it, however often that fails', async () => {
    const { stand } = await creating(down)
    await settled()
    for (let failures = 0; failures < 20; failures++) expect(await stand.ring()).toBe(true)
    stand.postgres.before = async () => {}
    await stand.ring()
    expect(stand.postgres.recorded).toEqual([{ ...stand.definition.poll, opened: true }])
  })

  test('goes on after a restart', async () => {
    const { stand } = await creating(down)
    await settled()
    stand.restart()
    stand.postgres.before = async () => {}
    expect(await stand.ring()).toBe(true)
    expect(stand.postgres.recorded).toEqual([{ ...stand.definition.poll, opened: true }])
  })

  test('is not held up by a record that hangs', async () => {
    const { stand } = await creating(hanging)
    await stand.time.advance(500)
    expect(stand.storage.alarm).not.toBeNull()
  })

  test('rests once Postgres has it', async () => {
    const stand = await aBoard()
    await stand.ring()
    expect(stand.postgres.recorded).toHaveLength(1)
    expect(await stand.ring()).toBe(false)
  })
})

describe('a change', () => {
  test('is recorded with its version', async () => {
    const stand = await aBoard({ phase: 'draft' })
    await stand.board.change({ kind: 'open' })
    expect(stand.postgres.recorded.map(({ version, phase }) => [version, phase])).toEqual([
      [1, 'draft'],
      [2, 'open'],
    ])
  })

  test('is recorded by the alarm when Postgres was away, and the newest is enough', async () => {
    const stand = await aBoard({ phase: 'draft' })
    stand.postgres.before = down
    await stand.board.change({ kind: 'open' })
    await stand.board.change({ kind: 'archive' })
    stand.postgres.before = async () => {}
    await stand.ring()
    expect(stand.postgres.recorded.at(-1)).toMatchObject({ version: 3, phase: 'open', archived: true })
  })

  test('that comes while an older record is on its way is recorded too', async () => {
    const stand = await aBoard({ phase: 'draft' }, { made: false })
    const slow = Promise.withResolvers<void>()
    stand.postgres.before = () => slow.promise
    const created = stand.board.create(stand.definition, 'order')
    await stand.time.advance(500)
    await created
    stand.postgres.before = async () => {}
    await stand.board.change({ kind: 'open' })
    slow.resolve()
    while (await stand.ring());
    expect(Math.max(...stand.postgres.recorded.map(({ version }) => version))).toBe(2)
  })
})
