// Traffic, errors, latency and saturation, from two looks at the counters; or from one, since they began.
import { type Sample, type Samples, sumOf } from './read-exposition.ts'

export interface Signals {
  /** Between the two looks; null: since the counters began. */
  readonly seconds: number | null
  readonly requests: Traffic
  readonly ballots: Traffic
  readonly shed: number
  readonly resultsAgeP99Seconds: number | null
  readonly counted: number
  readonly unarchived: number
  readonly archiveLagSeconds: number
  readonly sockets: number
  /** Dependencies with breakers that are open. */
  readonly open: readonly string[]
  readonly bugs: number
  readonly isolates: number
}

export interface Traffic {
  readonly count: number
  readonly perSecond: number | null
  /** The share of answers that were a 5xx; null: there was none. */
  readonly failed: number | null
  readonly p50Seconds: number | null
  readonly p99Seconds: number | null
}

const requests = 'edgepoll_http_request_duration_seconds'
const castRoute = /^(\/v1\/polls\/:pollId\/ballots(\/mine)?|\/p\/:pollId)$/

export const goldenSignals = (
  now: Samples,
  before: { readonly samples: Samples; readonly seconds: number } | null,
): Signals => {
  const seconds = before?.seconds ?? null
  const grown = (name: string, fits?: (labels: Sample['labels']) => boolean): number => {
    const sum = sumOf(now, name, fits)
    const since = sum - (before === null ? 0 : sumOf(before.samples, name, fits))
    return since < 0 ? sum : since // it began anew
  }
  const quantile = (q: number, name: string, fits: (labels: Sample['labels']) => boolean = () => true) => {
    const bounds = [
      ...new Set(now.flatMap((one) => (one.name === `${name}_bucket` ? (one.labels['le'] ?? []) : []))),
    ]
    const buckets = bounds
      .map((le) => ({
        bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
        count: grown(`${name}_bucket`, (labels) => labels['le'] === le && fits(labels)),
      }))
      .toSorted((left, right) => left.bound - right.bound)
    return quantileOf(q, buckets)
  }
  const traffic = (fits: (labels: Sample['labels']) => boolean): Traffic => {
    const count = grown(`${requests}_count`, fits)
    const failures = grown(`${requests}_count`, (labels) => fits(labels) && labels['class'] === '5xx')
    return {
      count,
      perSecond: seconds === null ? null : count / seconds,
      failed: count === 0 ? null : failures / count,
      p50Seconds: quantile(0.5, requests, fits),
      p99Seconds: quantile(0.99, requests, fits),
    }
  }
  return {
    seconds,
    requests: traffic(({ route }) => route !== '/metrics'),
    ballots: traffic(
      ({ route = '', method = '' }) => castRoute.test(route) && (method === 'POST' || method === 'PUT'),
    ),
    shed: grown('edgepoll_work_shed_total') + grown('edgepoll_ballots_shed_total'),
    resultsAgeP99Seconds: quantile(0.99, 'edgepoll_results_age_seconds'),
    counted: sumOf(now, 'edgepoll_ballots_counted_total'),
    unarchived: sumOf(now, 'edgepoll_ballots_unarchived'),
    archiveLagSeconds: sumOf(now, 'edgepoll_archive_lag_seconds'),
    sockets: sumOf(now, 'edgepoll_relay_sockets'),
    open: now.flatMap(({ name, labels, value }) =>
      name === 'edgepoll_breakers_open' && value > 0 ? (labels['dependency'] ?? []) : [],
    ),
    bugs: grown('edgepoll_unexpected_errors_total'),
    isolates: sumOf(now, 'edgepoll_telemetry_sources'),
  }
}

/** Within its bucket as if evenly spread, as Prometheus reads it; null: nothing was observed. */
const quantileOf = (
  q: number,
  buckets: readonly { readonly bound: number; readonly count: number }[],
): number | null => {
  const all = buckets.at(-1)?.count ?? 0
  if (all === 0) return null
  const rank = q * all
  const at = buckets.findIndex(({ count }) => count >= rank)
  const { bound, count } = buckets[at] ?? { bound: 0, count: 0 }
  const below = buckets[at - 1] ?? { bound: 0, count: 0 }
  if (bound === Number.POSITIVE_INFINITY) return below.bound
  return below.bound + ((bound - below.bound) * (rank - below.count)) / Math.max(1, count - below.count)
}
