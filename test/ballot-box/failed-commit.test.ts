// A commit that throws: nobody is told more than is known, and the next object has exactly what was committed.
import { describe, expect, test } from 'vitest'
import { aBox, type BoxStand, taken, wordOf } from '../support/boxes.ts'
import { aDefinition } from '../support/polls.ts'

const pizza = { where: ['pizza'] }
const sushi = { where: ['sushi'] }

/** The statements of a commit, in their order: whichever fails, the answer is the same. */
const statements = [
  ['the ballot', /insert into ballot/],
  ['the log', /insert into log/],
  ['the tally', /insert into tally/],
] as const

const withTwoBallots = async (): Promise<BoxStand> => {
  const stand = aBox({ definition: aDefinition({ revisions: 'until-close' }) })
  await stand.castNow('ann', pizza, 'key-1')
  await stand.castNow('ann', sushi, 'key-2')
  return stand
}

describe.each(statements)('when %s cannot be written', (_what, pattern) => {
  test('everyone in the group and everyone waiting behind it hears that the outcome is unknown', async () => {
    const stand = aBox({ settings: { groupLimit: 2 } })
    await stand.castNow('the first voter')
    stand.disk.breakOn(pattern)
    const replies = ['ann', 'bob', 'cat', 'dan'].map((voter) => stand.cast(voter))
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map(wordOf)).toEqual(Array(4).fill('outcome-unknown'))
  })

  test('the object ends itself once, and says so', async () => {
    const stand = await withTwoBallots()
    stand.disk.breakOn(pattern)
    await stand.castNow('bob')
    expect(stand.aborts).toHaveLength(1)
    expect(stand.events.at(-1)).toMatchObject({
      type: 'commit-failed',
      ballots: 1,
      error: 'Error: the disk is full',
    })
  })

  test('nothing of the group is in the tables', async () => {
    const stand = await withTwoBallots()
    const before = stand.tables()
    stand.disk.breakOn(pattern)
    stand.cast('bob', pizza)
    stand.cast('ann', pizza, 'key-3')
    await stand.time.advance(0)
    expect(stand.tables()).toEqual(before)
  })

  test('a new object over the same storage goes on from exactly what was committed', async () => {
    const stand = await withTwoBallots()
    const standing = await stand.box.standing(stand.address)
    stand.disk.breakOn(pattern)
    await stand.castNow('bob', pizza)
    stand.disk.breakOn(null)
    stand.restart()
    expect(await stand.box.standing(stand.address)).toEqual(standing)

    const bob = await stand.castNow('bob', pizza)
    expect(wordOf(bob)).toBe('accepted')
    expect(taken(bob).seq).toBe(3)
    expect(taken(await stand.castNow('ann', pizza, 'key-1')).seq).toBe(1)
    expect(taken(await stand.castNow('ann', sushi, 'key-2')).seq).toBe(2)
  })

  test('even memory has not changed: the old object tells nothing of a ballot that was rolled back', async () => {
    const stand = await withTwoBallots()
    const before = { standing: await stand.box.standing(stand.address), reports: stand.board.reports.length }
    stand.disk.breakOn(pattern)
    await stand.castNow('bob', pizza)
    expect(await stand.box.standing(stand.address)).toEqual(before.standing)
    expect(stand.board.reports).toHaveLength(before.reports)
    stand.disk.breakOn(null)
    expect(taken(await stand.castNow('bob', pizza)).seq).toBe(3)
    await stand.time.advance(100)
    expect(stand.board.reports.at(-1)).toMatchObject({ version: 3, tally: { ballots: 2 } })
  })
})

describe('a ballot that the box cannot count', () => {
  test('is not in the box, and the box takes the next ones', async () => {
    const stand = await withTwoBallots()
    // An edge that still has another definition could send this: its option is not in the box's poll.
    await stand.castNow('bob', { where: ['an option of another poll'] })
    stand.restart()
    expect(wordOf(await stand.castNow('cat'))).toBe('accepted')
    expect((await stand.box.standing(stand.address)).ballots).toBe(2)
  })
})

describe('an erasure that cannot be written', () => {
  test('is thrown to whoever asked, and leaves the ballot', async () => {
    const stand = await withTwoBallots()
    const before = stand.tables()
    stand.disk.breakOn(/insert into tally/)
    await expect(stand.box.erase(stand.address, 1)).rejects.toThrow('the disk is full')
    expect(stand.tables()).toEqual(before)
    stand.disk.breakOn(null)
    expect(await stand.box.erase(stand.address, 1)).toBe('erased')
    expect((await stand.box.standing(stand.address)).ballots).toBe(0)
  })
})
