// Every metric there is: its name, kind, labels and meaning. Exposition, documentation, dashboards and alert rules are all
// held to this table. A label's values come from a closed set, or from one with a cap, so that what is kept is bounded.

interface Described {
  /** What it counts or measures, and of which machine's point of view where that matters. */
  readonly help: string
  readonly labels: readonly string[]
}

export type Metric =
  | (Described & { readonly kind: 'counter' | 'gauge' })
  | (Described & {
      readonly kind: 'histogram'
      /** Upper bounds, growing by a constant factor; what is beyond the last is counted too. */
      readonly bounds: readonly number[]
    })

/** `count` bounds from `least`, each `factor` times the one before. */
const exponential = (least: number, factor: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => least * factor ** at)

/** 1 ms … 16.4 s: a request has ten seconds. A quantile read from it is off by less than the factor. */
const durations = exponential(0.001, 2, 15)
/** 0.25 s … 4.6 h: what waits for Postgres may wait for hours. */
const lags = exponential(0.25, 4, 9)
const groups = exponential(1, 2, 9)

/** A label whose value the Meter knows: where the isolate runs. It is a metric's last one. */
export const placeLabel = 'colo'

export const metrics = {
  edgepoll_http_request_duration_seconds: {
    kind: 'histogram',
    labels: ['route', 'method', 'class', placeLabel],
    bounds: durations,
    help: 'From when a request came to an edge until its answer was made, by route, method, class of its status, and location.',
  },
  edgepoll_http_refusals_total: {
    kind: 'counter',
    labels: ['code'],
    help: 'Answers that were a problem document, by its code.',
  },
  edgepoll_unexpected_errors_total: {
    kind: 'counter',
    labels: ['where'],
    help: 'Bugs: exceptions that nothing expected.',
  },
  edgepoll_dependency_call_duration_seconds: {
    kind: 'histogram',
    labels: ['dependency', 'outcome'],
    bounds: durations,
    help: 'Calls that an edge or the archive made of what it depends on, with retries, by how they ended.',
  },
  edgepoll_breaker_moves_total: {
    kind: 'counter',
    labels: ['dependency', 'to'],
    help: 'How often a breaker of an isolate opened, let somebody probe, or closed.',
  },
  edgepoll_breakers_open: {
    kind: 'gauge',
    labels: ['dependency'],
    help: 'Breakers that opened within the last minute and have not closed, of all isolates that were heard of lately.',
  },
  edgepoll_work_shed_total: {
    kind: 'counter',
    labels: ['dependency', 'priority'],
    help: 'Work that was turned away before it began, by what it would have asked and by its class.',
  },
  edgepoll_ballots_shed_total: {
    kind: 'counter',
    labels: [],
    help: 'Callers that boxes turned away before their ballot was decided.',
  },
  edgepoll_replica_passed_over_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'Reads that a replica might have answered and their primary did: it was behind, or away.',
  },
  edgepoll_limiter_away_total: {
    kind: 'counter',
    labels: ['limiter', 'reason'],
    help: 'How often a limit that isolates keep together could not be asked.',
  },
  edgepoll_cache_reads_total: {
    kind: 'counter',
    labels: ['what', 'tier'],
    help: 'Reads through the tiers, by the one that answered; `origin` is none of them.',
  },
  edgepoll_stood_in_total: {
    kind: 'counter',
    labels: ['what'],
    help: 'How often something remembered stood in for what could not be had; at most one a second, isolate and kind.',
  },
  edgepoll_results_age_seconds: {
    kind: 'histogram',
    labels: [],
    bounds: lags,
    help: 'How old results were, since the scoreboard gave them, when a reader got them.',
  },
  edgepoll_box_commit_duration_seconds: {
    kind: 'histogram',
    labels: [],
    bounds: durations,
    help: 'How long the transaction of a group of ballots took.',
  },
  edgepoll_box_queue_delay_seconds: {
    kind: 'histogram',
    labels: [],
    bounds: durations,
    help: 'How long the oldest ballot of a group waited since its edge sent it, by the clocks of two machines.',
  },
  edgepoll_box_commit_ballots: {
    kind: 'histogram',
    labels: [],
    bounds: groups,
    help: 'Ballots a commit took.',
  },
  edgepoll_box_commits_failed_total: {
    kind: 'counter',
    labels: [],
    help: 'Commits that failed; the box started again from what is stored.',
  },
  edgepoll_ballots_counted_total: {
    kind: 'counter',
    labels: [],
    help: 'Ballots, revisions and erasures that are durable in boxes. Exact: boxes say how far they are.',
  },
  edgepoll_ballots_unarchived: {
    kind: 'gauge',
    labels: [],
    help: 'Of those, how many are not known to be in Postgres. Exact.',
  },
  edgepoll_archive_lag_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'For how long the oldest of those has waited. 0: there is none.',
  },
  edgepoll_queue_lag_seconds: {
    kind: 'histogram',
    labels: [],
    bounds: lags,
    help: 'From when a message was put into the queue until Postgres had its ballots.',
  },
  edgepoll_archive_statement_duration_seconds: {
    kind: 'histogram',
    labels: [],
    bounds: durations,
    help: 'How long Postgres took for a statement of ballots.',
  },
  edgepoll_archive_events_total: {
    kind: 'counter',
    labels: [],
    help: 'Log events that were brought to Postgres, repeats included.',
  },
  edgepoll_delivery_attempt_duration_seconds: {
    kind: 'histogram',
    labels: ['outcome'],
    bounds: durations,
    help: 'Attempts to send an event to a webhook, by how they ended: delivered, failed, given-up (the last of its schedule) or gone (410).',
  },
  edgepoll_deliveries_swept_total: {
    kind: 'counter',
    labels: [],
    help: 'Deliveries that were due and that the queue had not reminded anybody of in time.',
  },
  edgepoll_archive_failures_total: {
    kind: 'counter',
    labels: [],
    help: 'Statements of ballots that Postgres did not take.',
  },
  edgepoll_archive_poisoned_total: {
    kind: 'counter',
    labels: [],
    help: 'Messages that can never be archived as they are: they go to the dead-letter queue.',
  },
  edgepoll_shards_compared_total: {
    kind: 'counter',
    labels: [],
    help: 'Ballot boxes that the reconciler compared with Postgres.',
  },
  edgepoll_shards_differing_total: {
    kind: 'counter',
    labels: [],
    help: 'Ballot boxes that differed from Postgres, and whose ballots were sent again.',
  },
  edgepoll_results_published_total: {
    kind: 'counter',
    labels: [],
    help: 'Publications of results by scoreboards.',
  },
  edgepoll_frames_sent_total: {
    kind: 'counter',
    labels: [],
    help: 'Frames that relays sent to viewers.',
  },
  edgepoll_frame_round_duration_seconds: {
    kind: 'histogram',
    labels: [],
    bounds: durations,
    help: 'How long a relay took to send a version to all of its sockets.',
  },
  edgepoll_relay_sockets: {
    kind: 'gauge',
    labels: [],
    help: 'Sockets that relays hold, as they said last.',
  },
  edgepoll_background_failures_total: {
    kind: 'counter',
    labels: ['work'],
    help: 'Work behind a request that failed and will be tried again, by what it is.',
  },
  edgepoll_rum_duration_seconds: {
    kind: 'histogram',
    labels: ['vital'],
    bounds: durations,
    help: 'What voters waited for, as their browsers measured it on a sample of page views.',
  },
  edgepoll_rum_layout_shift_ratio: {
    kind: 'histogram',
    labels: [],
    bounds: exponential(0.0125, 2, 8),
    help: 'Cumulative layout shift of the voting page, on a sample of page views.',
  },
  edgepoll_telemetry_dropped_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'Series that were too many to keep, flushes that were given up, and spans that no collector took.',
  },
  edgepoll_telemetry_flushes_total: {
    kind: 'counter',
    labels: [],
    help: 'What the Meter was told by isolates, repeats left out.',
  },
  edgepoll_telemetry_sources: {
    kind: 'gauge',
    labels: [],
    help: 'Isolates that the Meter has heard of within the last minute.',
  },
} as const satisfies Readonly<Record<`edgepoll_${string}`, Metric>>

export type MetricName = keyof typeof metrics

type OfKind<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never
}[MetricName]

export type CounterName = OfKind<'counter'>
export type GaugeName = OfKind<'gauge'>
export type HistogramName = OfKind<'histogram'>

/** The row of a name that came from elsewhere, be it of another version; undefined: there is none. */
export const metricNamed = (name: string): Metric | undefined =>
  Object.hasOwn(metrics, name) ? metrics[name as MetricName] : undefined // it is one of its own
