// Latencies in an HDR histogram: three digits at any size, constant memory, no sample left out.
import { build } from 'hdr-histogram-js'

export interface LatencySummary {
  readonly count: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
}

export interface LatencyRecord {
  add(milliseconds: number): void
  summary(): LatencySummary
}

/** An empty record of latencies between a microsecond and ten minutes. */
export const latencyRecord = (): LatencyRecord => {
  const histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMicros,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })
  return {
    add: (milliseconds) =>
      histogram.recordValue(Math.min(longestMicros, Math.max(0, Math.round(milliseconds * 1000)))),
    summary: () => ({
      count: histogram.totalCount,
      meanMs: histogram.totalCount === 0 ? 0 : histogram.mean / 1000,
      p50Ms: histogram.getValueAtPercentile(50) / 1000,
      p90Ms: histogram.getValueAtPercentile(90) / 1000,
      p99Ms: histogram.getValueAtPercentile(99) / 1000,
      p999Ms: histogram.getValueAtPercentile(99.9) / 1000,
      maxMs: histogram.maxValue / 1000,
    }),
  }
}

const longestMicros = 600_000_000
