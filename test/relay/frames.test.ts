// What a viewer's socket is sent: the whole on connect and after a gap, otherwise only what changed.
import { describe, expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { aBoard, type BoardStand, pizza } from '../support/boards.ts'
import { aPoll, whereAndWhy } from '../support/polls.ts'

const frames = ({ viewers }: BoardStand): Record<string, unknown>[] =>
  viewers.frames.map((frame) => JSON.parse(frame))

const aRanking = (id: string, options: number): Question => ({
  id,
  type: 'ranking',
  prompt: 'Rank',
  required: false,
  options: Array.from({ length: options }, (_, at) => ({ id: `o${at}`, label: `Option ${at}` })),
})

describe('a delta', () => {
  test('says which versions it joins, the ballots so far, and the questions that changed', async () => {
    const stand = await aBoard({ questions: whereAndWhy })
    await stand.report(0, 1, pizza)
    await stand.time.advance(0)
    const { asOf } = await stand.results()
    expect(frames(stand)).toEqual([
      {
        type: 'delta',
        version: 1,
        from: 0,
        asOf,
        ballots: 1,
        changed: {
          where: {
            id: 'where',
            type: 'choice',
            ballots: 1,
            options: [
              { id: 'pizza', votes: 1, share: 1 },
              { id: 'sushi', votes: 0, share: 0 },
            ],
          },
        },
      },
    ])
  })

  test('leaves out the questions that did not change', async () => {
    const stand = await aBoard({ questions: whereAndWhy })
    await stand.report(0, 1, pizza)
    await stand.time.advance(250)
    await stand.report(0, 2, pizza, { why: 'close by' })
    await stand.time.advance(250)
    expect(frames(stand)[1]).toMatchObject({ from: 1, version: 2, changed: { why: { ballots: 1 } } })
    expect(Object.keys(frames(stand)[1]?.['changed'] ?? {})).toEqual(['why'])
  })

  test('leads from each version to the next without a gap, also after a restart', async () => {
    const stand = await aBoard()
    for (let version = 1; version <= 4; version++) {
      await stand.report(0, version, ...Array<Answers>(version).fill(pizza))
      await stand.time.advance(250)
      stand.restart()
    }
    expect(frames(stand).map(({ from, version }) => [from, version])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ])
  })

  test('applied to the document before it gives the document after it', async () => {
    const stand = await aBoard({ questions: whereAndWhy })
    const shown = JSON.parse((await stand.greeting()) ?? '')
    const ballots: Answers[] = []
    for (const answers of [pizza, { why: 'x' }, { where: ['sushi'], why: 'y' }]) {
      ballots.push(answers)
      await stand.report(0, ballots.length, ...ballots)
      await stand.time.advance(250)
      const { type: _type, from, changed, ...rest } = JSON.parse(stand.viewers.frames.at(-1) ?? '')
      expect(from).toBe(shown.version)
      Object.assign(shown, rest)
      shown.questions = shown.questions.map((question: { id: string }) => changed[question.id] ?? question)
      const { type: _greeting, ...document } = shown
      expect(document).toEqual(await stand.results())
    }
  })

  test('of more than a kilobyte gives way to the whole document', async () => {
    const stand = await aBoard({ questions: [aRanking('order', 30)] })
    await stand.report(0, 1, { order: ['o1', 'o2'] })
    await stand.time.advance(0)
    expect(frames(stand)[0]).toEqual({ type: 'results', ...(await stand.results()) })
    expect(Buffer.byteLength(stand.viewers.frames[0] ?? '')).toBeGreaterThan(1_000)
  })

  test('of a small change to a large poll stays small', async () => {
    const stand = await aBoard({ questions: [...whereAndWhy, aRanking('order', 30)] })
    await stand.report(0, 1, { why: 'x' })
    await stand.time.advance(0)
    expect(Buffer.byteLength(stand.viewers.frames[0] ?? '')).toBeLessThan(200)
  })

  test('never carries a runoff', async () => {
    const stand = await aBoard({ questions: [aRanking('order', 3)] })
    await stand.report(0, 1, { order: ['o1', 'o2'] })
    await stand.time.advance(0)
    expect(stand.viewers.frames[0]).toContain('"firsts"')
    expect(stand.viewers.frames[0]).not.toContain('runoff')
  })

  test('names questions that are called as inherited members are', async () => {
    const questions = ['__proto__', 'constructor', 'runoff'].map(
      (id): Question => ({ id, type: 'nps', prompt: id, required: false }),
    )
    const stand = await aBoard({ questions })
    await stand.report(0, 1, Object.fromEntries(questions.map(({ id }) => [id, 9])))
    await stand.time.advance(0)
    expect(Object.keys(JSON.parse(stand.viewers.frames[0] ?? '').changed)).toEqual([
      '__proto__',
      'constructor',
      'runoff',
    ])
  })
})

describe('a viewer', () => {
  test('is greeted with the whole document as it was last published', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    expect(JSON.parse((await stand.greeting()) ?? '')).toMatchObject({
      type: 'results',
      version: 0,
      ballots: 0,
    })
    await stand.time.advance(0)
    expect(JSON.parse((await stand.greeting()) ?? '')).toEqual({
      type: 'results',
      ...(await stand.results()),
    })
  })

  test('is not needed: without one nothing is sent, and publications go on', async () => {
    const stand = await aBoard()
    stand.viewers.watching = 0
    await stand.report(0, 1, pizza)
    await stand.time.advance(0)
    expect(stand.viewers.frames).toEqual([])
    expect(await stand.results()).toMatchObject({ version: 1 })
  })

  test('of a closed poll is greeted with the end', async () => {
    const stand = await aBoard()
    await stand.board.close()
    expect(JSON.parse((await stand.greeting()) ?? '')).toMatchObject({
      type: 'closed',
      final: true,
      pollId: expect.any(String),
    })
  })

  test('of a poll that is called like nothing else sees the same as a reader', async () => {
    const stand = await aBoard({ questions: aPoll().questions })
    await stand.report(0, 1, pizza)
    await stand.time.advance(0)
    const { type: _type, ...document } = JSON.parse((await stand.greeting()) ?? '')
    expect(document).toEqual(await stand.results())
  })
})
