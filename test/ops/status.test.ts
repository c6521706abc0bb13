// What the status command makes of the metrics: rates between two looks, quantiles as Prometheus reads them.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { goldenSignals } from '../../ops/status/golden-signals.ts'
import { readExposition } from '../../ops/status/read-exposition.ts'
import { shownSignals } from '../../ops/status/show-signals.ts'
import { expose } from '../../src/telemetry/exposition.ts'
import type { Reading } from '../../src/telemetry/meter/protocol.ts'

const cast = 'edgepoll_http_request_duration_seconds|/v1/polls/:pollId/ballots|POST'

/** Ballots: `fast` between 4 and 8 ms, `failed` beyond all bounds. */
const aReading = (fast: number, failed: number): Reading => ({
  counters: { edgepoll_ballots_counted_total: fast, 'edgepoll_unexpected_errors_total|http': failed },
  histograms: {
    [`${cast}|2xx|FRA`]: { counts: [0, 0, 0, fast], sum: fast * 0.006 },
    [`${cast}|5xx|FRA`]: { counts: Object.assign(Array(16).fill(0), { 15: failed }), sum: failed * 20 },
  },
  gauges: { edgepoll_ballots_unarchived: 7, 'edgepoll_breakers_open|postgres': 1 },
  unarchivedSince: 1_000,
})

const looked = (reading: Reading) => readExposition(expose(reading, 'prometheus', 61_000))

test('the first look is at everything since the counters began', () => {
  const signals = goldenSignals(looked(aReading(90, 10)), null)
  expect(signals).toMatchObject({
    seconds: null,
    counted: 90,
    unarchived: 7,
    archiveLagSeconds: 60,
    bugs: 10,
  })
  expect(signals.ballots).toMatchObject({ count: 100, perSecond: null, failed: 0.1, p99Seconds: 16.384 })
  expect(signals.ballots.p50Seconds).toBeCloseTo(0.004 + 0.004 * (50 / 90))
  expect(signals.open).toEqual(['postgres'])
})

test('the next is at what came since, and a counter that began anew is read whole', () => {
  const before = { samples: looked(aReading(90, 10)), seconds: 5 }
  expect(goldenSignals(looked(aReading(140, 10)), before).ballots).toMatchObject({
    count: 50,
    perSecond: 10,
    failed: 0,
  })
  expect(goldenSignals(looked(aReading(30, 0)), before).ballots.count).toBe(30)
})

test('it is shown in lines that a person can read', () => {
  const shown = shownSignals(goldenSignals(looked(aReading(90, 10)), null), 'https://edgepoll.example')
  expect(shown).toContain('90 in all, 7 not in Postgres, the oldest of them for 60.0 s')
  expect(shown).toContain('10 unexpected errors; breakers open: postgres')
  expect(shown).not.toMatch(/NaN|undefined|null/)
})

test('the command says what it does, and what is wrong, in a sentence', () => {
  const status = (...words: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../ops/status.ts'), ...words], {
      encoding: 'utf8',
    })
  expect(status('--help').stdout).toMatch(/--once[\s\S]*--json|--json[\s\S]*--once/)
  const away = status('--once', '--url', 'http://127.0.0.1:9', '--root-key', 'none')
  expect([away.status, away.stderr.trim()]).toEqual([
    2,
    'http://127.0.0.1:9 does not answer: is the system running?',
  ])
})
