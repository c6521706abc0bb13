// What one isolate has counted and not told yet. Recording is a look into a map and an addition; nothing here awaits, and
// nothing grows beyond its cap.
import type { Batch, HistogramSum } from './meter/protocol.ts'
import { type CounterName, type GaugeName, type HistogramName, type MetricName, metrics } from './metrics.ts'
import { seriesKey } from './series.ts'

interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum: number
}

/** Far above what the closed sets of labels make; a defect must not fill an isolate's memory. */
export const mostSeries = 2_000

const droppedKey = seriesKey('edgepoll_telemetry_dropped_total', ['series'])

export class Recorder {
  #counters = new Map<string, number>()
  #histograms = new Map<string, Histogram>()
  #gauges = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#counters.size + this.#histograms.size === 0
  }

  count(name: CounterName, by = 1, ...values: readonly string[]): void {
    this.#add(seriesKey(name, values), by)
  }

  observe(name: HistogramName, value: number, ...values: readonly string[]): void {
    this.observeKey(name, values.length === 0 ? name : seriesKey(name, values), value)
  }

  /** For who has the key of a series at hand. */
  observeKey(name: HistogramName, key: string, value: number): void {
    let histogram = this.#histograms.get(key)
    if (histogram === undefined) {
      if (this.#isFull()) {
        this.#add(droppedKey, 1)
        return
      }
      const { bounds } = metrics[name]
      histogram = { bounds, counts: new Array(bounds.length + 1).fill(0), sum: 0 }
      this.#histograms.set(key, histogram)
    }
    const { bounds, counts } = histogram
    let at = 0
    while (at < bounds.length && value > (bounds[at] ?? 0)) at++
    counts[at] = (counts[at] ?? 0) + 1
    histogram.sum += value
  }

  stand(name: GaugeName, value: number, ...values: readonly string[]): void {
    const key = seriesKey(name, values)
    if (this.#gauges.has(key) || !this.#isFull()) this.#gauges.set(key, value)
  }

  /** Everything since the last time. What was counted is gone from here then; gauges stay as they stand. */
  take(): Pick<Batch, 'counters' | 'histograms' | 'gauges'> {
    const counters = Object.fromEntries(this.#counters)
    const histograms: Record<string, HistogramSum> = {}
    for (const [key, { counts, sum }] of this.#histograms) histograms[key] = { counts, sum }
    this.#counters = new Map()
    this.#histograms = new Map()
    return { counters, histograms, gauges: Object.fromEntries(this.#gauges) }
  }

  countKey(key: string, by: number): void {
    this.#add(key, by)
  }

  #add(key: string, by: number): void {
    const known = this.#counters.get(key)
    if (known !== undefined || key === droppedKey || !this.#isFull())
      this.#counters.set(key, (known ?? 0) + by)
    else this.#add(droppedKey, 1)
  }

  #isFull(): boolean {
    return this.#counters.size + this.#histograms.size + this.#gauges.size >= mostSeries
  }
}

/** The names whose values an isolate never gives: the Meter makes them of what boxes and relays say, or of itself. */
export const madeByMeter = [
  'edgepoll_ballots_counted_total',
  'edgepoll_ballots_unarchived',
  'edgepoll_archive_lag_seconds',
  'edgepoll_relay_sockets',
  'edgepoll_telemetry_flushes_total',
  'edgepoll_telemetry_sources',
] as const satisfies readonly MetricName[]
