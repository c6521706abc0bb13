// How a box waits while its poll's questions change: nobody lands under the old ones, and nobody waits for ever.
import { describe, expect, test } from 'vitest'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Dedupe, Question } from '../../src/domain/poll/poll.ts'
import { aBox, type BoxStand, storedTally, taken, wordOf } from '../support/boxes.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition, whereAndWhy } from '../support/polls.ts'

const where: Question = {
  id: 'where',
  type: 'choice',
  prompt: 'Where?',
  required: true,
  min: 1,
  max: 1,
  shuffle: false,
  options: ['ramen', 'sushi'].map((id) => ({ id, label: id })),
}

const changed = (
  { definition: { poll, ...rest } }: BoxStand,
  changes: { readonly questions?: readonly Question[]; readonly dedupe?: Dedupe } = { questions: [where] },
): CountingDefinition => ({ ...rest, poll: { ...poll, ...changes, version: poll.version + 1 } })

/** A box that has been asked for, but holds no ballot yet: its only voter was refused. */
const sushi = { where: ['sushi'] }
const pizza = { where: ['pizza'] }

const anEmptyBox = async (): Promise<BoxStand> => {
  const stand = aBox()
  // Somebody came, and had nothing to revise.
  await stand.castNow('somebody', pizza, null, { revisionOnly: true })
  return stand
}

const hold = ({ box, address }: BoxStand) => box.hold(address)
const adopt = ({ box, address }: BoxStand, definition: CountingDefinition) => box.adopt(address, definition)

describe('a box without ballots', () => {
  test('lets nobody land until it has adopted something, and then decides by that', async () => {
    const stand = await anEmptyBox()
    expect(await hold(stand)).toBe(true)
    const [one, other] = [stand.cast('ann', sushi), stand.cast('bob', pizza)]
    await stand.time.advance(100)
    expect(stand.tables()['ballot']).toEqual([])
    await adopt(stand, changed(stand))
    await stand.time.advance(5)
    expect(wordOf(await one)).toBe('accepted')
    expect(storedTally(stand).tally).toMatchObject({ ballots: 1, questions: { where: { counts: [0, 1] } } })
    expect(wordOf(await other)).toBe('ballot-invalid')
  })

  test('lets in who had come before it was held: they were first', async () => {
    const stand = await anEmptyBox()
    const early = stand.cast('ann')
    expect(await hold(stand)).toBe(false)
    expect(wordOf(await early)).toBe('accepted')
  })

  test('goes on by what was there where nothing changed after all', async () => {
    const stand = await anEmptyBox()
    await hold(stand)
    const waiting = stand.cast('ann')
    await adopt(stand, changed(stand, {}))
    await stand.time.advance(5)
    expect(wordOf(await waiting)).toBe('accepted')
  })

  test('stays held through a restart', async () => {
    const stand = await anEmptyBox()
    await hold(stand)
    stand.restart()
    const waiting = stand.cast('ann', sushi)
    await stand.time.advance(100)
    expect(stand.tables()['ballot']).toEqual([])
    await adopt(stand, changed(stand))
    await stand.time.advance(5)
    expect(wordOf(await waiting)).toBe('accepted')
  })

  test('that is frozen meanwhile closes for those who wait', async () => {
    const stand = await anEmptyBox()
    await hold(stand)
    const waiting = stand.cast('ann')
    const { poll } = stand.definition
    const report = await stand.box.freeze(stand.address, {
      ...stand.definition,
      poll: { ...poll, phase: 'closing', version: 2 },
    })
    await stand.time.advance(5)
    expect(wordOf(await waiting)).toBe('poll-closed')
    expect(report).toMatchObject({ version: 0, tally: { ballots: 0 } })
  })
})

describe('a box with a ballot', () => {
  test('says so, and holds nobody', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    expect(await hold(stand)).toBe(false)
    expect(wordOf(await stand.castNow('bob'))).toBe('accepted')
  })

  test('says so also when that ballot has been erased since: it is in the log', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    await stand.box.erase(stand.address, 1)
    expect(await hold(stand)).toBe(false)
  })
})

describe('a box nobody has voted in', () => {
  test('needs no holding, and makes no table for it', async () => {
    const stand = aBox()
    expect(await hold(stand)).toBe(true)
    expect(stand.tables()).toEqual({})
  })
})

describe('a board that does not come back', () => {
  test('keeps voters for three seconds, who may then try again', async () => {
    const stand = await anEmptyBox()
    await hold(stand)
    const waiting = stand.cast('ann')
    await stand.time.advance(3_000)
    expect(wordOf(await waiting)).toBe('overloaded')
  })

  test('keeps nobody longer who comes after those', async () => {
    const stand = await anEmptyBox()
    await hold(stand)
    await stand.time.advance(10_000)
    let word = 'still waiting'
    void stand.cast('ann').then((reply) => {
      word = wordOf(reply)
    })
    await stand.time.advance(3_001)
    expect(word).toBe('overloaded')
  })

  test('keeps nobody longer who comes after a restart', async () => {
    const stand = await anEmptyBox()
    await hold(stand)
    stand.restart()
    let word = 'still waiting'
    void stand.cast('ann').then((reply) => {
      word = wordOf(reply)
    })
    await stand.time.advance(3_001)
    expect(word).toBe('overloaded')
  })
})

describe('an edge that still knows the poll as it was', () => {
  const castBy = (stand: BoxStand, known: CountingDefinition, voter: string, answers: object) =>
    stand.box.cast({ ...stand.address, cast: aCast(known, voter, { ...answers }) })

  test('has its answers looked at again by the box', async () => {
    const stand = await anEmptyBox()
    await adopt(stand, changed(stand))
    const [fits, not] = [
      castBy(stand, stand.definition, 'ann', sushi),
      castBy(stand, stand.definition, 'bob', pizza),
    ]
    await stand.time.advance(5)
    expect(wordOf(await fits)).toBe('accepted')
    expect(wordOf(await not)).toBe('ballot-invalid')
    expect(stand.aborts).toEqual([])
  })

  test('cannot leave out what has become required', async () => {
    const stand = aBox({ definition: aDefinition({ questions: whereAndWhy }) })
    await stand.castNow('somebody', pizza, null, { revisionOnly: true })
    const questions = whereAndWhy.map((question) => ({ ...question, required: true }))
    await adopt(stand, changed(stand, { questions }))
    const reply = castBy(stand, stand.definition, 'ann', pizza)
    await stand.time.advance(5)
    expect(wordOf(await reply)).toBe('ballot-invalid')
  })

  test('cannot let in voters by the rules of before', async () => {
    const stand = await anEmptyBox()
    const accounts: Dedupe = { by: 'account', keys: [{ kid: 'k', alg: 'HS256', secret: 's' }] }
    await adopt(stand, changed(stand, { dedupe: accounts }))
    const reply = castBy(stand, stand.definition, 'a session that anybody can make up', pizza)
    await stand.time.advance(5)
    expect(wordOf(await reply)).not.toBe('accepted')
  })

  test('is told to come again where it knows more than the box: the newer definition is on its way', async () => {
    const stand = await anEmptyBox()
    const newer = changed(stand)
    expect(wordOf(await castBy(stand, newer, 'ann', sushi))).toBe('overloaded')
    await adopt(stand, newer)
    const again = castBy(stand, newer, 'ann', sushi)
    await stand.time.advance(5)
    expect(taken(await again).seq).toBe(1)
  })
})
