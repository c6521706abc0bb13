// An isolate counts for itself and tells the Meter now and then: nothing twice, and nothing lost that need not be.
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { fanOut } from '../../src/telemetry/fan-out.ts'
import type { Batch, Standings } from '../../src/telemetry/meter/protocol.ts'
import { mostSeries, Recorder } from '../../src/telemetry/recorder.ts'
import { metricsSink } from '../../src/telemetry/sinks/metrics.ts'

const aRequest: Event = {
  type: 'request',
  requestId: 'r',
  route: '/p/:pollId',
  method: 'GET',
  status: 200,
  durationMs: 3,
  colo: 'FRA',
}
const requestsOf = ({ histograms }: Batch): number =>
  histograms['edgepoll_http_request_duration_seconds|/p/:pollId|GET|2xx|@']?.counts.reduce(
    (sum, count) => sum + count,
    0,
  ) ?? 0

const aSink = () => {
  const stand = {
    now: 0,
    told: [] as Batch[],
    stood: [] as Standings[],
    away: false,
    working: Promise.resolve() as Promise<unknown>,
    timers: [] as { readonly at: number; readonly run: () => Promise<void> }[],
  }
  const sink = metricsSink({
    clock: { now: () => stand.now },
    source: 'edge-1',
    everyMs: 10_000,
    flush: async (batch) => {
      stand.told.push(batch)
      if (stand.away) throw new Error('the Meter is away')
    },
    stand: async (standings) => {
      stand.stood.push(standings)
      if (stand.away) throw new Error('the Meter is away')
    },
    waitUntil: (work) => {
      stand.working = work
    },
    after: (delayMs, run) => void stand.timers.push({ at: stand.now + delayMs, run }),
  })
  return { ...sink, stand }
}

describe('an isolate', () => {
  test('tells nothing before ten seconds have passed, then all of it at once', async () => {
    const { report, stand } = aSink()
    for (const now of [0, 5_000, 9_999]) {
      stand.now = now
      report(aRequest)
    }
    expect(stand.told).toEqual([])
    stand.now = 10_000
    report(aRequest)
    await stand.working
    expect(stand.told.map((batch) => [batch.sequence, batch.colo, requestsOf(batch)])).toEqual([
      [1, 'FRA', 4],
    ])
  })

  test('repeats a flush that failed as it was, and tells what came since afterwards', async () => {
    const { report, flush, stand } = aSink()
    report(aRequest)
    stand.away = true
    await flush()
    report(aRequest)
    stand.away = false
    await flush()
    await flush()
    expect(stand.told.map((batch) => [batch.sequence, requestsOf(batch)])).toEqual([
      [1, 1],
      [1, 1],
      [2, 1],
    ])
  })

  test('gives a flush up after five minutes, and says so', async () => {
    const { report, flush, stand } = aSink()
    report(aRequest)
    stand.away = true
    await flush()
    stand.now = 5 * 60_000 + 1
    stand.away = false
    await flush()
    const [, second] = stand.told
    expect(second?.sequence).toBe(2)
    expect(second?.counters).toEqual({ 'edgepoll_telemetry_dropped_total|flush': 1 })
  })

  test('tells where boxes stand by their newest, again when it could not be told', async () => {
    const { report, flush, stand } = aSink()
    const box = { type: 'box-stood', pollId: 'p', shard: 0, archived: 0, since: 1, at: 1 } as const
    report({ ...box, seq: 1 })
    report({ ...box, seq: 2 })
    stand.away = true
    await flush()
    report({ ...box, seq: 3 })
    stand.away = false
    await flush()
    expect(stand.stood.map(({ boxes }) => boxes.map(({ seq }) => seq))).toEqual([[2], [3]])
  })

  test('that hears of nothing more tells by a timer', async () => {
    const { report, stand } = aSink()
    report(aRequest)
    report(aRequest)
    expect(stand.timers.map(({ at }) => at)).toEqual([10_000])
    await stand.timers[0]?.run()
    expect(stand.told.map(requestsOf)).toEqual([2])
  })

  test('counts breakers that are open now', async () => {
    const { report, flush, stand } = aSink()
    const moved = { type: 'breaker-moved', dependency: 'boxes' } as const
    for (const object of ['a', 'b']) report({ ...moved, object, to: 'open' })
    report({ ...moved, object: 'a', to: 'closed' })
    await flush()
    expect(stand.told[0]?.gauges).toEqual({ 'edgepoll_breakers_open|boxes': 1 })
  })
})

describe('what is kept', () => {
  test('has a bound whatever is counted, and says what it left out', () => {
    const recorder = new Recorder()
    for (let at = 0; at < mostSeries + 50; at++) recorder.count('edgepoll_http_refusals_total', 1, `${at}`)
    const { counters } = recorder.take()
    expect(Object.keys(counters)).toHaveLength(mostSeries + 1)
    expect(counters['edgepoll_telemetry_dropped_total|series']).toBe(50)
  })

  test('does not grow by what clients send as a method', async () => {
    const { report, flush, stand } = aSink()
    for (let at = 0; at < 100; at++) report({ ...aRequest, method: `M${at}` })
    await flush()
    expect(Object.keys(stand.told[0]?.histograms ?? {})).toEqual([
      'edgepoll_http_request_duration_seconds|/p/:pollId|other|2xx|@',
    ])
  })

  test('a sink that fails keeps nothing from the others', () => {
    const heard: string[] = []
    const report = fanOut(
      () => {
        throw new Error('a sink that fails')
      },
      ({ type }) => void heard.push(type),
    )
    report(aRequest)
    expect(heard).toEqual(['request'])
  })
})
