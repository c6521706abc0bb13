// What of each event is counted or measured. An event that says nothing in numbers says so here.
import type { Event } from '../application/events.ts'
import type { Recorder } from './recorder.ts'
import { placeHere, seriesKey } from './series.ts'

const second = 1_000

export const recordEvent = (recorder: Recorder, event: Event): void => {
  switch (event.type) {
    case 'request':
      recorder.observeKey(
        requests,
        requestKey(event.route, event.method, event.status),
        event.durationMs / second,
      )
      if (event.code !== undefined) recorder.count('edgepoll_http_refusals_total', 1, event.code)
      return
    case 'unexpected':
      recorder.count('edgepoll_unexpected_errors_total', 1, event.where)
      return
    case 'dependency-asked':
      recorder.observe(
        'edgepoll_dependency_call_duration_seconds',
        event.durationMs / second,
        event.dependency,
        event.outcome,
      )
      return
    case 'breaker-moved':
      recorder.count('edgepoll_breaker_moves_total', 1, event.dependency, event.to)
      return
    case 'spans-lost':
      recorder.count('edgepoll_telemetry_dropped_total', event.spans, 'spans')
      return
    case 'work-shed':
      recorder.count('edgepoll_work_shed_total', event.count, event.dependency, event.priority)
      return
    case 'replica-passed-over':
      recorder.count('edgepoll_replica_passed_over_total', 1, event.reason)
      return
    case 'ballots-shed':
      recorder.count('edgepoll_ballots_shed_total', event.ballots)
      return
    case 'limiter-away':
      recorder.count('edgepoll_limiter_away_total', 1, event.limiter, event.reason)
      return
    case 'remembered':
      recorder.countKey(cacheKeys[event.what]?.[event.tier] ?? '', 1)
      if (event.what === 'results') recorder.observe('edgepoll_results_age_seconds', event.ageMs / second)
      return
    case 'stood-in':
      recorder.count('edgepoll_stood_in_total', 1, event.what)
      return
    case 'group-committed':
      recorder.observe('edgepoll_box_commit_duration_seconds', event.durationMs / second)
      recorder.observe('edgepoll_box_queue_delay_seconds', Math.max(0, event.queueDelayMs) / second)
      recorder.observe('edgepoll_box_commit_ballots', event.ballots)
      return
    case 'commit-failed':
      recorder.count('edgepoll_box_commits_failed_total')
      return
    case 'message-archived':
      recorder.observe('edgepoll_queue_lag_seconds', Math.max(0, event.lagMs) / second)
      return
    case 'ballots-archived':
      recorder.count('edgepoll_archive_events_total', event.events)
      recorder.observe('edgepoll_archive_statement_duration_seconds', event.durationMs / second)
      return
    case 'delivery-attempted':
      recorder.observe('edgepoll_delivery_attempt_duration_seconds', event.durationMs / second, event.outcome)
      return
    case 'deliveries-swept':
      recorder.count('edgepoll_deliveries_swept_total', event.count)
      return
    case 'archive-failed':
      recorder.count('edgepoll_archive_failures_total')
      return
    case 'message-poisoned':
      recorder.count('edgepoll_archive_poisoned_total')
      return
    case 'poll-reconciled':
      recorder.count('edgepoll_shards_compared_total', event.shards)
      recorder.count('edgepoll_shards_differing_total', event.differing)
      return
    case 'results-published':
      recorder.count('edgepoll_results_published_total')
      return
    case 'frames-sent':
      recorder.count('edgepoll_frames_sent_total', event.viewers)
      recorder.observe('edgepoll_frame_round_duration_seconds', event.tookMs / second)
      return
    case 'page-measured':
      if (event.vital === 'cls') recorder.observe('edgepoll_rum_layout_shift_ratio', event.value)
      else recorder.observe('edgepoll_rum_duration_seconds', event.value, event.vital)
      return
    case 'report-failed':
    case 'alarm-failed':
    case 'box-failed':
    case 'purge-failed':
    case 'shelf-failed':
    case 'relay-failed':
    case 'poll-record-failed':
    case 'reminders-lost':
    case 'delivery-stalled':
    case 'sweep-failed':
    case 'confirm-failed':
      recorder.count('edgepoll_background_failures_total', 1, event.type)
      return
    case 'keys-unavailable':
      recorder.count('edgepoll_stood_in_total', 1, 'key')
      return
    case 'box-stood': // told whole, by the sink
    case 'leaf-stood':
    case 'ballots-sent':
    case 'relay-woke':
    case 'network-suspected':
    case 'archive-paced':
      return
  }
}

const requests = 'edgepoll_http_request_duration_seconds'

/** Methods are whatever clients send; all but these are one. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'] as const
const classes = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** Keys by route, then method and class. Routes are those of the code; a key that is made anew each time would have to be hashed each
 *  time, which costs more than all the rest. */
const requestKeys = new Map<string, readonly (readonly string[])[]>()

const requestKey = (route: string, method: string, status: number): string => {
  let keys = requestKeys.get(route)
  if (keys === undefined) {
    keys = methods.map((name) => classes.map((kind) => seriesKey(requests, [route, name, kind, placeHere])))
    requestKeys.set(route, keys)
  }
  const known = methods.indexOf(method as 'GET') // any text is looked for
  return keys[known < 0 ? methods.length - 1 : known]?.[Math.trunc(status / 100)] ?? requests
}

const cacheKeys = Object.fromEntries(
  (['poll', 'results'] as const).map((what) => [
    what,
    Object.fromEntries(
      (['isolate', 'colo', 'kv', 'redis', 'origin'] as const).map((tier) => [
        tier,
        seriesKey('edgepoll_cache_reads_total', [what, tier]),
      ]),
    ),
  ]),
)
