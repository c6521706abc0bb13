// Runoffs while a poll is open: asked of the live boxes now and then, never too often, and right once votes stop.
import { describe, expect, test } from 'vitest'
import type { Question } from '../../src/domain/poll/poll.ts'
import { aBoard, type BoardStand } from '../support/boards.ts'

const order: Question = {
  id: 'order',
  type: 'ranking',
  prompt: 'Rank',
  required: false,
  options: ['a', 'b'].map((id) => ({ id, label: id })),
}

const vote = async (stand: BoardStand, ...ranked: string[]): Promise<void> => {
  await stand.board.join({ pollId: stand.definition.poll.id, shard: 0 })
  const rankings = [...(stand.boxes.rankings.get(0) ?? []), ranked]
  stand.boxes.rankings.set(0, rankings)
  await stand.report(0, rankings.length, ...rankings.map((each) => ({ order: each })))
}

const winner = async (stand: BoardStand) => {
  const [question] = (await stand.results()).questions
  return question?.type === 'ranking' ? question.runoff?.winner : undefined
}

describe('an open runoff', () => {
  test('is there soon after the first ballot', async () => {
    const stand = await aBoard({ questions: [order] })
    await vote(stand, 'b', 'a')
    await stand.time.advance(2_250)
    expect(await winner(stand)).toBe('b')
  })

  test('is asked of the boxes at most every two seconds', async () => {
    const stand = await aBoard({ questions: [order] })
    const times: number[] = []
    stand.boxes.before = async () => void times.push(stand.time.clock.now())
    for (let at = 0; at < 100; at++) {
      await vote(stand, 'a')
      await stand.time.advance(100)
    }
    const rounds = [...new Set(times)]
    expect(rounds.length).toBeLessThanOrEqual(6)
  })

  test('is right once votes stop, even where the last came while it was being counted', async () => {
    const stand = await aBoard({ questions: [order] })
    const slow = Promise.withResolvers<void>()
    const { firsts } = stand.boxes
    stand.boxes.firsts = async (...asked) => {
      const counted = await firsts(...asked)
      await slow.promise
      return counted
    }
    await vote(stand, 'a')
    await stand.time.advance(2_000) // the count is under way, and has read the box
    await vote(stand, 'b')
    await vote(stand, 'b')
    slow.resolve()
    await stand.time.advance(60_000)
    expect(await winner(stand)).toBe('b')
  })

  test('is right once a box that could not be asked is back', async () => {
    const stand = await aBoard({ questions: [order] })
    stand.boxes.before = () => Promise.reject(new Error('the box is away'))
    await vote(stand, 'a')
    await stand.time.advance(3_000)
    stand.boxes.before = async () => {}
    await stand.time.advance(60_000)
    expect(await winner(stand)).toBe('a')
  })

  test('is not asked for where no question ranks', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, { where: ['pizza'] })
    await stand.time.advance(10_000)
    expect(stand.boxes.asked).toEqual([])
  })
})
