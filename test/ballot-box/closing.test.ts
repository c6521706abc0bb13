// How a box is frozen when its poll closes: what still waited is in, nothing comes after, and the tally is final.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { aBox, storedTally, taken, wordOf } from '../support/boxes.ts'
import { aDefinition, rankedAndWhy } from '../support/polls.ts'

const closing = ({ poll, ...rest }: CountingDefinition): CountingDefinition => ({
  ...rest,
  poll: { ...poll, phase: 'closing', version: poll.version + 1 },
})

const freeze = ({ box, address, definition }: ReturnType<typeof aBox>) =>
  box.freeze(address, closing(definition))

describe('freezing', () => {
  test('lets ballots that already wait in, and answers with a tally that has them', async () => {
    const stand = aBox({ settings: { groupLimit: 2 } })
    await stand.castNow('ann')
    const waiting = ['bob', 'cat', 'dan'].map((voter) => stand.cast(voter))
    const report = await freeze(stand)
    expect((await Promise.all(waiting)).map(wordOf)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(report).toMatchObject({ ...stand.address, version: 4, tally: { ballots: 4 } })
    expect(report.tally).toEqual(storedTally(stand).tally)
  })

  test('lets nothing land afterwards, through restarts and whatever the clock says', async () => {
    const stand = aBox({ definition: aDefinition({ revisions: 'until-close' }) })
    await stand.castNow('ann')
    await freeze(stand)
    for (const skew of [0, -3_600_000, 7_200_000]) {
      stand.time.skewBy(skew)
      stand.restart()
      expect(wordOf(await stand.castNow('bob'))).toBe('poll-closed')
      expect(wordOf(await stand.castNow('ann', { where: ['sushi'] }))).toBe('poll-closed')
    }
    expect(storedTally(stand).version).toBe(1)
  })

  test('is not undone by a definition from before the close that comes late', async () => {
    const stand = aBox()
    await freeze(stand)
    await stand.box.adopt(stand.address, stand.definition)
    expect(wordOf(await stand.castNow('ann'))).toBe('poll-closed')
  })

  test('still answers repeats of what was accepted', async () => {
    const stand = aBox()
    const ann = taken(await stand.castNow('ann'))
    await freeze(stand)
    expect(taken(await stand.castNow('ann'))).toEqual(ann)
  })

  test('again answers the same', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    const first = await freeze(stand)
    stand.restart()
    expect(await freeze(stand)).toEqual(first)
  })

  test('works for a shard that nobody has voted in: a first voter on the way finds it shut', async () => {
    const stand = aBox()
    expect(await freeze(stand)).toMatchObject({ version: 0, tally: { ballots: 0 } })
    expect(wordOf(await stand.castNow('ann'))).toBe('poll-closed')
  })

  test('beats a first voter whose question to the board is still on its way', async () => {
    const stand = aBox()
    const asked = Promise.withResolvers<CountingDefinition | null>()
    stand.board.answerJoin = () => asked.promise
    const reply = stand.cast('ann')
    const report = await freeze(stand)
    asked.resolve(stand.definition)
    await stand.time.advance(5)
    expect(wordOf(await reply)).toBe('poll-closed')
    expect(report).toMatchObject({ version: 0 })
  })

  test('that cannot flush what waits does not claim a final tally', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    const waiting = stand.cast('bob')
    stand.disk.breakOn(/insert into tally/)
    await freeze(stand).catch(() => undefined)
    expect(wordOf(await waiting)).toBe('outcome-unknown')
    stand.disk.breakOn(null)
    stand.restart()
    expect(await freeze(stand)).toMatchObject({ version: 1, tally: { ballots: 1 } })
  })
})

describe('firsts among the options still in the runoff', () => {
  const ranked = aDefinition({ revisions: 'until-close', questions: rankedAndWhy })
  const firsts = ({ box, address }: ReturnType<typeof aBox>, ...continuing: string[]) =>
    box.firsts(address, 'order', continuing)

  test('count each ballot for its most wanted, and the exhausted apart', async () => {
    const stand = aBox({ definition: ranked })
    for (const [at, order] of [['a', 'b'], ['a'], ['b', 'c'], ['c', 'a']].entries())
      await stand.castNow(`voter ${at}`, { order })
    await stand.castNow('silent on this', { why: 'no idea' })
    expect(await firsts(stand, 'a', 'b', 'c')).toEqual({ counts: [2, 1, 1], exhausted: 0 })
    expect(await firsts(stand, 'b', 'c')).toEqual({ counts: [2, 1], exhausted: 1 })
  })

  test('are what a box that reads its ballots anew would say, whatever was cast, revised and erased between', async () => {
    const order = fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 1 })
    const step = fc.oneof(
      fc.record({ voter: fc.integer({ min: 0, max: 5 }), order }),
      fc.record({ erase: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ among: fc.subarray(['a', 'b', 'c'], { minLength: 1 }) }),
      fc.record({ close: fc.constant(true) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const stand = aBox({ definition: ranked })
        for (const each of steps) {
          if ('voter' in each) await stand.castNow(`voter ${each.voter}`, { order: each.order })
          else if ('erase' in each) await stand.box.erase(stand.address, each.erase)
          else if ('among' in each) await firsts(stand, ...each.among)
          else await freeze(stand)
        }
        const kept = await firsts(stand, 'a', 'b')
        stand.restart()
        expect(await firsts(stand, 'a', 'b')).toEqual(kept)
      }),
      { seed: 20131105, numRuns: 150 },
    )
  })

  test('follow revisions and erasures', async () => {
    const stand = aBox({ definition: ranked })
    await stand.castNow('ann', { order: ['a'] })
    await stand.castNow('bob', { order: ['a'] })
    expect(await firsts(stand, 'a', 'b', 'c')).toEqual({ counts: [2, 0, 0], exhausted: 0 })
    await stand.castNow('ann', { order: ['b'] })
    expect(await firsts(stand, 'a', 'b', 'c')).toEqual({ counts: [1, 1, 0], exhausted: 0 })
    await stand.box.erase(stand.address, 2)
    expect(await firsts(stand, 'a', 'b', 'c')).toEqual({ counts: [0, 1, 0], exhausted: 0 })
  })

  test('of a question that is none are zeros', async () => {
    const stand = aBox({ definition: ranked })
    await stand.castNow('ann', { order: ['a'] })
    expect(await stand.box.firsts(stand.address, 'why', ['a'])).toEqual({ counts: [0], exhausted: 0 })
  })
})
