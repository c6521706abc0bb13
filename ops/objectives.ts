// What the system promises, and how it is told that it is not kept. The rules in ops/alerts are made of this table by
// `npm run generate`; ops/slo.md says it in words.

export interface Objective {
  /** Names its recording rules: `edgepoll:<name>:errors_<window>`. */
  readonly name: string
  readonly alert: string
  /** The share that must go well over thirty days. */
  readonly target: number
  readonly what: string
  /** The share that does not, over a window. */
  errors(window: string): string
}

/** Every way to cast a ballot; a procedure's name is in no route, so that all of them count here. */
const ballots =
  'route=~"/v1/polls/:pollId/ballots(/mine)?|/p/:pollId|/edgepoll.v1.PollService/:method",method=~"POST|PUT"'

/** What is not there counts as none. */
const rate = (series: string, window: string) => `(sum(rate(${series}[${window}])) or vector(0))`

const requests = 'edgepoll_http_request_duration_seconds'
const shedAtDoor = 'edgepoll_work_shed_total{dependency="the door",priority="ballots"}'

export const objectives: readonly Objective[] = [
  {
    name: 'ballots_available',
    alert: 'BallotsUnavailable',
    target: 0.999,
    what: 'Ballots that are answered other than by a 5xx; those turned away at the door, which are no requests, included.',
    errors: (window) =>
      `(${rate(`${requests}_count{${ballots},class="5xx"}`, window)} + ${rate(shedAtDoor, window)}) / (${rate(
        `${requests}_count{${ballots}}`,
        window,
      )} + ${rate(shedAtDoor, window)})`,
  },
  {
    name: 'ballots_fast',
    alert: 'BallotsSlow',
    target: 0.99,
    what: 'Ballots that are accepted within 512 ms.',
    errors: (window) =>
      `1 - ${rate(`${requests}_bucket{${ballots},class="2xx",le="0.512"}`, window)} / ${rate(
        `${requests}_count{${ballots},class="2xx"}`,
        window,
      )}`,
  },
  {
    name: 'results_fresh',
    alert: 'ResultsStale',
    target: 0.99,
    what: 'Reads of results that are at most 4 s old.',
    errors: (window) =>
      `1 - ${rate('edgepoll_results_age_seconds_bucket{le="4.0"}', window)} / ${rate(
        'edgepoll_results_age_seconds_count',
        window,
      )}`,
  },
]

/** Something that is wrong at once, without a budget. */
export interface Alarm {
  readonly alert: string
  readonly severity: 'page' | 'ticket'
  readonly forMinutes: number
  readonly summary: string
  /** `minutes` of a window, as the rules write it. */
  expr(window: (minutes: number) => string, seconds: (value: number) => number): string
}

/** An increase, or a series that was not there before. */
const grew = (series: string, window: string) =>
  `sum(increase(${series}[${window}])) > 0 or sum(${series} unless ${series} offset ${window}) > 0`

export const alarms: readonly Alarm[] = [
  {
    alert: 'ArchiveLagging',
    severity: 'page',
    forMinutes: 2,
    summary: 'The oldest ballot that is not in Postgres has waited for more than five minutes.',
    expr: (_window, seconds) => `edgepoll_archive_lag_seconds > ${seconds(300)}`,
  },
  {
    alert: 'BallotsDiffer',
    severity: 'page',
    forMinutes: 0,
    summary: 'The reconciler found a ballot box whose ballots were not those in Postgres.',
    expr: (window) => `increase(edgepoll_shards_differing_total[${window(60)}]) > 0`,
  },
  {
    alert: 'CommitsFailing',
    severity: 'page',
    forMinutes: 0,
    summary: 'Ballot boxes could not commit, and started again.',
    expr: (window) => `increase(edgepoll_box_commits_failed_total[${window(10)}]) > 3`,
  },
  {
    alert: 'MetricsMissing',
    severity: 'page',
    forMinutes: 2,
    summary: 'The metrics cannot be read, so that nothing else would be noticed.',
    expr: (window) => `up{job="edgepoll"} == 0 or absent_over_time(up{job="edgepoll"}[${window(5)}])`,
  },
  {
    alert: 'MessagesPoisoned',
    severity: 'ticket',
    forMinutes: 0,
    summary: 'Ballots went to the dead-letter queue.',
    expr: (window) => `increase(edgepoll_archive_poisoned_total[${window(60)}]) > 0`,
  },
  {
    alert: 'DeliveriesSwept',
    severity: 'ticket',
    forMinutes: 0,
    summary: 'Webhooks are told minutes late: the queue has not reminded anybody in time.',
    expr: (window) => grew('edgepoll_deliveries_swept_total', window(15)),
  },
  {
    alert: 'BreakerOpen',
    severity: 'ticket',
    forMinutes: 5,
    summary: 'A dependency has failed so often that it is not asked any more.',
    expr: () => 'sum by (dependency) (edgepoll_breakers_open) > 0',
  },
  {
    alert: 'UnexpectedErrors',
    severity: 'ticket',
    forMinutes: 0,
    summary: 'Something happened that no code expects: a bug.',
    expr: (window) => grew('edgepoll_unexpected_errors_total', window(15)),
  },
  {
    alert: 'TelemetryDropped',
    severity: 'ticket',
    forMinutes: 0,
    summary: 'Something was counted and could not be told.',
    expr: (window) => grew('edgepoll_telemetry_dropped_total', window(15)),
  },
]

/** Multi-window burn rates of the SRE workbook, chapter 5: how much faster than the budget allows, over how long, and over how
 *  short to see that it goes on. */
export const burnRates = [
  { severity: 'page', factor: 14.4, longMinutes: 60, shortMinutes: 5 },
  { severity: 'page', factor: 6, longMinutes: 360, shortMinutes: 30 },
  { severity: 'ticket', factor: 3, longMinutes: 1_440, shortMinutes: 120 },
  { severity: 'ticket', factor: 1, longMinutes: 4_320, shortMinutes: 360 },
] as const
