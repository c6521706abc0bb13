// The Meter adds up what isolates tell it, each flush once, and does not forget when its object ends.
import { describe, expect, test } from 'vitest'
import { Meter, mostColos } from '../../src/telemetry/meter/meter.ts'
import type { Batch, BoxStanding } from '../../src/telemetry/meter/protocol.ts'
import { type SqliteStorage, sqliteStorage } from '../support/sqlite-storage.ts'

const requests = 'edgepoll_http_refusals_total|overloaded'

const aBatch = (sequence: number, changes: Partial<Batch> = {}): Batch => ({
  source: 'edge-1',
  sequence,
  colo: 'FRA',
  counters: { [requests]: 2 },
  histograms: {},
  gauges: {},
  ...changes,
})

const aMeter = (storage: SqliteStorage = sqliteStorage()) => {
  const clock = { at: 0, now: () => clock.at }
  return { storage, clock, meter: new Meter({ storage, clock }) }
}

describe('a flush', () => {
  test('that is repeated counts once', async () => {
    const { meter } = aMeter()
    await meter.flush(aBatch(1))
    await meter.flush(aBatch(1))
    await meter.flush(aBatch(2))
    const { counters } = await meter.read()
    expect(counters[requests]).toBe(4)
    expect(counters['edgepoll_telemetry_flushes_total']).toBe(2)
  })

  test('that is repeated after the object ended counts once', async () => {
    const { meter, storage } = aMeter()
    await meter.flush(aBatch(1))
    const { meter: again } = aMeter(storage)
    await again.flush(aBatch(1))
    expect((await again.read()).counters[requests]).toBe(2)
  })

  test('outlives the object over many snapshots, to the last one', async () => {
    const { meter, storage } = aMeter()
    for (let sequence = 1; sequence <= 451; sequence++) await meter.flush(aBatch(sequence))
    const { meter: again } = aMeter(storage)
    expect((await again.read()).counters[requests]).toBe(902)
    await again.flush(aBatch(451))
    expect((await again.read()).counters[requests]).toBe(902)
    expect(storage.all('select 1 from told').length).toBeLessThan(200)
  })

  test('adds histograms bucket by bucket', async () => {
    const key = 'edgepoll_box_commit_duration_seconds'
    const { meter } = aMeter()
    await meter.flush(aBatch(1, { histograms: { [key]: { counts: [1, 2], sum: 3 } } }))
    await meter.flush(aBatch(2, { histograms: { [key]: { counts: [1, 0, 4], sum: 5 } } }))
    expect((await meter.read()).histograms[key]).toEqual({ counts: [2, 2, 4], sum: 8 })
  })

  test('brings no more locations than may be: the others are one', async () => {
    const { meter } = aMeter()
    const key = 'edgepoll_http_request_duration_seconds|/p/:pollId|GET|2xx|@'
    for (let at = 0; at < mostColos + 10; at++)
      await meter.flush(
        aBatch(1, {
          source: `edge-${at}`,
          colo: `${String.fromCharCode(65 + (at % 26))}${String.fromCharCode(65 + Math.floor(at / 26))}X`,
          histograms: { [key]: { counts: [1], sum: 0 } },
        }),
      )
    const placed = Object.entries((await meter.read()).histograms)
    expect(placed).toHaveLength(mostColos + 1)
    expect(placed.find(([name]) => name.endsWith('|other'))?.[1].counts).toEqual([10])
  })

  test('says what stands of an isolate for a minute', async () => {
    const { meter, clock } = aMeter()
    const key = 'edgepoll_breakers_open|postgres'
    await meter.flush(aBatch(1, { gauges: { [key]: 1 } }))
    await meter.flush(aBatch(1, { source: 'edge-2', gauges: { [key]: 2 } }))
    expect((await meter.read()).gauges).toMatchObject({ [key]: 3, edgepoll_telemetry_sources: 2 })
    await meter.flush(aBatch(2, { gauges: { [key]: 0 } }))
    expect((await meter.read()).gauges[key]).toBe(2)
    clock.at = 61_000
    expect((await meter.read()).gauges).toMatchObject({ edgepoll_telemetry_sources: 0 })
  })
})

const aBox = (changes: Partial<BoxStanding>): BoxStanding => ({
  name: 'poll_1:0',
  seq: 5,
  archived: 2,
  since: 100,
  at: 1,
  ...changes,
})

describe('how far boxes are', () => {
  test('is told whole: twice, late and out of order it says the same', async () => {
    const { meter } = aMeter()
    const newest = aBox({ seq: 9, archived: 4, since: 300, at: 2 })
    for (const box of [aBox({}), newest, aBox({}), newest])
      await meter.stand({ boxes: [box, aBox({ name: 'poll_2:0', at: 1 })], leaves: [] })
    const { counters, gauges, unarchivedSince } = await meter.read()
    expect(counters['edgepoll_ballots_counted_total']).toBe(14)
    expect(gauges['edgepoll_ballots_unarchived']).toBe(5 + 3)
    expect(unarchivedSince).toBe(100)
  })

  test('outlives the object', async () => {
    const { meter, storage } = aMeter()
    await meter.stand({ boxes: [aBox({})], leaves: [{ name: 'leaf', viewers: 7, at: 0 }] })
    const { meter: again } = aMeter(storage)
    const { counters, gauges } = await again.read()
    expect(counters['edgepoll_ballots_counted_total']).toBe(5)
    expect(gauges).toMatchObject({ edgepoll_ballots_unarchived: 3, edgepoll_relay_sockets: 7 })
  })

  test('a box that was destroyed is counted for ever, and its name forgotten after a day', async () => {
    const { meter, storage, clock } = aMeter()
    const gone = aBox({ seq: 6, archived: 6, since: null, at: 2, gone: true })
    await meter.stand({ boxes: [aBox({}), aBox({ name: 'poll_2:0' })], leaves: [] })
    for (const box of [gone, aBox({ at: 3 }), gone]) await meter.stand({ boxes: [box], leaves: [] })
    const told = async (from: Meter) => {
      const { counters, gauges } = await from.read()
      return [counters['edgepoll_ballots_counted_total'], gauges['edgepoll_ballots_unarchived']]
    }
    const names = () =>
      storage.all<{ name: string }>('select name from box union all select name from gone_box')
    expect(await told(meter)).toEqual([11, 3])
    expect(names().map(({ name }) => name)).toEqual(['(gone)', 'poll_2:0', 'poll_1:0'])
    // What the version before would begin with, should it come back.
    expect(storage.all('select sum(seq) as counted from box')).toEqual([{ counted: 11 }])

    clock.at = 25 * 60 * 60_000
    for (let flush = 1; flush <= 200; flush++) await meter.flush(aBatch(flush))
    expect(names().map(({ name }) => name)).toEqual(['(gone)', 'poll_2:0'])
    expect(await told(meter)).toEqual([11, 3])
    expect(await told(aMeter(storage).meter)).toEqual([11, 3])
  })

  test('may go back in what is archived: Postgres lost something', async () => {
    const { meter } = aMeter()
    await meter.stand({ boxes: [aBox({ archived: 5, since: null })], leaves: [] })
    expect((await meter.read()).unarchivedSince).toBeNull()
    await meter.stand({ boxes: [aBox({ archived: 0, since: 50, at: 2 })], leaves: [] })
    expect(await meter.read()).toMatchObject({ unarchivedSince: 50 })
  })
})
