// How a poll ends: every box frozen first, then one final publication that never changes.
import { describe, expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { aBoard, type BoardStand, pizza, sushi, tallyOf } from '../support/boards.ts'
import { noon } from '../support/timeline.ts'

const order: Question = {
  id: 'order',
  type: 'ranking',
  prompt: 'Rank',
  required: false,
  options: ['a', 'b', 'c'].map((id) => ({ id, label: id })),
}

const hold = (stand: BoardStand, shard: number, ...ballots: readonly Answers[]): void => {
  stand.boxes.held.set(shard, { version: ballots.length, tally: tallyOf(stand.definition, ballots) })
}

const publications = ({ events }: BoardStand) =>
  events.filter((event) => event.type === 'results-published').length

describe('closing', () => {
  test('freezes every shard, also those nobody has voted in, and then is final', async () => {
    const stand = await aBoard({ shards: 4 })
    hold(stand, 1, pizza, sushi)
    const closed = await stand.board.close()
    expect(stand.boxes.asked).toEqual([0, 1, 2, 3].map((shard) => ['freeze', shard]))
    expect(closed).toMatchObject({ final: true, poll: { phase: 'closed', version: 2 } })
    expect(await stand.results()).toMatchObject({ final: true, ballots: 2 })
  })

  test('is answered within what the caller will wait, and goes on by itself', async () => {
    const stand = await aBoard({ shards: 2 })
    stand.boxes.before = () => new Promise((resolve) => stand.time.after(3_000, resolve))
    let answered = false
    const closed = stand.board.close(1_000).finally(() => {
      answered = true
    })
    await stand.time.advance(999)
    expect(answered).toBe(false)
    await stand.time.advance(1)
    expect(await closed).toMatchObject({ final: false, poll: { phase: 'closing' } })
    await stand.time.advance(10_000)
    expect(await stand.results()).toMatchObject({ final: true })
  })

  test('counts what the boxes held last, not what they had reported', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    hold(stand, 0, pizza, pizza, sushi)
    await stand.board.close()
    expect(await stand.results()).toMatchObject({ ballots: 3, final: true })
  })

  test('is durable as begun before the first box is frozen', async () => {
    const stand = await aBoard()
    stand.boxes.before = async () => {
      const [row] = stand.storage.all<{ poll: string }>('select poll from board')
      expect(JSON.parse(row?.poll ?? '')).toMatchObject({ phase: 'closing', version: 2 })
    }
    expect(await stand.board.close()).toMatchObject({ final: true })
  })

  test('sends the boxes a definition that says so', async () => {
    const stand = await aBoard()
    const { freeze } = stand.boxes
    const phases: string[] = []
    stand.boxes.freeze = (address, definition) => {
      phases.push(definition.poll.phase)
      return freeze(address, definition)
    }
    await stand.board.close()
    expect(phases).toEqual(['closing'])
  })

  test('again changes nothing: version, time and document stay', async () => {
    const stand = await aBoard()
    hold(stand, 0, pizza)
    await stand.board.close()
    const final = await stand.board.snapshot()
    await stand.time.advance(10_000)
    expect(await stand.board.close()).toMatchObject({ final: true, poll: { version: 2 } })
    expect(await stand.board.snapshot()).toEqual(final)
    expect(stand.boxes.asked).toHaveLength(1)
  })

  test('tells every box that holds ballots that the result is final, however long that takes', async () => {
    const stand = await aBoard({ shards: 4 })
    hold(stand, 1, pizza, sushi)
    const { adopt } = stand.boxes
    const heard: [number, string][] = []
    stand.boxes.adopt = async (address, definition) => {
      heard.push([address.shard, definition.poll.phase])
      if (heard.length === 1) throw new Error('the box cannot be reached')
      await adopt(address, definition)
    }
    await stand.board.close()
    stand.restart()
    while (await stand.ring());
    expect(heard).toEqual([
      [1, 'closed'],
      [1, 'closed'],
    ])
  })

  test('by two owners at once is one close', async () => {
    const stand = await aBoard()
    hold(stand, 0, pizza)
    const [one, other] = await Promise.all([stand.board.close(), stand.board.close()])
    expect(one).toEqual(other)
    expect(stand.boxes.asked).toHaveLength(1)
    expect(publications(stand)).toBe(1)
  })

  test('cannot be undone', async () => {
    const stand = await aBoard()
    await stand.board.close()
    expect(await stand.board.change({ kind: 'open' })).toEqual({
      ok: false,
      refusal: { reason: 'poll-closed' },
    })
    stand.restart()
    expect((await stand.board.definition())?.poll.phase).toBe('closed')
  })

  test('is told to Postgres, when it begins or when it is done', async () => {
    const stand = await aBoard()
    await stand.board.close()
    expect(stand.postgres.recorded.at(-1)).toMatchObject({ phase: 'closed', version: 2 })
  })
})

describe('a final result', () => {
  test('is published once: nothing that was waiting to be published comes after it', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    hold(stand, 0, pizza, sushi)
    await stand.board.close()
    const final = await stand.board.snapshot()
    await stand.time.advance(10_000)
    expect(await stand.board.snapshot()).toEqual(final)
    expect(publications(stand)).toBe(1)
  })

  test('does not change with a report that comes late', async () => {
    const stand = await aBoard()
    hold(stand, 0, pizza, sushi)
    await stand.board.close()
    const final = await stand.board.snapshot()
    await stand.report(0, 1, pizza)
    await stand.report(0, 2, pizza, sushi)
    await stand.time.advance(1_000)
    expect(await stand.board.snapshot()).toEqual(final)
  })

  test('is the last frame of every viewer, whose socket then ends', async () => {
    const stand = await aBoard()
    stand.viewers.watching = 3
    hold(stand, 0, pizza)
    await stand.board.close()
    expect(JSON.parse(stand.viewers.frames.at(-1) ?? '')).toEqual({
      type: 'closed',
      ...(await stand.results()),
    })
    expect(stand.viewers.ended).toBe(3)
  })

  test('has the runoff over all shards', async () => {
    const stand = await aBoard({ shards: 2, questions: [order] })
    const [one, other] = [
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      [['c', 'b'], ['b'], ['a']],
    ]
    stand.boxes.rankings.set(0, one ?? []).set(1, other ?? [])
    hold(stand, 0, ...(one ?? []).map((ranked) => ({ order: ranked })))
    hold(stand, 1, ...(other ?? []).map((ranked) => ({ order: ranked })))
    await stand.board.close()
    expect((await stand.results()).questions[0]).toMatchObject({
      ballots: 5,
      runoff: {
        winner: 'b',
        rounds: [{ counts: { a: 2, b: 2, c: 1 }, eliminated: ['c'] }, { counts: { a: 2, b: 3 } }],
      },
    })
  })

  test('survives a restart to the letter', async () => {
    const stand = await aBoard({ questions: [order] })
    stand.boxes.rankings.set(0, [['a']])
    hold(stand, 0, { order: ['a'] })
    await stand.board.close()
    const final = await stand.board.snapshot()
    stand.restart()
    await stand.ring()
    expect((await stand.board.snapshot())?.document).toBe(final?.document)
  })

  test('counts a ballot erased afterwards as erased, keeps its votes, and stays final', async () => {
    const stand = await aBoard({ questions: [order] })
    stand.boxes.rankings.set(0, [['a'], ['a', 'b']])
    hold(stand, 0, { order: ['a'] }, { order: ['a', 'b'] })
    await stand.board.close()
    const before = await stand.results()
    const tally = { ...tallyOf(stand.definition, [{ order: ['a'] }, { order: ['a', 'b'] }]), erased: 1 }
    await stand.board.report({ pollId: stand.definition.poll.id, shard: 0, version: 3, tally })
    await stand.time.advance(1_000)
    expect(await stand.results()).toEqual({
      ...before,
      erased: 1,
      version: before.version + 1,
      asOf: expect.any(String),
    })
  })
})

describe('while a box cannot be frozen', () => {
  const unreachable = async (): Promise<BoardStand> => {
    const stand = await aBoard({ shards: 3 })
    hold(stand, 1, pizza)
    stand.boxes.before = async (_what, shard) => {
      if (shard === 1) throw new Error('the box is away')
    }
    return stand
  }

  test('the poll is closed, but not final', async () => {
    const stand = await unreachable()
    expect(await stand.board.close()).toMatchObject({ final: false, poll: { phase: 'closing' } })
    expect(await stand.results()).toMatchObject({ final: false })
  })

  test('the alarm asks again, only those that are missing, until all have answered', async () => {
    const stand = await unreachable()
    await stand.board.close()
    const asked = stand.boxes.asked.length
    await stand.ring()
    await stand.ring()
    expect(stand.boxes.asked.slice(asked).filter(([what]) => what === 'freeze')).toEqual([
      ['freeze', 1],
      ['freeze', 1],
    ])
    stand.boxes.before = async () => {}
    await stand.ring()
    expect(await stand.results()).toMatchObject({ final: true, ballots: 1 })
  })

  test('it goes on after a restart', async () => {
    const stand = await unreachable()
    await stand.board.close()
    stand.restart()
    stand.boxes.before = async () => {}
    expect(await stand.ring()).toBe(true)
    expect(await stand.results()).toMatchObject({ final: true, ballots: 1 })
  })

  test('one that never answered is asked again: a promise that never settles must not end the retries', async () => {
    const stand = await aBoard()
    hold(stand, 0, pizza)
    stand.boxes.before = () => new Promise(() => {})
    const closing = stand.board.close()
    await stand.time.advance(5_000)
    await closing
    stand.boxes.before = async () => {}
    for (let rings = 0; rings < 5; rings++) await Promise.race([stand.ring(), stand.time.advance(30_000)])
    expect(await stand.results()).toMatchObject({ final: true, ballots: 1 })
  })

  test('an owner waits 5 s and no longer for one that hangs', async () => {
    const stand = await aBoard()
    stand.boxes.before = () => new Promise(() => {})
    const closing = stand.board.close()
    await stand.time.advance(5_000)
    expect(await closing).toMatchObject({ final: false })
  })
})

describe('at its time', () => {
  test('the poll closes by itself', async () => {
    const stand = await aBoard({ closesAt: noon + 60_000 })
    hold(stand, 0, pizza)
    while (stand.time.clock.now() < noon + 60_000) expect(await stand.ring()).toBe(true)
    expect(stand.time.clock.now()).toBe(noon + 60_000)
    expect(await stand.results()).toMatchObject({ final: true, ballots: 1 })
  })

  test('and not before, whatever else wakes the board', async () => {
    const stand = await aBoard({ closesAt: noon + 60_000 })
    await stand.board.wake()
    expect((await stand.board.definition())?.poll.phase).toBe('open')
    expect(stand.storage.alarm).toBe(noon + 60_000)
  })

  test('a poll whose record fails every time still closes', async () => {
    const stand = await aBoard({ closesAt: noon + 60_000 }, { made: false })
    stand.postgres.before = () => Promise.reject(new Error('postgres is down'))
    await stand.board.create(stand.definition, 'order')
    for (let rings = 0; rings < 14; rings++) await stand.ring()
    expect(await stand.results()).toMatchObject({ final: true })
  })
})
