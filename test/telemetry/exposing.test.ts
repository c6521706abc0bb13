// What is told of the whole system, where a part of the Meter is away, or counting is off.
import { describe, expect, test } from 'vitest'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { telemetryOf } from '../../src/runtime/telemetry.ts'
import { expose } from '../../src/telemetry/exposition.ts'
import { localMeter } from '../support/meters.ts'
import { untraced } from '../support/untraced.ts'

const clock = { now: () => 0 }
const always = new AbortController().signal

const aTelemetry = (meter = localMeter(clock), metrics = 'on') =>
  telemetryOf({
    service: 'edge',
    meter,
    config: { EDGEPOLL_METRICS: metrics, METRICS_FLUSH_MS: 10_000, ...untraced },
    sinks: [],
    clock,
    random: { bytes: (length) => new Uint8Array(length), fraction: () => 0 },
    waitUntil: () => undefined,
    lingers: false,
  })

const shed = { type: 'ballots-shed', pollId: 'p', shard: 0, ballots: 3 } as const

describe('the metrics of the whole system', () => {
  test('have what this isolate has counted a moment ago', async () => {
    const { report, expose: read } = aTelemetry()
    report(shed)
    expect(await read('prometheus', always)).toMatch(/^edgepoll_ballots_shed_total 3$/m)
    report(shed)
    expect(await read('prometheus', always)).toMatch(/^edgepoll_ballots_shed_total 6$/m)
  })

  test('are not told without one of the shards: its sums would look as if they had begun anew', async () => {
    const whole = localMeter(clock)
    const { report, expose: read } = aTelemetry({
      ...whole,
      get: (name) =>
        name === 'meter/2'
          ? { ...whole.get(name), read: () => Promise.reject(new Error('it restarts')) }
          : whole.get(name),
    })
    report(shed)
    await expect(read('openmetrics', always)).rejects.toBeInstanceOf(Unavailable)
  })

  test('are none where counting is off', async () => {
    const { report, expose: read } = aTelemetry(localMeter(clock), 'off')
    report(shed)
    expect(await read('prometheus', always)).toMatch(/^edgepoll_ballots_shed_total 0$/m)
  })
})

describe('as text', () => {
  test('a histogram is cumulative, labels are escaped, and what nobody here knows is left out', () => {
    const text = expose(
      {
        counters: { 'edgepoll_http_refusals_total|a"b\\c': 1, edgepoll_of_tomorrow_total: 5 },
        histograms: { edgepoll_box_commit_ballots: { counts: [1, 2, 0, 4], sum: 30 } },
        gauges: {},
        unarchivedSince: 1_000,
      },
      'openmetrics',
      4_500,
    )
    expect(text).toContain('edgepoll_http_refusals_total{code="a\\"b\\\\c"} 1\n')
    expect(text).not.toContain('tomorrow')
    for (const line of [
      'bucket{le="1.0"} 1',
      'bucket{le="2.0"} 3',
      'bucket{le="8.0"} 7',
      'bucket{le="+Inf"} 7',
    ])
      expect(text).toContain(`edgepoll_box_commit_ballots_${line}\n`)
    expect(text).toContain('edgepoll_box_commit_ballots_count 7\n')
    expect(text).toContain('edgepoll_archive_lag_seconds 3.5\n')
  })
})
