// How ballots that wait together are committed together: when, how many, and each decided as if it were alone.
import { describe, expect, test } from 'vitest'
import type { CastReply } from '../../src/ballot-box/protocol.ts'
import { aBox, type BoxStand, storedTally, taken, wordOf } from '../support/boxes.ts'
import { aDefinition } from '../support/polls.ts'
import { settled } from '../support/timeline.ts'

const pizza = { where: ['pizza'] }
const sushi = { where: ['sushi'] }

/** A box somebody has already voted in, so that nobody waits for the board any more. */
const aFoundedBox = async (...changes: Parameters<typeof aBox>): Promise<BoxStand> => {
  const stand = aBox(...changes)
  await stand.castNow('the first voter')
  return stand
}

const voters = (stand: BoxStand, count: number, from = 0): Promise<CastReply>[] =>
  Array.from({ length: count }, (_, at) => stand.cast(`voter ${from + at}`))

/** How many ballots each commit so far has held. */
const groups = ({ events }: BoxStand): number[] =>
  events.flatMap((event) => (event.type === 'group-committed' ? [event.ballots] : []))

describe('the flush', () => {
  test('waits for a timer: promises alone never make it come', async () => {
    const stand = await aFoundedBox()
    const reply = stand.cast('ann')
    let answered = false
    void reply.then(() => {
      answered = true
    })
    for (let turn = 0; turn < 10; turn++) await settled()
    expect(answered).toBe(false)
    await stand.time.advance(0)
    expect(answered).toBe(true)
  })

  test('takes everything that came in before it, in one commit and one log row', async () => {
    const stand = await aFoundedBox()
    const replies = [...voters(stand, 3)]
    await settled()
    replies.push(...voters(stand, 3, 3))
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map((reply) => taken(reply).seq)).toEqual([2, 3, 4, 5, 6, 7])
    expect(groups(stand)).toEqual([1, 6])
    expect(stand.tables()['log']).toHaveLength(2)
  })

  test('comes at once while the box is quiet', async () => {
    const stand = await aFoundedBox()
    voters(stand, 8)
    await stand.time.advance(0)
    voters(stand, 1, 8)
    expect(stand.time.pending).toContain(0)
    await stand.time.advance(0)
    expect(groups(stand)).toEqual([1, 8, 1])
  })

  test('waits 5 ms for company after a group of more than 8', async () => {
    const stand = await aFoundedBox()
    voters(stand, 9)
    await stand.time.advance(0)
    voters(stand, 1, 9)
    await stand.time.advance(4)
    voters(stand, 1, 10)
    expect(groups(stand)).toEqual([1, 9])
    await stand.time.advance(1)
    expect(groups(stand)).toEqual([1, 9, 2])
  })

  test('waits no longer once as many have come as last time: they will not be more', async () => {
    const stand = await aFoundedBox()
    voters(stand, 9)
    await stand.time.advance(0)
    voters(stand, 9, 9)
    await stand.time.advance(0)
    expect(groups(stand)).toEqual([1, 9, 9])
  })

  test('gathers company after that, even where the wait before it ended with nobody there', async () => {
    const stand = await aFoundedBox()
    voters(stand, 9)
    await stand.time.advance(0)
    voters(stand, 9, 9)
    await stand.time.advance(10)
    voters(stand, 1, 18)
    await stand.time.advance(4)
    voters(stand, 1, 19)
    await stand.time.advance(1)
    expect(groups(stand)).toEqual([1, 9, 9, 2])
  })

  test('stops waiting once a group was small again', async () => {
    const stand = await aFoundedBox()
    voters(stand, 9)
    await stand.time.advance(0)
    voters(stand, 1, 9)
    await stand.time.advance(5)
    voters(stand, 1, 10)
    await stand.time.advance(0)
    expect(groups(stand)).toEqual([1, 9, 1, 1])
  })

  test('takes no more than the group limit, and comes again for the rest', async () => {
    const stand = await aFoundedBox({ settings: { groupLimit: 4, busyAbove: 100 } })
    const replies = voters(stand, 10)
    await stand.time.advance(0)
    expect(groups(stand)).toEqual([1, 4, 4, 2])
    expect((await Promise.all(replies)).map((reply) => taken(reply).seq)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ])
  })

  test('writes nothing where nobody was accepted', async () => {
    const stand = await aFoundedBox()
    const before = stand.tables()
    stand.cast('the first voter')
    stand.cast('the first voter', sushi)
    await stand.time.advance(0)
    expect(stand.tables()).toEqual(before)
    expect(groups(stand)).toEqual([1])
  })
})

describe('in one group', () => {
  test('a refused ballot leaves its neighbours as they are', async () => {
    const stand = await aFoundedBox()
    const replies = [stand.cast('ann'), stand.cast('the first voter', sushi), stand.cast('bob')]
    await stand.time.advance(0)
    const words = (await Promise.all(replies)).map(wordOf)
    expect(words).toEqual(['accepted', 'already-voted', 'accepted'])
    expect(storedTally(stand).tally.ballots).toBe(3)
    expect(stand.tables()['ballot']).toHaveLength(3)
  })

  test('the second of two equal posts of one voter is a repeat of the first', async () => {
    const stand = await aFoundedBox()
    const replies = [stand.cast('ann', pizza), stand.cast('ann', pizza)]
    await stand.time.advance(0)
    const [first, second] = await Promise.all(replies)
    expect([first, second].map((reply) => reply && wordOf(reply))).toEqual(['accepted', 'replayed'])
    expect(second && taken(second)).toEqual(first && taken(first))
  })

  test('the second of two different posts of one voter is refused', async () => {
    const stand = await aFoundedBox()
    const replies = [stand.cast('ann', pizza), stand.cast('ann', sushi)]
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map(wordOf)).toEqual(['accepted', 'already-voted'])
  })

  test('the second of two different posts of one voter revises where that is allowed', async () => {
    const stand = await aFoundedBox({ definition: aDefinition({ revisions: 'until-close' }) })
    const replies = [
      stand.cast('ann', pizza, 'one'),
      stand.cast('ann', sushi, 'two'),
      stand.cast('ann', pizza, 'one'),
    ]
    await stand.time.advance(0)
    const answers = await Promise.all(replies)
    expect(answers.map(wordOf)).toEqual(['accepted', 'revised', 'replayed'])
    expect(answers.map((reply) => taken(reply).revision)).toEqual([1, 2, 1])
    expect(storedTally(stand).tally).toMatchObject({ ballots: 2, questions: { where: { counts: [1, 1] } } })
  })

  test('neighbours at one address share its quota', async () => {
    const stand = await aFoundedBox({ definition: aDefinition({ dedupe: { by: 'ip', limit: 3 } }) })
    const replies = voters(stand, 4)
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map(wordOf)).toEqual([
      'accepted',
      'accepted',
      'already-voted',
      'already-voted',
    ])
  })

  test('arrival decides the order in the log', async () => {
    const stand = await aFoundedBox()
    const replies = ['c', 'a', 'b'].map((voter) => stand.cast(voter))
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map((reply) => taken(reply).seq)).toEqual([2, 3, 4])
  })
})

describe('a full buffer', () => {
  test('refuses the next caller as overloaded, and says when to come back', async () => {
    const stand = await aFoundedBox({ settings: { bufferLimit: 3 } })
    const replies = voters(stand, 4)
    expect(await replies[3]).toEqual({ ok: false, refusal: { reason: 'overloaded', retryAfterSeconds: 1 } })
    await stand.time.advance(0)
    expect((await Promise.all(replies)).map(wordOf)).toEqual([
      'accepted',
      'accepted',
      'accepted',
      'overloaded',
    ])
  })

  test('takes callers again after the flush, and whoever was refused is not in the box', async () => {
    const stand = await aFoundedBox({ settings: { bufferLimit: 1 } })
    const [ann, bob] = voters(stand, 2)
    await stand.time.advance(0)
    expect([ann && wordOf(await ann), bob && wordOf(await bob)]).toEqual(['accepted', 'overloaded'])
    expect(wordOf(await stand.castNow('voter 1', sushi))).toBe('accepted')
  })
})
