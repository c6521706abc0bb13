// How boxes come to count by a poll's newest definition: they join with it, and are told of every change after that.
import { describe, expect, test } from 'vitest'
import { aBoard, type BoardStand, pizza, tallyOf } from '../support/boards.ts'
import { whereAndWhy } from '../support/polls.ts'
import { noon } from '../support/timeline.ts'

const join = ({ board, definition }: BoardStand, shard: number) =>
  board.join({ pollId: definition.poll.id, shard })

describe('a box that joins', () => {
  test('gets the definition, secret and all', async () => {
    const stand = await aBoard({ shards: 2 })
    expect(await join(stand, 1)).toEqual(stand.definition)
  })

  test('beyond the poll’s shards is turned away and not remembered', async () => {
    const stand = await aBoard({ shards: 2 })
    for (const shard of [2, 255, -1]) expect(await join(stand, shard)).toBeNull()
    expect(stand.tables()['shard']).toEqual([])
  })

  test('gets today’s definition, and is not told of it again', async () => {
    const stand = await aBoard({ phase: 'draft' })
    await stand.board.change({ kind: 'open' })
    expect((await join(stand, 0))?.poll).toMatchObject({ phase: 'open', version: 2 })
    await stand.ring()
    expect(stand.boxes.asked).toEqual([])
  })
})

describe('a change', () => {
  test('is answered once every box that joined counts by it', async () => {
    const stand = await aBoard({ phase: 'draft', shards: 4 })
    await join(stand, 0)
    await join(stand, 2)
    expect(await stand.board.change({ kind: 'open' })).toMatchObject({
      ok: true,
      value: { phase: 'open', version: 2 },
    })
    expect([...stand.boxes.adopted]).toEqual([
      [0, 2],
      [2, 2],
    ])
  })

  test('is refused as unavailable when a box does not confirm, stands all the same, and is told by the alarm', async () => {
    const stand = await aBoard({ phase: 'draft', shards: 2 })
    await join(stand, 1)
    stand.boxes.before = () => Promise.reject(new Error('the box is away'))
    await expect(stand.board.change({ kind: 'open' })).rejects.toThrow('cannot be asked')
    expect((await stand.board.definition())?.poll.phase).toBe('open')
    stand.boxes.before = async () => {}
    await stand.ring()
    expect(stand.boxes.adopted.get(1)).toBe(2)
  })

  test('whose turn comes when nobody waits for it any more is not begun', async () => {
    const stand = await aBoard({ phase: 'draft', shards: 2 })
    await join(stand, 1)
    stand.boxes.before = () => new Promise(() => {})
    const first = stand.board.change({ kind: 'archive' }).catch((error: unknown) => String(error))
    const late = stand.board.change({ kind: 'open' }, 1_000).catch((error: unknown) => String(error))
    const patient = stand.board.change({ kind: 'revoke-invite', serial: 1 }, 60_000).catch(() => 'begun')
    await stand.time.advance(20_000)
    expect(await first).toContain('a ballot box')
    expect(await late).toContain('the scoreboard')
    expect(await patient).toBe('begun')
    expect((await stand.board.definition())?.poll).toMatchObject({ phase: 'draft', archived: true })
  })

  test('that is repeated once the box is back changes nothing more', async () => {
    const stand = await aBoard({ phase: 'draft' })
    await join(stand, 0)
    stand.boxes.before = () => Promise.reject(new Error('the box is away'))
    await stand.board.change({ kind: 'open' }).catch(() => undefined)
    stand.boxes.before = async () => {}
    expect(await stand.board.change({ kind: 'open' })).toMatchObject({ ok: true, value: { version: 2 } })
  })

  test('that changes nothing is told to nobody', async () => {
    const stand = await aBoard()
    await join(stand, 0)
    expect(await stand.board.change({ kind: 'open' })).toMatchObject({ ok: true, value: { version: 1 } })
    expect(stand.boxes.asked).toEqual([])
  })

  test('of a poll that is not there is refused', async () => {
    const stand = await aBoard({}, { made: false })
    expect(await stand.board.change({ kind: 'open' })).toEqual({
      ok: false,
      refusal: { reason: 'poll-not-found' },
    })
    expect(await stand.board.close()).toBeNull()
    expect(await stand.board.remove()).toBe(false)
    expect(await stand.board.issueInvites(3)).toBeNull()
    expect(stand.tables()).toEqual({})
  })

  test('survives a restart', async () => {
    const stand = await aBoard({ phase: 'draft' })
    await stand.board.change({ kind: 'open' })
    await stand.board.change({ kind: 'revoke-invite', serial: 7 })
    const definition = await stand.board.definition()
    stand.restart()
    expect(await stand.board.definition()).toEqual(definition)
    expect(definition).toMatchObject({ revokedInvites: [7], poll: { phase: 'open', version: 3 } })
  })
})

describe('changing the questions', () => {
  const edit = ({ board, definition: { poll } }: BoardStand, from = poll.version) =>
    board.change({ kind: 'edit', from, definition: { ...poll, questions: whereAndWhy } })

  test('is done once every box that joined waits and none of them holds a ballot', async () => {
    const stand = await aBoard({ shards: 4 })
    await join(stand, 0)
    await join(stand, 2)
    expect(await edit(stand)).toMatchObject({ ok: true, value: { version: 2, questions: whereAndWhy } })
    expect(stand.boxes.asked).toEqual([
      ['hold', 0],
      ['hold', 2],
      ['adopt', 0],
      ['adopt', 2],
    ])
  })

  test('is refused where one of them does, and all count on by what was there', async () => {
    const stand = await aBoard({ shards: 2 })
    await join(stand, 0)
    await join(stand, 1)
    stand.boxes.held.set(1, { version: 1, tally: tallyOf(stand.definition, [pizza]) })
    expect(await edit(stand)).toEqual({ ok: false, refusal: { reason: 'questions-frozen' } })
    const after = await stand.board.definition()
    expect(after?.poll.questions).toEqual(stand.definition.poll.questions)
    expect([...stand.boxes.adopted.values()]).toEqual([after?.poll.version, after?.poll.version])
  })

  test('of a version that has passed is refused, and nobody waits for it', async () => {
    const stand = await aBoard()
    await join(stand, 0)
    expect(await edit(stand, 7)).toEqual({ ok: false, refusal: { reason: 'version-changed' } })
    expect(stand.boxes.asked).toEqual([])
  })

  test('lets nobody join meanwhile', async () => {
    const stand = await aBoard({ shards: 2 })
    await join(stand, 0)
    const away = Promise.withResolvers<void>()
    stand.boxes.before = (what) => (what === 'hold' ? away.promise : Promise.resolve())
    const editing = edit(stand)
    await stand.time.advance(10)
    await expect(join(stand, 1)).rejects.toThrow('cannot be asked')
    away.resolve()
    expect(await editing).toMatchObject({ ok: true })
    expect((await join(stand, 1))?.poll.questions).toEqual(whereAndWhy)
  })

  test('that a board dies over lets everybody go by what was there', async () => {
    const stand = await aBoard()
    await join(stand, 0)
    stand.boxes.before = (what) => (what === 'hold' ? new Promise(() => {}) : Promise.resolve())
    void edit(stand)
    await stand.time.advance(10)
    stand.restart()
    await stand.ring()
    expect(stand.boxes.adopted.get(0)).toBe((await stand.board.definition())?.poll.version)
    expect((await join(stand, 0))?.poll.questions).toEqual(stand.definition.poll.questions)
  })

  test('is given up after a while where a box never answers, and nothing waits behind it for ever', async () => {
    const stand = await aBoard()
    await join(stand, 0)
    stand.boxes.before = (what) => (what === 'hold' ? new Promise(() => {}) : Promise.resolve())
    const editing = edit(stand).catch((error: unknown) => String(error))
    const closing = stand.board.close()
    await stand.time.advance(30_000)
    expect(await Promise.race([editing, 'still waiting'])).not.toBe('still waiting')
    expect(await Promise.race([closing, 'still waiting'])).toMatchObject({ final: true })
  })

  test('to what they are changes nothing', async () => {
    const stand = await aBoard()
    await join(stand, 0)
    const { poll } = stand.definition
    expect(await stand.board.change({ kind: 'edit', from: 1, definition: poll })).toMatchObject({
      ok: true,
      value: { version: 1 },
    })
    expect(stand.boxes.asked).toEqual([])
  })
})

describe('hiding the results', () => {
  const show = ({ board, definition: { poll } }: BoardStand, from: number, results: 'always' | 'hidden') =>
    board.change({ kind: 'edit', from, definition: { ...poll, results } })

  test('ends whoever watches: a socket that was allowed yesterday must not tell today', async () => {
    const stand = await aBoard()
    await show(stand, 1, 'hidden')
    await stand.report(0, 1, pizza)
    await stand.time.advance(1_000)
    expect(stand.viewers.ended).toBe(1)
    expect(stand.viewers.frames).toEqual([])
  })

  test('is the only such change: nobody is sent away for a new title', async () => {
    const stand = await aBoard()
    const { poll } = stand.definition
    await stand.board.change({ kind: 'edit', from: 1, definition: { ...poll, title: 'Another' } })
    expect(stand.viewers.ended).toBe(0)
  })

  test('back to all ends nobody', async () => {
    const stand = await aBoard({ results: 'hidden' })
    await show(stand, 1, 'always')
    expect(stand.viewers.ended).toBe(0)
  })
})

describe('changes at once', () => {
  test('happen one after the other: of two edits of the same version one is refused', async () => {
    const stand = await aBoard()
    const { poll } = stand.definition
    const titled = (title: string) =>
      stand.board.change({ kind: 'edit', from: 1, definition: { ...poll, title } })
    const [one, other] = await Promise.all([titled('One'), titled('Other')])
    expect([one.ok, other.ok]).toEqual([true, false])
    expect((await stand.board.definition())?.poll).toMatchObject({ title: 'One', version: 2 })
  })

  test('an edit that waits while the poll is closed does not bring it back', async () => {
    const stand = await aBoard()
    const { poll } = stand.definition
    const [closed, edited] = await Promise.all([
      stand.board.close(),
      stand.board.change({ kind: 'edit', from: 1, definition: { ...poll, questions: whereAndWhy } }),
    ])
    expect(closed).toMatchObject({ final: true })
    expect(edited.ok).toBe(false)
    expect((await stand.board.definition())?.poll.phase).toBe('closed')
  })

  test('a deletion ends whatever comes after it', async () => {
    const stand = await aBoard()
    const [removed, changed, closed] = await Promise.all([
      stand.board.remove(),
      stand.board.change({ kind: 'archive' }),
      stand.board.close(),
    ])
    expect([removed, changed, closed]).toEqual([
      true,
      { ok: false, refusal: { reason: 'poll-not-found' } },
      null,
    ])
  })
})

describe('opening', () => {
  test('a scheduled poll opens it now', async () => {
    const stand = await aBoard({ opensAt: noon + 60_000 })
    expect(await stand.board.change({ kind: 'open' })).toMatchObject({ ok: true, value: { opensAt: noon } })
  })

  test('after its end is refused', async () => {
    const stand = await aBoard({ phase: 'draft', closesAt: noon - 1 })
    expect(await stand.board.change({ kind: 'open' })).toEqual({
      ok: false,
      refusal: { reason: 'poll-closed' },
    })
  })

  test('sets the alarm for its end', async () => {
    const stand = await aBoard({ phase: 'draft', closesAt: noon + 60_000 })
    await stand.board.change({ kind: 'open' })
    while (stand.storage.alarm !== null && stand.storage.alarm < noon + 60_000) await stand.ring()
    expect(stand.storage.alarm).toBe(noon + 60_000)
  })
})

describe('invites', () => {
  test('are numbered from 1, and no number is issued twice, not even across a restart', async () => {
    const stand = await aBoard({ dedupe: { by: 'invite' } })
    const first = async (count: number) => (await stand.board.issueInvites(count))?.first
    expect(await first(500)).toBe(1)
    stand.restart()
    expect(await first(1)).toBe(501)
    expect(await first(1)).toBe(502)
  })
})
