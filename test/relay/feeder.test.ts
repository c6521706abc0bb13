// How a version reaches an audience: one push under way to each, the newest next, and again until it has arrived.
import { describe, expect, test } from 'vitest'
import { framesOf } from '../support/viewers.ts'
import { aRelayStand, type RelayStand } from './stand.ts'

const pushes = ({ relays }: RelayStand, to = 'leaf/0') =>
  relays.calls.filter((call) => call === `push ${to}`).length
const versions = (viewer: Parameters<typeof framesOf>[0]) => framesOf(viewer).map(({ version }) => version)

/** Pushes wait until a test lets them go, or fail. */
const held = ({ relays }: RelayStand) => {
  const waiting: PromiseWithResolvers<void>[] = []
  relays.before = async (what) => {
    if (what !== 'push') return
    const push = Promise.withResolvers<void>()
    waiting.push(push)
    await push.promise
  }
  return waiting
}

describe('a feeder', () => {
  test('tells one leaf of a small poll each version once, and nobody else', async () => {
    const stand = aRelayStand()
    await stand.watch()
    for (let at = 0; at < 5; at++) {
      stand.publish()
      await stand.time.advance(250)
    }
    expect(stand.relays.calls).toEqual(['follow leaf/0', ...Array(5).fill('push leaf/0')])
  })

  test('has one push under way to each, and then sends the newest: what came in between is skipped', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    const waiting = held(stand)
    for (let at = 0; at < 100; at++) stand.publish()
    await stand.time.advance(0)
    expect(waiting).toHaveLength(1)
    waiting[0]?.resolve()
    await stand.time.advance(0)
    waiting[1]?.resolve()
    await stand.time.advance(1_000)
    expect(waiting).toHaveLength(2)
    expect(versions(viewer)).toEqual([0, 1, 100])
  })

  test('does not let one that hangs wait for ever, and a late push changes nothing', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    const waiting = held(stand)
    stand.publish()
    await stand.time.advance(6_000)
    stand.publish()
    await stand.time.advance(0)
    expect(waiting).toHaveLength(2)
    waiting[1]?.resolve()
    await stand.time.advance(1_000)
    waiting[0]?.resolve()
    await stand.time.advance(1_000)
    expect(versions(viewer)).toEqual([0, 2])
  })

  test('hears nothing of a push that was overtaken: neither that it arrived nor that it failed', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    const waiting = held(stand)
    const overtake = async () => {
      stand.publish()
      await stand.time.advance(6_000)
      stand.publish()
      await stand.time.advance(0)
    }
    await overtake()
    waiting[1]?.reject(new Error('lost'))
    await stand.time.advance(0)
    waiting[0]?.resolve()
    await stand.time.advance(500) // what failed is repeated all the same
    waiting[2]?.resolve()
    await stand.time.advance(250)
    expect(versions(viewer).at(-1)).toBe(2)
    await overtake()
    waiting[4]?.resolve()
    await stand.time.advance(0)
    waiting[3]?.reject(new Error('lost'))
    await stand.time.advance(1_000)
    expect([versions(viewer).at(-1), stand.feeder.behind]).toEqual([4, false])
  })

  test('repeats what failed, less and less often, until it has arrived', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    let failures = 0
    stand.relays.before = async (what) => {
      if (what === 'push' && failures++ < 5) throw new Error('lost')
    }
    stand.publish()
    await stand.time.advance(500 + 1_000 + 2_000 + 4_000)
    expect(pushes(stand)).toBe(5)
    await stand.time.advance(8_000)
    expect(pushes(stand)).toBe(6)
    expect(versions(viewer)).toEqual([0, 1])
    await stand.time.advance(3_600_000)
    expect(pushes(stand)).toBe(6)
    expect(stand.events.filter(({ type }) => type === 'relay-failed')).toHaveLength(5)
  })

  test('tries one that is away no more often the more it has failed to hear', async () => {
    const stand = aRelayStand()
    await stand.watch()
    stand.relays.before = async (what) => {
      if (what === 'push') throw new Error('away')
    }
    for (let at = 0; at < 400; at++) {
      stand.publish()
      await stand.time.advance(250)
    }
    await stand.time.advance(64_000)
    const before = pushes(stand)
    await stand.time.advance(640_000)
    expect(pushes(stand) - before).toBeLessThanOrEqual(10)
  })

  test('that starts again tells whoever was fed before, because nobody knows what they have', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch()
    stand.relays.before = async (what) => {
      if (what === 'push') throw new Error('the board ended before it arrived')
    }
    stand.publish()
    await stand.time.advance(0)
    stand.relays.before = async () => {}
    stand.restart()
    await stand.time.advance(0)
    expect(versions(viewer)).toEqual([0, 1])
  })

  test('keeps a leaf that asked while it was being told that nobody watches there', async () => {
    const stand = aRelayStand()
    const gone = await stand.watch()
    gone.leave()
    const waiting = held(stand)
    stand.publish()
    await stand.time.advance(0)
    const viewer = await stand.watch() // the leaf believes that it is fed
    waiting[0]?.resolve()
    await stand.time.advance(0)
    stand.relays.before = async () => {}
    stand.publish()
    await stand.time.advance(1_000)
    expect(versions(viewer).at(-1)).toBe(2)
  })

  test('spreads more viewers over more leaves, and fewer over fewer, but not for each who goes', () => {
    const { feeder, newest } = aRelayStand()
    const follow = (leaf: number, viewers: number) => feeder.follow(`leaf/${leaf}`, viewers, newest).leaves
    expect([follow(0, 1), follow(0, 500), follow(0, 501), follow(1, 900)]).toEqual([1, 1, 2, 4])
    expect(follow(0, 10)).toBe(4)
    expect(feeder.viewers).toBe(910)
  })

  test('forgets that there were many when only few are left', async () => {
    const stand = aRelayStand()
    for (let leaf = 0; leaf < 8; leaf++) stand.feeder.follow(`leaf/${leaf}`, 1_000, stand.newest)
    expect(stand.feeder.leaves).toBe(16)
    await stand.watch() // and what was said of the others was not true
    stand.publish()
    await stand.time.advance(1_000)
    expect([stand.feeder.leaves, stand.feeder.viewers]).toEqual([2, 1])
    stand.restart()
    expect(stand.feeder.leaves).toBe(2)
  })
})

describe('a branch', () => {
  const far = 20

  test('feeds its leaves of everything, with one call from the board', async () => {
    const stand = aRelayStand()
    const viewers = await Promise.all([far, far + 1, far + 2].map((leaf) => stand.watch(leaf)))
    stand.publish()
    await stand.time.advance(250)
    expect(viewers.map(versions)).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    expect(pushes(stand, 'branch/0')).toBe(1)
    expect(stand.storage.all('select name from audience_child')).toEqual([{ name: 'branch/0' }])
  })

  test('adds up how many watch', async () => {
    const stand = aRelayStand()
    for (const leaf of [far, far, far + 1]) await stand.watch(leaf)
    await stand.watch()
    stand.publish()
    await stand.time.advance(500)
    stand.publish()
    await stand.time.advance(500)
    expect(stand.feeder.viewers).toBe(4)
  })

  test('that cannot tell a leaf says so, and the board sees to it, even where the branch ends', async () => {
    const stand = aRelayStand()
    const [well, cut] = await Promise.all([stand.watch(far), stand.watch(far + 1)])
    stand.relays.before = async (what, relay) => {
      if (what === 'push' && relay === `leaf/${far + 1}`) throw new Error('lost')
    }
    stand.publish()
    await stand.time.advance(1_200)
    expect(versions(well)).toEqual([0, 1])
    expect(stand.events.some((event) => event.type === 'relay-failed' && event.relay === 'branch/0')).toBe(
      true,
    )
    stand.relays.branch({ pollId: stand.newest.pollId, kind: 'branch', index: 0 }).restart()
    stand.relays.before = async () => {}
    await stand.time.advance(10_000)
    expect(versions(cut)).toEqual([0, 1])
    await stand.time.advance(60_000)
    expect(stand.time.pending).toEqual([])
  })

  test('without leaves is not fed any more', async () => {
    const stand = aRelayStand()
    const viewer = await stand.watch(far)
    viewer.leave()
    for (let at = 0; at < 3; at++) {
      stand.publish()
      await stand.time.advance(1_000)
    }
    const calls = stand.relays.calls.length
    stand.publish()
    await stand.time.advance(1_000)
    expect(stand.relays.calls).toHaveLength(calls)
    expect(stand.storage.all('select * from audience_child')).toEqual([])
    const back = await stand.watch(far)
    stand.publish()
    await stand.time.advance(1_000)
    expect(versions(back)).toEqual([4, 5])
  })
})
