// Events as JSON lines on the console, where the platform and `wrangler tail` pick them up.
import type { Event, Report } from '../../application/events.ts'

export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** Writes the events at or above a level, one line each. */
export const jsonLog = (service: string, threshold: LogLevel): Report => {
  const written = new Set(logLevels.slice(0, logLevels.indexOf(threshold) + 1))
  return (event) => {
    const level = levelOf(event)
    if (written.has(level)) console.log(JSON.stringify({ level, service, ...event }))
  }
}

const levelOf = (event: Event): LogLevel => {
  switch (event.type) {
    case 'unexpected':
    case 'commit-failed':
    case 'alarm-failed':
    case 'audit-failed':
    case 'message-poisoned':
      return 'error'
    case 'report-failed':
    case 'box-failed':
    case 'shelf-failed':
    case 'purge-failed':
    case 'poll-record-failed':
    case 'answer-unkept':
    case 'archive-failed':
    case 'export-failed':
    case 'invites-unrecorded':
    case 'confirm-failed':
    case 'keys-unavailable':
    case 'limiter-away':
    case 'network-suspected':
    case 'relay-failed':
    case 'work-shed':
    case 'ballots-shed':
    case 'spans-lost':
    case 'stood-in':
    case 'archive-paced':
    case 'retirement-failed':
    case 'reminders-lost':
    case 'delivery-stalled':
    case 'sweep-failed':
    case 'deliveries-swept':
      return 'warn'
    case 'retention-ran':
      return event.complete ? 'info' : 'warn'
    case 'poll-retired':
    case 'rows-forgotten':
    case 'relay-woke':
      return 'info'
    case 'delivery-attempted':
      return event.outcome === 'delivered' ? 'debug' : 'info'
    case 'breaker-moved':
      return event.to === 'closed' ? 'info' : 'warn'
    case 'request':
      // A line for each that is turned away would cost more than turning it away; `work-shed` says how many it was.
      return event.status >= 500 && event.code !== 'overloaded' ? 'warn' : 'info'
    case 'replica-passed-over':
      return event.reason === 'away' ? 'warn' : 'debug'
    case 'poll-reconciled':
      return event.differing > 0 ? 'error' : 'debug'
    case 'ballots-sent':
      return event.again > 0 ? 'warn' : 'debug'
    case 'group-committed':
    case 'results-published':
    case 'frames-sent':
    case 'ballots-archived':
    case 'box-stood':
    case 'leaf-stood':
    case 'message-archived':
    case 'dependency-asked':
    case 'remembered':
    case 'page-measured':
      return 'debug'
  }
}
