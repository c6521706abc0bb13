// The metrics as text that Prometheus reads: OpenMetrics 1.0, and the older format of Prometheus (0.0.4).
import type { HistogramSum, Reading } from './meter/protocol.ts'
import { type Metric, metrics } from './metrics.ts'
import { seriesParts } from './series.ts'

export const expositionTypes = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
} as const

export type ExpositionForm = keyof typeof expositionTypes

/** What the table does not know, of an isolate that is newer or older, is left out. */
export const expose = (reading: Reading, form: ExpositionForm, now: number): string => {
  const known = byName({
    ...reading,
    gauges: {
      ...reading.gauges,
      edgepoll_archive_lag_seconds:
        reading.unarchivedSince === null ? 0 : Math.max(0, (now - reading.unarchivedSince) / 1_000),
    },
  })
  const families = Object.entries(metrics).flatMap(([name, metric]: [string, Metric]) => [
    ...head(name, metric, form),
    ...(known.get(name) ?? nothingYet(metric)).flatMap(({ values, sum }) =>
      samples(name, metric, values, sum),
    ),
  ])
  return `${[...families, ...(form === 'openmetrics' ? ['# EOF'] : [])].join('\n')}\n`
}

interface Line {
  readonly values: readonly string[]
  readonly sum: number | HistogramSum
}

const byName = ({ counters, histograms, gauges }: Reading): ReadonlyMap<string, readonly Line[]> => {
  const lines = new Map<string, Line[]>()
  for (const [key, sum] of Object.entries({ ...counters, ...histograms, ...gauges })) {
    const { name, values } = seriesParts(key)
    const known = lines.get(name)
    if (known === undefined) lines.set(name, [{ values, sum }])
    else known.push({ values, sum })
  }
  return lines
}

/** A rule about something that never happened must find a nought, not nothing. */
const nothingYet = ({ kind, labels }: Metric): readonly Line[] =>
  labels.length > 0 || kind === 'histogram' ? [] : [{ values: [], sum: 0 }]

/** A family's name has no `_total` in OpenMetrics. */
const head = (name: string, { kind, help }: Metric, form: ExpositionForm): readonly string[] => {
  const family = form === 'openmetrics' && kind === 'counter' ? name.replace(/_total$/, '') : name
  const unit = /_(seconds|ratio)$/.exec(family)?.[1]
  return [
    `# TYPE ${family} ${kind}`,
    ...(form === 'openmetrics' && unit !== undefined ? [`# UNIT ${family} ${unit}`] : []),
    `# HELP ${family} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  ]
}

const samples = (
  name: string,
  metric: Metric,
  values: readonly string[],
  sum: number | HistogramSum,
): readonly string[] => {
  const labels = metric.labels.map((label, at) => `${label}="${escaped(values[at] ?? '')}"`)
  if (typeof sum === 'number') return [`${name}${braced(labels)} ${sum}`]
  if (metric.kind !== 'histogram') return []
  let below = 0
  const buckets = metric.bounds.map((bound, at) => {
    below += sum.counts[at] ?? 0
    return `${name}_bucket${braced([...labels, `le="${number(bound)}"`])} ${below}`
  })
  const count = sum.counts.reduce((all, one) => all + one, 0)
  return [
    ...buckets,
    `${name}_bucket${braced([...labels, 'le="+Inf"'])} ${count}`,
    `${name}_sum${braced(labels)} ${sum.sum}`,
    `${name}_count${braced(labels)} ${count}`,
  ]
}

/** Bounds are floats, and OpenMetrics writes them so. */
const number = (bound: number): string => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound))

const braced = (labels: readonly string[]): string => (labels.length === 0 ? '' : `{${labels.join(',')}}`)

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
