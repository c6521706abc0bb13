// A box under more than it can do: who waits in vain is told so before anything is decided, and the queue stays short.
import { describe, expect, test } from 'vitest'
import { LineLimit } from '../../src/ballot-box/line-limit.ts'
import type { CastReply } from '../../src/ballot-box/protocol.ts'
import { boxSettings } from '../../src/ballot-box/settings.ts'
import { aBox, type BoxStand, wordOf } from '../support/boxes.ts'
import { aCast } from '../support/casts.ts'
import { settled } from '../support/timeline.ts'

/** One ballot every 5 ms, whatever comes: 200 a second. */
const slow = { groupLimit: 1, groupWaitMs: 5, busyAbove: 0 }

describe('a ballot that nobody waits for any more', () => {
  test('is not decided: nothing of it is written, and its voter may come again', async () => {
    const stand = await aFoundedBox(slow)
    const before = stand.tables()
    const late = castWith(stand, 'ann', { patienceMs: 4 })
    await stand.time.advance(5)
    expect(wordOf(await late)).toBe('overloaded')
    expect(stand.tables()).toEqual(before)
    expect(wordOf(await stand.castNow('ann'))).toBe('accepted')
  })

  test('is decided where somebody still waits, and where nobody said for how long', async () => {
    const stand = await aFoundedBox(slow)
    const patient = castWith(stand, 'ann', { patienceMs: 5 })
    const silent = castWith(stand, 'bob', {})
    await stand.time.advance(10)
    expect([wordOf(await patient), wordOf(await silent)]).toEqual(['accepted', 'accepted'])
  })

  test('is measured by the box’s own clock: what an edge’s clock says of it is no matter', async () => {
    const stand = await aFoundedBox(slow)
    const replies = [-3_600_000, 3_600_000].map((skew, at) =>
      castWith(stand, `voter ${at}`, { patienceMs: 1_000, sentAt: stand.time.clock.now() + skew }),
    )
    await stand.time.advance(10)
    expect((await Promise.all(replies)).map(wordOf)).toEqual(['accepted', 'accepted'])
  })

  test('takes no place in a commit from those behind it', async () => {
    const stand = await aFoundedBox(slow)
    const gone = Array.from({ length: 20 }, (_, at) => castWith(stand, `gone ${at}`, { patienceMs: 1 }))
    const here = castWith(stand, 'ann', { patienceMs: 1_000 })
    await stand.time.advance(5)
    expect(wordOf(await here)).toBe('accepted')
    expect(new Set((await Promise.all(gone)).map(wordOf))).toEqual(new Set(['overloaded']))
    expect(stand.events).toContainEqual({ type: 'ballots-shed', ...stand.address, ballots: 20 })
  })
})

describe('a box that is offered more than it can do', () => {
  test.each([2, 4, 8, 16])(
    '%i times over, goes on at its full rate, and who gets in waits shortly',
    async (times) => {
      const stand = await aFoundedBox(slow)
      const surge = await offered(stand, 200 * times, 5_000)
      const late = surge.accepted.filter(({ at }) => at >= 1_000)
      expect(late.length / 4).toBeGreaterThan(200 * 0.85)
      expect(Math.max(...late.map(({ waitedMs }) => waitedMs))).toBeLessThanOrEqual(70)
      const words = new Set(surge.words)
      expect([...words].sort()).toEqual(['accepted', 'overloaded'])
    },
  )

  test('counts whom it accepted, each once, and nobody else', async () => {
    const stand = await aFoundedBox(slow)
    const { accepted } = await offered(stand, 1_600, 500)
    expect(stand.tables()['ballot']).toHaveLength(accepted.length + 1)
    expect((await stand.box.standing(stand.address)).ballots).toBe(accepted.length + 1)
  })

  test('collapses when it may not turn anybody away: who gets in has waited in vain', async () => {
    const stand = await aFoundedBox({ ...slow, shedding: false })
    const { accepted } = await offered(stand, 1_000, 2_000)
    const late = accepted.filter(({ at }) => at >= 1_000)
    expect(Math.min(...late.map(({ waitedMs }) => waitedMs))).toBeGreaterThan(500)
  })

  test('takes everybody again once it is calm', async () => {
    const stand = await aFoundedBox(slow)
    await offered(stand, 1_600, 500)
    await stand.time.advance(1_000)
    const { words } = await offered(stand, 100, 1_000)
    expect(new Set(words)).toEqual(new Set(['accepted']))
  })
})

describe('a burst', () => {
  test('is no overload: two thousand at once are all taken by a box that commits them in time', async () => {
    const stand = await aFoundedBox({})
    const replies = Array.from({ length: 2_000 }, (_, at) => stand.cast(`voter ${at}`))
    await stand.time.advance(50)
    expect(new Set((await Promise.all(replies)).map(wordOf))).toEqual(new Set(['accepted']))
  })

  test('that was held for new questions is not blamed for having waited', async () => {
    const stand = aBox()
    await stand.box.adopt(stand.address, stand.definition)
    await stand.box.hold(stand.address)
    const replies = Array.from({ length: 20 }, (_, at) => stand.cast(`voter ${at}`))
    await stand.time.advance(2_000)
    await stand.box.adopt(stand.address, stand.definition)
    await stand.time.advance(5)
    expect(new Set((await Promise.all(replies)).map(wordOf))).toEqual(new Set(['accepted']))
  })
})

describe('a box whose machine is slow', () => {
  test('turns nobody away whom its next commit takes, however long they have waited', async () => {
    const stand = await aFoundedBox({ groupWaitMs: 400, busyAbove: 0 })
    const words: Promise<string>[] = []
    for (let round = 0; round < 20; round++) {
      for (let at = 0; at < 30; at++) words.push(stand.cast(`voter ${round} ${at}`).then(wordOf))
      await stand.time.advance(400)
    }
    await stand.time.advance(400)
    expect(new Set(await Promise.all(words))).toEqual(new Set(['accepted']))
  })
})

describe('how many may wait', () => {
  const terms = { ...boxSettings, bufferLimit: 1_000, groupLimit: 4, waitTargetMs: 100, waitIntervalMs: 200 }
  const standing = { taken: 10, waiting: 1_000, youngestWaitMs: 101 }

  test('is the whole buffer until a queue has stood for a while, and then what is committed in 100 ms', () => {
    const limit = new LineLimit(terms)
    for (let now = 0; now < 200; now += 5) limit.note({ ...standing, now })
    expect(limit.value).toBe(1_000)
    limit.note({ ...standing, now: 200 })
    expect(limit.value).toBe(205) // 41 commits of ten in 200 ms
  })

  test('shrinks by a factor where it is that already and the queue stands on, to as many as make a busy commit', () => {
    const limit = new LineLimit(terms)
    const values: number[] = []
    for (let now = 0; now <= 2_000; now += 200) {
      limit.note({ ...standing, taken: 1_000, waiting: 2_000, now })
      values.push(limit.value)
    }
    expect(values.slice(0, 4)).toEqual([1_000, 700, 500, 350])
    for (let now = 2_200; now <= 9_000; now += 200) limit.note({ ...standing, now })
    expect(limit.value).toBe(boxSettings.busyAbove)
  })

  test('does not shrink while the queue is emptied now and then', () => {
    const limit = new LineLimit(terms)
    for (let now = 0; now < 20_000; now += 190)
      limit.note({ ...standing, youngestWaitMs: now % 380 === 0 ? 101 : 0, now })
    expect(limit.value).toBe(1_000)
  })

  test('is never fewer than one commit takes', () => {
    const limit = new LineLimit({ ...terms, groupLimit: 256 })
    for (let now = 0; now <= 20_000; now += 200) limit.note({ ...standing, now })
    expect(limit.value).toBe(256)
  })

  test('does not shrink for a wait after which the commit took everybody', () => {
    const limit = new LineLimit(terms)
    for (let now = 0; now <= 20_000; now += 200)
      limit.note({ taken: 10, waiting: 10, youngestWaitMs: 800, now })
    expect(limit.value).toBe(1_000)
  })

  test('grows again by what is committed in time, while somebody comes near it', () => {
    const limit = new LineLimit(terms)
    for (let now = 0; now <= 20_000; now += 200) limit.note({ ...standing, now })
    limit.note({ taken: 8, waiting: 8, youngestWaitMs: 5, now: 20_100 })
    expect(limit.value).toBe(16)
    for (let commit = 0; commit < 4; commit++)
      limit.note({ taken: 8, waiting: 16, youngestWaitMs: 60, now: 20_200 })
    expect(limit.value).toBe(17)
    limit.note({ taken: 2, waiting: 2, youngestWaitMs: 0, now: 20_300 })
    expect(limit.value).toBe(17)
  })
})

const aFoundedBox = async (settings: Partial<typeof boxSettings>): Promise<BoxStand> => {
  const stand = aBox({ settings })
  await stand.castNow('the first voter')
  return stand
}

const castWith = (
  { box, address, definition }: BoxStand,
  voter: string,
  request: { readonly patienceMs?: number; readonly sentAt?: number },
): Promise<CastReply> => box.cast({ ...address, cast: aCast(definition, voter), ...request })

let surges = 0

/** So many voters a second, evenly, for a while; and what became of them, once all have heard. */
const offered = async (stand: BoxStand, aSecond: number, forMs: number) => {
  const surge = ++surges
  const began = stand.time.clock.now()
  const words: string[] = []
  const accepted: { at: number; waitedMs: number }[] = []
  let sent = 0
  for (let ms = 0; ms < forMs; ms++) {
    const at = stand.time.clock.now()
    for (; sent < ((ms + 1) * aSecond) / 1_000; sent++)
      void stand.cast(`voter ${sent} of surge ${surge}`).then((reply) => {
        words.push(wordOf(reply))
        const now = stand.time.clock.now()
        if (reply.ok) accepted.push({ at: now - began, waitedMs: now - at })
      })
    await stand.time.advance(1)
  }
  await stand.time.advance(20_000)
  await settled()
  if (words.length !== sent) throw new Error(`${sent - words.length} voters heard nothing`)
  return { words, accepted }
}
