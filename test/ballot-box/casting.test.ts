// One voter at a ballot box: what they are answered, and what lies in the box afterwards.
import { describe, expect, test } from 'vitest'
import { locateBallot } from '../../src/domain/ballot/ballot-id.ts'
import { commitmentOf, saltOf } from '../../src/domain/ballot/commitment.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { aBox, type BoxStand, taken, wordOf } from '../support/boxes.ts'
import { aDefinition } from '../support/polls.ts'
import { noon } from '../support/timeline.ts'

const pizza = { where: ['pizza'] }
const sushi = { where: ['sushi'] }
const boxOf = (changes: Partial<Poll> = {}): BoxStand => aBox({ definition: aDefinition(changes) })

describe('a first ballot', () => {
  test('is accepted, dated, numbered from 1 and committed to', async () => {
    const stand = boxOf()
    const reply = await stand.castNow('ann', pizza)
    const { secret, poll } = stand.definition
    const ballot = taken(reply)
    expect(wordOf(reply)).toBe('accepted')
    expect(ballot).toMatchObject({ pollId: poll.id, shard: 0, seq: 1, revision: 1, castAt: noon })
    expect(ballot.commitment).toBe(commitmentOf(saltOf(secret, ballot.id, 1), JSON.stringify(pizza)))
  })

  test('has an id that leads back to its place', async () => {
    const stand = boxOf()
    await stand.castNow('ann')
    const { id } = taken(await stand.castNow('bob'))
    expect(locateBallot(stand.definition.secret, id)).toEqual({ shard: 0, seq: 2 })
  })

  test('may share an Idempotency-Key with another voter: keys belong to their voter', async () => {
    const stand = boxOf()
    expect(wordOf(await stand.castNow('ann', pizza, 'key'))).toBe('accepted')
    expect(wordOf(await stand.castNow('bob', sushi, 'key'))).toBe('accepted')
  })
})

describe('casting twice', () => {
  test('returns the first answer, however long ago it was', async () => {
    const stand = boxOf()
    const first = await stand.castNow('ann', pizza, 'key')
    await stand.time.advance(60_000)
    for (const key of ['key', null, 'another key'])
      expect(await stand.castNow('ann', pizza, key)).toEqual({
        ok: true,
        value: { kind: 'replayed', ballot: taken(first) },
      })
  })

  test('writes nothing', async () => {
    const stand = boxOf()
    await stand.castNow('ann', pizza)
    const before = stand.tables()
    await stand.castNow('ann', pizza)
    await stand.castNow('ann', sushi)
    expect(stand.tables()).toEqual(before)
  })

  test('with other answers is refused, and the first ballot stands', async () => {
    const stand = boxOf()
    await stand.castNow('ann', pizza)
    expect(wordOf(await stand.castNow('ann', sushi))).toBe('already-voted')
    expect(taken(await stand.castNow('ann', pizza)).seq).toBe(1)
  })

  test('with other answers under the same Idempotency-Key says that the key is used', async () => {
    const stand = boxOf()
    await stand.castNow('ann', pizza, 'key')
    expect(wordOf(await stand.castNow('ann', sushi, 'key'))).toBe('idempotency-key-reused')
  })

  test('is known through a restart', async () => {
    const stand = boxOf()
    const first = taken(await stand.castNow('ann', pizza))
    stand.restart()
    expect(taken(await stand.castNow('ann', pizza))).toEqual(first)
  })
})

describe('revising', () => {
  const revisable = () => boxOf({ revisions: 'until-close' })

  test('keeps the id, counts the revision up, and takes the next place in the log', async () => {
    const stand = revisable()
    const first = taken(await stand.castNow('ann', pizza))
    await stand.castNow('bob', pizza)
    await stand.time.advance(1_000)
    const reply = await stand.castNow('ann', sushi)
    expect(wordOf(reply)).toBe('revised')
    expect(taken(reply)).toMatchObject({ id: first.id, revision: 2, seq: 3 })
    expect(taken(reply).castAt).toBeGreaterThan(first.castAt)
    expect(taken(reply).commitment).not.toBe(first.commitment)
  })

  test('back to the first answers is a third revision', async () => {
    const stand = revisable()
    await stand.castNow('ann', pizza)
    await stand.castNow('ann', sushi)
    const reply = await stand.castNow('ann', pizza)
    expect([wordOf(reply), taken(reply).revision]).toEqual(['revised', 3])
  })

  test('a late retry of an old revision answers its receipt and changes nothing', async () => {
    const stand = revisable()
    const first = taken(await stand.castNow('ann', pizza, 'key-1'))
    const second = taken(await stand.castNow('ann', sushi, 'key-2'))
    const before = stand.tables()
    expect(taken(await stand.castNow('ann', pizza, 'key-1'))).toEqual(first)
    expect(taken(await stand.castNow('ann', sushi, 'key-2'))).toEqual(second)
    expect(stand.tables()).toEqual(before)
  })

  test('a late retry with the same key and other content is refused', async () => {
    const stand = revisable()
    await stand.castNow('ann', pizza, 'key-1')
    await stand.castNow('ann', sushi, 'key-2')
    expect(wordOf(await stand.castNow('ann', sushi, 'key-1'))).toBe('idempotency-key-reused')
  })

  test('a request that may only revise does not cast', async () => {
    const stand = revisable()
    expect(wordOf(await stand.castNow('ann', pizza, null, { revisionOnly: true }))).toBe('ballot-not-found')
    await stand.castNow('ann', pizza)
    expect(wordOf(await stand.castNow('ann', sushi, null, { revisionOnly: true }))).toBe('revised')
  })
})

describe('revising without end', () => {
  /** What one revision leaves behind, as often as a script may have tried. */
  const revised = (times: number) =>
    JSON.stringify(
      Array.from({ length: times }, (_, at) => ({
        revision: at + 1,
        seq: at + 1,
        castAt: noon,
        requestKey: 'ab'.repeat(16),
        commitment: 'cd'.repeat(32),
      })),
    )

  test('ends before the two megabytes that the platform takes in a row: beyond them every commit of the box would fail', async () => {
    const stand = boxOf({ revisions: 'until-close' })
    await stand.castNow('ann', pizza)
    stand.storage.run('update ballot set revisions = ?', revised(990))
    stand.restart()
    const words: string[] = []
    for (let tries = 0; tries < 30; tries++)
      words.push(wordOf(await stand.castNow('ann', tries % 2 === 0 ? sushi : pizza, `key ${tries}`)))
    expect(words.at(0)).toBe('revised')
    expect(words.at(-1)).toBe('revisions-exhausted')
    const [row] = stand.storage.all<{ bytes: number }>('select length(revisions) as bytes from ballot')
    expect(row?.bytes).toBeLessThan(1_000_000)
    expect(wordOf(await stand.castNow('ann', sushi, 'key 0'))).toBe('replayed')
    expect(wordOf(await stand.castNow('bob'))).toBe('accepted')
  })
})

describe('voters who share an address', () => {
  test('have as many ballots as the limit says, each with its own key', async () => {
    const stand = boxOf({ dedupe: { by: 'ip', limit: 2 } })
    expect(wordOf(await stand.castNow('ann', pizza))).toBe('accepted')
    expect(wordOf(await stand.castNow('bob', pizza))).toBe('accepted')
    expect(wordOf(await stand.castNow('cat', pizza))).toBe('already-voted')
  })

  test('never see the ballot of a neighbour, even with equal answers', async () => {
    const stand = boxOf({ dedupe: { by: 'ip', limit: 2 } })
    const [ann, bob] = [taken(await stand.castNow('ann', pizza)), taken(await stand.castNow('bob', pizza))]
    expect(bob.id).not.toBe(ann.id)
    expect(taken(await stand.castNow('ann', pizza))).toEqual(ann)
    expect(wordOf(await stand.castNow('ann', sushi))).toBe('already-voted')
  })

  test('whose quota is used up can still repeat what they cast', async () => {
    const stand = boxOf({ dedupe: { by: 'ip', limit: 1 } })
    const ann = taken(await stand.castNow('ann', pizza))
    expect(wordOf(await stand.castNow('bob', pizza))).toBe('already-voted')
    expect(taken(await stand.castNow('ann', pizza))).toEqual(ann)
  })
})

describe('when the poll is not open', () => {
  test('a draft and a scheduled poll take nothing', async () => {
    expect(wordOf(await boxOf({ phase: 'draft' }).castNow('ann'))).toBe('poll-not-open')
    expect(wordOf(await boxOf({ opensAt: noon + 60_000 }).castNow('ann'))).toBe('poll-not-open')
  })

  test('it opens at its time and closes at its time, to the millisecond', async () => {
    const stand = boxOf({ opensAt: noon + 1_000, closesAt: noon + 2_000 })
    const at = async (moment: number) => {
      stand.time.skewBy(moment - stand.time.clock.now())
      return wordOf(await stand.castNow(`voter at ${moment}`))
    }
    expect(await at(noon + 999)).toBe('poll-not-open')
    expect(await at(noon + 1_000)).toBe('accepted')
    expect(await at(noon + 1_999)).toBe('accepted')
    expect(await at(noon + 2_000)).toBe('poll-closed')
  })

  test('a repeat of what was accepted is still answered', async () => {
    const stand = boxOf({ closesAt: noon + 1_000 })
    const first = taken(await stand.castNow('ann'))
    await stand.time.advance(2_000)
    expect(taken(await stand.castNow('ann'))).toEqual(first)
    expect(wordOf(await stand.castNow('ann', sushi))).toBe('poll-closed')
  })

  test('a revision comes too late as well', async () => {
    const stand = boxOf({ closesAt: noon + 1_000, revisions: 'until-close' })
    await stand.castNow('ann', pizza)
    await stand.time.advance(2_000)
    expect(wordOf(await stand.castNow('ann', sushi))).toBe('poll-closed')
  })
})

describe('a clock that runs back', () => {
  test('never makes a later ballot older', async () => {
    const stand = boxOf()
    const times: number[] = []
    for (const [at, skew] of [0, -5_000, 1_000, -60_000, 120_000, -3_600_000].entries()) {
      stand.time.skewBy(skew)
      times.push(taken(await stand.castNow(`voter-${at}`)).castAt)
    }
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  })

  test('never does so through a restart', async () => {
    const stand = boxOf()
    const first = taken(await stand.castNow('ann'))
    stand.time.skewBy(-3_600_000)
    stand.restart()
    expect(taken(await stand.castNow('bob')).castAt).toBe(first.castAt)
  })

  test('does not open a poll again that the box has said is closed', async () => {
    const stand = boxOf({ closesAt: noon + 1_000 })
    await stand.castNow('ann')
    await stand.time.advance(2_000)
    expect(wordOf(await stand.castNow('bob'))).toBe('poll-closed')
    stand.time.skewBy(-60_000)
    expect(wordOf(await stand.castNow('bob'))).toBe('poll-closed')
  })
})
