// Erasing a ballot: before the close it leaves the numbers, after it they stand; either way its answers are gone.
import { describe, expect, test } from 'vitest'
import { unpackEntries } from '../../src/ballot-box/pack-log.ts'
import { aBox, type BoxStand, storedTally, taken, wordOf } from '../support/boxes.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition, rankedAndWhy, whereAndWhy } from '../support/polls.ts'

const secretive = { where: ['pizza'], why: 'a secret reason' }

const aBoxWithTwo = async (): Promise<BoxStand> => {
  const stand = aBox({ definition: aDefinition({ questions: whereAndWhy, revisions: 'until-close' }) })
  await stand.castNow('ann', secretive, 'key', { country: 'DE' })
  await stand.castNow('bob', { where: ['sushi'] })
  return stand
}

const freeze = async ({ box, address, definition }: BoxStand): Promise<void> => {
  await box.freeze(address, { ...definition, poll: { ...definition.poll, phase: 'closing', version: 2 } })
}

const everythingStored = (stand: BoxStand): string => JSON.stringify(stand.tables())

describe('while the poll is open', () => {
  test('the ballot leaves the tally, and its answers and country leave the box', async () => {
    const stand = await aBoxWithTwo()
    expect(await stand.box.erase(stand.address, 1)).toBe('erased')
    expect(storedTally(stand).tally).toMatchObject({
      ballots: 1,
      erased: 0,
      questions: { where: { counts: [0, 1] } },
    })
    expect(everythingStored(stand)).not.toMatch(/secret reason|"DE"/)
  })

  test('its voter cannot vote again, with the same answers or others', async () => {
    const stand = await aBoxWithTwo()
    await stand.box.erase(stand.address, 1)
    expect(wordOf(await stand.castNow('ann', secretive))).toBe('already-voted')
    expect(wordOf(await stand.castNow('ann', { where: ['sushi'] }))).toBe('already-voted')
  })

  test('its voter no longer reads it', async () => {
    const stand = await aBoxWithTwo()
    const keys = aCast(stand.definition, 'ann')
    expect(await stand.box.find(stand.address, keys)).toMatchObject({ answers: secretive })
    await stand.box.erase(stand.address, 1)
    expect(await stand.box.find(stand.address, keys)).toBeNull()
  })

  test('the log has one entry more, and the board hears of it', async () => {
    const stand = await aBoxWithTwo()
    await stand.box.erase(stand.address, 1)
    await stand.time.advance(1_000)
    expect(
      (await stand.box.log(stand.address, 0, 10)).entries.map(({ kind, revision }) => [kind, revision]),
    ).toEqual([
      ['cast', 1],
      ['cast', 1],
      ['erase', 2],
    ])
    expect(stand.board.reports.at(-1)).toMatchObject({ version: 3, tally: { ballots: 1 } })
  })

  test('erasing again, or what is no ballot, changes nothing', async () => {
    const stand = await aBoxWithTwo()
    await stand.castNow('bob', { where: ['pizza'] }) // a revision, at place 3
    await stand.box.erase(stand.address, 1)
    const before = stand.tables()
    expect(await stand.box.erase(stand.address, 1)).toBe('already')
    for (const place of [3, 4, 5, 0, -1, 1.5, Number.NaN, 2 ** 53])
      expect(await stand.box.erase(stand.address, place)).toBe('none')
    expect(stand.tables()).toEqual(before)
  })

  test('a revised ballot is erased whole, from the numbers of its last revision', async () => {
    const stand = await aBoxWithTwo()
    await stand.castNow('ann', { where: ['sushi'], why: 'second thoughts' })
    await stand.box.erase(stand.address, 1)
    expect(storedTally(stand).tally).toMatchObject({
      ballots: 1,
      questions: { where: { counts: [0, 1] }, why: { ballots: 0 } },
    })
    expect(everythingStored(stand)).not.toMatch(/secret reason|second thoughts/)
  })
})

describe('after the close', () => {
  test('the numbers stand, and it is counted as erased', async () => {
    const stand = await aBoxWithTwo()
    await freeze(stand)
    await stand.box.erase(stand.address, 1)
    expect(storedTally(stand).tally).toMatchObject({
      ballots: 2,
      erased: 1,
      questions: { where: { counts: [1, 1] } },
    })
  })

  test('answers and keys are gone for good', async () => {
    const stand = await aBoxWithTwo()
    await freeze(stand)
    const before = stand.tables()['ballot']
    await stand.box.erase(stand.address, 1)
    expect(everythingStored(stand)).not.toContain('secret reason')
    expect(stand.tables()['ballot']).toHaveLength((before?.length ?? 0) - 1)
    expect(keysInLog(stand)).toEqual([false, true, false])
  })

  test('a ballot erased before it loses its keys at the close', async () => {
    const stand = await aBoxWithTwo()
    await stand.box.erase(stand.address, 1)
    expect(keysInLog(stand)).toEqual([true, true, true])
    await freeze(stand)
    expect(keysInLog(stand)).toEqual([false, true, false])
    expect(stand.tables()['ballot']).toHaveLength(1)
  })

  test('a ballot erased before it is not counted as erased: the numbers do not have it', async () => {
    const stand = await aBoxWithTwo()
    await stand.box.erase(stand.address, 1)
    await freeze(stand)
    expect(storedTally(stand).tally).toMatchObject({ ballots: 1, erased: 0 })
  })

  test('erasing again changes nothing', async () => {
    const stand = await aBoxWithTwo()
    await freeze(stand)
    await stand.box.erase(stand.address, 1)
    const before = stand.tables()
    expect(await stand.box.erase(stand.address, 1)).toBe('already')
    expect(stand.tables()).toEqual(before)
  })

  test('the archive is told, even of a ballot it never had', async () => {
    const stand = await aBoxWithTwo()
    const { id } = taken(await stand.castNow('ann', secretive, 'key'))
    await freeze(stand)
    await stand.box.erase(stand.address, 1)
    await stand.ring()
    const anns = stand.queue.messages.flatMap(({ ballots }) => ballots).filter((ballot) => ballot.id === id)
    expect(anns.map(({ answers }) => answers)).toEqual([null, null])
    expect(Math.max(...anns.map(({ revision }) => revision))).toBe(2)
  })
})

describe('a ranking erased after the close', () => {
  const aRankedBox = async (): Promise<BoxStand> => {
    const stand = aBox({ definition: aDefinition({ questions: rankedAndWhy }) })
    await stand.castNow('ann', { order: ['a', 'b'] })
    await stand.castNow('bob', { order: ['b'] })
    stand.board.answerReport = async ({ version }) => ({ durable: version, final: false })
    await freeze(stand)
    return stand
  }
  const firsts = ({ box, address }: BoxStand, ...options: string[]) => box.firsts(address, 'order', options)

  test('counts in the runoff that is still to come', async () => {
    const stand = await aRankedBox()
    await stand.box.erase(stand.address, 1)
    expect(await firsts(stand, 'a', 'b')).toEqual({ counts: [1, 1], exhausted: 0 })
    stand.restart()
    expect(await firsts(stand, 'a', 'b')).toEqual({ counts: [1, 1], exhausted: 0 })
  })

  test('is gone for good once the result is final', async () => {
    const stand = await aRankedBox()
    stand.board.answerReport = async ({ version }) => ({ durable: version, final: true })
    await stand.box.erase(stand.address, 1)
    await stand.time.advance(200)
    expect(stand.tables()['erased_ranking']).toEqual([])
  })

  test('is gone for good once the result is final, even where the board heard of the erasure before that', async () => {
    const stand = await aRankedBox()
    await stand.box.erase(stand.address, 1)
    await stand.time.advance(200)
    expect(stand.tables()['erased_ranking']).toHaveLength(1)
    const { poll } = stand.definition
    await stand.box.adopt(stand.address, {
      ...stand.definition,
      poll: { ...poll, phase: 'closed', version: 99 },
    })
    expect(stand.tables()['erased_ranking']).toEqual([])
  })
})

const keysInLog = ({ storage }: BoxStand): boolean[] =>
  storage
    .all<{ first: number; entries: string }>('select first, entries from log order by first')
    .flatMap(({ first, entries }) => unpackEntries(first, entries))
    .map(({ keys }) => keys !== null)
