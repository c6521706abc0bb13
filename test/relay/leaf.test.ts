// What a leaf sends to whom and when: each version once, rising, the newest to whoever missed some, and nothing to nobody.
import { decode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { framesOf } from '../support/viewers.ts'
import { aRelayStand, documentOf } from './stand.ts'

const kinds = (viewer: Parameters<typeof framesOf>[0]) =>
  framesOf(viewer).map(({ type, version }) => `${type} ${version}`)

describe('frames', () => {
  test('come at once where all is quiet, and then every 250 ms, the newest each time', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    for (let at = 0; at < 20; at++) {
      stand.publish()
      await stand.time.advance(50)
    }
    await stand.time.advance(250)
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1', 'delta 5', 'delta 10', 'delta 15', 'delta 20'])
    expect(framesOf(viewer).map(({ from }) => from)).toEqual([undefined, 0, 1, 5, 10, 15])
  })

  test('come more slowly the more sockets there are', async () => {
    const stand = aRelayStand()
    stand.feeder.follow('leaf/900', 5_000_000, stand.newest) // so many that a leaf must take four thousand
    const viewer = await stand.watch()
    for (let at = 0; at < 1_999; at++) await stand.watch()
    stand.publish()
    await stand.time.advance(100)
    stand.publish()
    await stand.time.advance(350)
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1'])
    await stand.time.advance(100)
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1', 'delta 2'])
  })

  test('are made once, whoever watches', async () => {
    const stand = aRelayStand()
    const viewers = await Promise.all(Array.from({ length: 50 }, () => stand.watch()))
    stand.publish()
    await stand.time.advance(0)
    const frames = new Set(viewers.map(({ frames: [, frame] }) => frame))
    expect(frames.size).toBe(1)
    expect(String([...frames][0]).length).toBeLessThan(200)
  })

  test('in MessagePack say what those in JSON say', async () => {
    const stand = aRelayStand()
    const [packed, plain] = [await stand.watch(0, { format: 'msgpack' }), await stand.watch()]
    stand.publish()
    await stand.time.advance(0)
    expect(packed.frames.map((frame) => decode(frame as Uint8Array))).toEqual(framesOf(plain))
  })

  test('of other questions are whole, because no delta could say it', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    const other = { ...JSON.parse(documentOf(1)), questions: [{ id: 'nps', type: 'nps', ballots: 0 }] }
    stand.publish({ document: JSON.stringify(other) })
    await stand.time.advance(0)
    expect(kinds(viewer)).toEqual(['results 0', 'results 1'])
  })

  test('go to nobody twice: who comes between two of them has the newest already', async () => {
    const stand = aRelayStand()
    const early = await stand.watch()
    stand.publish()
    await stand.time.advance(10)
    stand.publish()
    await stand.time.advance(10)
    const late = await stand.watch()
    await stand.time.advance(250)
    stand.publish()
    await stand.time.advance(250)
    expect(kinds(early)).toEqual(['results 0', 'delta 1', 'delta 2', 'delta 3'])
    expect(kinds(late)).toEqual(['results 2', 'delta 3'])
  })

  test('never go below what a viewer says it has seen elsewhere', async () => {
    const stand = aRelayStand()
    await stand.watch()
    stand.relays.before = async (what) => {
      if (what === 'push') throw new Error('lost')
    }
    stand.publish()
    stand.publish()
    await stand.time.advance(300)
    const ahead = await stand.watch(0, { holds: 2 })
    expect(kinds(ahead)).toEqual(['results 2']) // the leaf asked, because it was behind
    const liar = await stand.watch(0, { holds: 1_000_000 })
    expect(kinds(liar)).toEqual([])
  })

  test('of a viewer that cannot be reached keep nobody from theirs', async () => {
    const stand = aRelayStand()
    const [broken, well] = [await stand.watch(), await stand.watch()]
    broken.broken = true
    stand.publish()
    await stand.time.advance(0)
    expect(kinds(well)).toEqual(['results 0', 'delta 1'])
    expect(broken.ended?.code).toBe(1011)
  })
})

describe('a viewer that falls silent', () => {
  test('is sent nothing, the whole newest when it is heard again, and ends after a while', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    const passive = await stand.watch()
    viewer.heardAt = stand.time.clock.now()
    stand.publish()
    await stand.time.advance(100_000)
    for (let at = 0; at < 10; at++) {
      stand.publish()
      await stand.time.advance(1_000)
    }
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1'])
    expect(framesOf(passive)).toHaveLength(12)
    viewer.heardAt = stand.time.clock.now()
    stand.publish()
    await stand.time.advance(1_000)
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1', 'results 12'])
    await stand.time.advance(200_000)
    stand.publish()
    await stand.time.advance(1_000)
    expect(viewer.ended?.code).toBe(1013)
    expect(passive.ended).toBeNull()
  })
})

describe('a leaf that was evicted', () => {
  test('goes on from what each of its viewers has, and asks to be fed when somebody comes', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    stand.publish()
    await stand.time.advance(250)
    stand.leaf().evict()
    const late = await stand.watch()
    stand.publish()
    await stand.time.advance(250)
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1', 'delta 2'])
    expect(kinds(late)).toEqual(['results 1', 'delta 2'])
    expect(stand.relays.calls.filter((call) => call === 'follow leaf/0')).toHaveLength(2)
  })

  test('brings up to date who missed the version that was lost with it', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    stand.publish()
    stand.publish()
    await stand.time.advance(10) // the second waits for its turn
    stand.leaf().evict()
    await stand.watch()
    await stand.time.advance(0)
    expect(kinds(viewer)).toEqual(['results 0', 'delta 1', 'results 2'])
  })

  test('says so, where it holds sockets', async () => {
    const stand = aRelayStand()
    await stand.watch()
    stand.leaf().evict()
    stand.leaf().leaf.woke('a leaf')
    stand.leaf(1).leaf.woke('another')
    expect(stand.events.filter(({ type }) => type === 'relay-woke')).toEqual([
      { type: 'relay-woke', relay: 'a leaf', viewers: 1 },
    ])
  })
})

describe('a quiet poll', () => {
  test('costs nothing: no timer waits, no alarm is set, nobody calls anybody', async () => {
    const stand = aRelayStand()
    for (let at = 0; at < 20; at++) await stand.watch()
    stand.publish()
    await stand.time.advance(1_000)
    const calls = stand.relays.calls.length
    expect(stand.time.pending).toEqual([])
    expect(stand.storage.alarm).toBeNull()
    await stand.time.advance(24 * 3_600_000)
    expect(stand.relays.calls).toHaveLength(calls)
  })

  test('that nobody watches has no leaf to tell', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    viewer.leave()
    stand.publish()
    await stand.time.advance(1_000)
    const calls = stand.relays.calls.length
    for (let at = 0; at < 10; at++) stand.publish()
    await stand.time.advance(1_000)
    expect(stand.relays.calls).toHaveLength(calls)
    expect(stand.storage.all('select * from audience_child')).toEqual([])
  })
})

describe('the end', () => {
  test('of a poll is the last that every viewer is sent, and costs a push a leaf', async () => {
    const stand = aRelayStand()
    const viewers = await Promise.all(Array.from({ length: 900 }, (_, at) => stand.watch(at % 3)))
    await stand.time.advance(1_000)
    stand.relays.calls.length = 0
    stand.publish({ final: true, document: documentOf(1, 900, true) })
    await stand.time.advance(1_000)
    expect(stand.relays.calls.toSorted()).toEqual(['push leaf/0', 'push leaf/1', 'push leaf/2'])
    expect(new Set(viewers.map((viewer) => kinds(viewer).join()))).toEqual(new Set(['results 0,closed 1']))
    expect(new Set(viewers.map(({ ended }) => ended?.code))).toEqual(new Set([1000]))
    expect(stand.storage.all('select * from audience_child')).toEqual([])
  })

  test('is all that a late-comer is sent, and a thousand of them ask the board once', async () => {
    const stand = aRelayStand()
    stand.publish({ final: true, document: documentOf(1, 1, true) })
    const late = await Promise.all(Array.from({ length: 1_000 }, () => stand.watch()))
    expect(late.every((viewer) => kinds(viewer).join() === 'closed 1' && viewer.ended?.code === 1000)).toBe(
      true,
    )
    expect(stand.relays.calls).toEqual(['follow leaf/0'])
  })

  test('of a poll that is deleted is told to everybody', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    stand.feeder.remove(stand.newest.pollId)
    await stand.time.advance(0)
    expect(viewer.ended).toEqual({ code: 1000, reason: 'the poll is deleted' })
  })

  test('of a poll that is deleted is told to who has not heard of it, as soon as somebody asks', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    stand.gone = true // the push was lost, and the board has ended with it
    stand.leaf().evict()
    expect(await stand.enter()).toEqual({ reason: 'poll-not-found' })
    expect(viewer.ended).toEqual({ code: 1000, reason: 'the poll is deleted' })
  })
})

describe('who may not come in', () => {
  test('is told to try elsewhere where a leaf is full, and how many there are', async () => {
    const stand = aRelayStand()
    for (let at = 0; at < 1_000; at++) await stand.watch()
    expect(await stand.enter()).toEqual({ reason: 'full', leaves: 2 })
    expect(await stand.watch(1)).toBeDefined()
  })

  test('is one more than the poll may have, wherever the others watch', async () => {
    const stand = aRelayStand()
    for (let at = 0; at < 40; at++) await stand.watch(0, { mostViewers: 50 })
    for (let at = 0; at < 10; at++) await stand.enter(1, { mostViewers: 50 })
    stand.publish()
    await stand.time.advance(500)
    stand.publish()
    await stand.time.advance(500)
    expect(await stand.enter(0, { mostViewers: 50 })).toEqual({ reason: 'audience-full' })
    expect(await stand.enter(1, { mostViewers: 50 })).toEqual({ reason: 'audience-full' })
  })

  test('was judged by terms that are no more, and who is inside by them is ended before the next frame', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch(0, { judged: 3 })
    const owner = await stand.watch(0, { judged: 4 })
    stand.relays.before = async (what) => {
      if (what === 'push') throw new Error('lost')
    }
    stand.feeder.exclude(4, stand.newest)
    await stand.time.advance(0)
    stand.relays.before = async () => {}
    stand.publish()
    await stand.time.advance(500)
    expect(viewer.ended?.code).toBe(1008)
    expect(kinds(viewer)).toEqual(['results 0'])
    expect(kinds(owner)).toEqual(['results 0', 'delta 1'])
    expect(await stand.enter(0, { judged: 3 })).toEqual({ reason: 'terms-changed' })
    stand.restart()
    stand.leaf(1)
    expect(await stand.enter(1, { judged: 3 })).toEqual({ reason: 'terms-changed' })
  })
})
