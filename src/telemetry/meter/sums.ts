// Adding up what was counted in different places: per name, bucket by bucket.
import type { HistogramSum, Reading } from './protocol.ts'

interface Counted {
  readonly counters: Readonly<Record<string, number>>
  readonly histograms: Readonly<Record<string, HistogramSum>>
}

/** A sum that grows, up to a number of series. */
export class Sums {
  readonly counters = new Map<string, number>()
  readonly histograms = new Map<string, HistogramSum>()
  readonly #most: number

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most
  }

  /** Adds all of it under the key that `rename` makes of each; answers how many series found no room. */
  add({ counters, histograms }: Counted, rename: (key: string) => string = (key) => key): number {
    let dropped = 0
    for (const [key, value] of Object.entries(counters)) {
      const name = rename(key)
      const known = this.counters.get(name)
      if (known === undefined && this.#isFull()) dropped++
      else this.counters.set(name, (known ?? 0) + value)
    }
    for (const [key, value] of Object.entries(histograms)) {
      const name = rename(key)
      const known = this.histograms.get(name)
      if (known === undefined && this.#isFull()) dropped++
      else this.histograms.set(name, known === undefined ? value : merged(known, value))
    }
    return dropped
  }

  plain(): Counted {
    return {
      counters: Object.fromEntries(this.counters),
      histograms: Object.fromEntries(this.histograms),
    }
  }

  #isFull(): boolean {
    return this.counters.size + this.histograms.size >= this.#most
  }
}

/** Buckets that only one has count as none in the other. */
const merged = (left: HistogramSum, right: HistogramSum): HistogramSum => ({
  counts: Array.from(
    { length: Math.max(left.counts.length, right.counts.length) },
    (_, at) => (left.counts[at] ?? 0) + (right.counts[at] ?? 0),
  ),
  sum: left.sum + right.sum,
})

/** What all shards know together. */
export const mergeReadings = (readings: readonly Reading[]): Reading => {
  const sums = new Sums()
  const gauges = new Map<string, number>()
  for (const reading of readings) {
    sums.add(reading)
    for (const [key, value] of Object.entries(reading.gauges)) gauges.set(key, (gauges.get(key) ?? 0) + value)
  }
  const since = readings.flatMap(({ unarchivedSince }) => unarchivedSince ?? [])
  return {
    ...sums.plain(),
    gauges: Object.fromEntries(gauges),
    unarchivedSince: since.length === 0 ? null : Math.min(...since),
  }
}
