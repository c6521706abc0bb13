// Everything the system can say about itself. Sinks in telemetry/ choose what becomes a log line, a metric or a span.

import type { SpanPlace } from '../kernel/trace.ts'
import type { AuditEntry } from './audit-ports.ts'
import type { WebhookEvent } from './webhook-ports.ts'

export type Event =
  | {
      readonly type: 'request'
      readonly requestId: string
      readonly route: string
      readonly method: string
      readonly status: number
      readonly durationMs: number
      readonly code?: string
      /** Where this isolate runs; '' where the platform does not say. */
      readonly colo: string
      readonly trace?: SpanPlace
    }
  | {
      readonly type: 'unexpected'
      readonly where: string
      readonly error: string
      readonly requestId?: string
    }
  | {
      readonly type: 'group-committed'
      readonly pollId: string
      readonly shard: number
      readonly ballots: number
      readonly seq: number
      readonly durationMs: number
      /** How long the oldest ballot of the group waited since its edge sent it, by two machines' clocks. */
      readonly queueDelayMs: number
      /** Of a ballot in it, where one is traced. */
      readonly trace?: SpanPlace
    }
  | {
      /** How far a box is. */
      readonly type: 'box-stood'
      readonly pollId: string
      readonly shard: number
      readonly seq: number
      readonly archived: number
      /** When the oldest event happened that is not archived; null: there is none. */
      readonly since: number | null
      readonly at: number
      /** Its poll was deleted: it says nothing any more. */
      readonly gone?: true
    }
  | {
      readonly type: 'commit-failed'
      readonly pollId: string
      readonly shard: number
      readonly ballots: number
      readonly error: string
    }
  | {
      readonly type: 'report-failed'
      readonly pollId: string
      readonly shard: number
      readonly error: string
    }
  | {
      readonly type: 'alarm-failed'
      readonly where: 'ballot-box' | 'scoreboard'
      readonly pollId: string
      readonly error: string
    }
  | {
      readonly type: 'ballots-sent'
      readonly pollId: string
      readonly shard: number
      readonly messages: number
      readonly events: number
      /** Messages sent again, because nobody confirmed them in time. */
      readonly again: number
    }
  /** An export broke off; its client can tell. */
  | {
      readonly type: 'export-failed'
      readonly pollId: string
      readonly format: string
      readonly error: string
    }
  /** Invites are good, or revoked, and Postgres was not told: their list does not show it. */
  | {
      readonly type: 'invites-unrecorded'
      readonly pollId: string
      readonly first: number
      readonly count: number
      readonly error: string
    }
  | { readonly type: 'box-failed'; readonly pollId: string; readonly error: string }
  /** A cache in front of the edge could not be told of a change: it tells the old until that has run out. */
  | { readonly type: 'purge-failed'; readonly pollId: string; readonly error: string }
  /** A closed poll does not yet lie where everybody can read it. */
  | { readonly type: 'shelf-failed'; readonly pollId: string; readonly error: string }
  | {
      readonly type: 'results-published'
      readonly pollId: string
      readonly version: number
      readonly viewers: number
      readonly bytes: number
    }
  | {
      readonly type: 'frames-sent'
      readonly pollId: string
      readonly version: number
      /** Sockets of this leaf that were sent it. */
      readonly viewers: number
      readonly tookMs: number
    }
  /** A leaf has started again while it holds sockets: it had been asleep. `relay` is the object's id. */
  | { readonly type: 'relay-woke'; readonly relay: string; readonly viewers: number }
  /** How many sockets a leaf holds. `relay` is the object's id. */
  | { readonly type: 'leaf-stood'; readonly relay: string; readonly viewers: number; readonly at: number }
  | { readonly type: 'relay-failed'; readonly pollId: string; readonly relay: string; readonly error: string }
  | {
      readonly type: 'poll-record-failed'
      readonly pollId: string
      readonly version: number
      readonly error: string
    }
  | {
      readonly type: 'ballots-archived'
      readonly messages: number
      readonly events: number
      readonly written: number
      readonly durationMs: number
    }
  /** A message's ballots are in Postgres, this long after it was put into the queue. */
  | { readonly type: 'message-archived'; readonly lagMs: number; readonly trace?: SpanPlace }
  | { readonly type: 'archive-failed'; readonly messages: number; readonly error: string }
  | { readonly type: 'message-poisoned'; readonly messageId: string; readonly error: string }
  | {
      readonly type: 'poll-reconciled'
      readonly pollId: string
      readonly shards: number
      /** Shards whose ballots are being sent again. */
      readonly differing: number
    }
  | {
      readonly type: 'confirm-failed'
      readonly pollId: string
      readonly shard: number
      readonly error: string
    }
  /** An entry of the audit log that could not be written: here it is. */
  | { readonly type: 'audit-failed'; readonly entry: AuditEntry; readonly error: string }
  /** A first answer that no store would keep: a repeat will be done again. `id` is the claim's. */
  | { readonly type: 'answer-unkept'; readonly id: string; readonly error: string }
  | {
      /** An event was sent to a webhook, or could not be. */
      readonly type: 'delivery-attempted'
      readonly deliveryId: string
      readonly webhookId: string
      readonly event: WebhookEvent
      /** From 1 on. */
      readonly attempt: number
      readonly outcome: 'delivered' | 'failed' | 'given-up' | 'gone'
      /** What it was answered with; null: nothing. */
      readonly status: number | null
      readonly durationMs: number
      readonly trace?: SpanPlace
    }
  /** Deliveries that nobody was reminded of in time; now somebody is. */
  | { readonly type: 'deliveries-swept'; readonly count: number }
  /** A delivery could not be attempted, or its attempt not be settled: the sweep finds it. */
  | { readonly type: 'delivery-stalled'; readonly deliveryId: string; readonly error: string }
  /** Overdue deliveries could not be looked for: the next minute's sweep does. */
  | { readonly type: 'sweep-failed'; readonly error: string }
  /** Nobody could be reminded of these: the sweep finds them. */
  | { readonly type: 'reminders-lost'; readonly count: number; readonly error: string }
  | { readonly type: 'keys-unavailable'; readonly keyId: string }
  /** A poll was deleted, because its workspace keeps none that closed so long ago. */
  | {
      readonly type: 'poll-retired'
      readonly pollId: string
      readonly workspaceId: string
      readonly closedAt: number
    }
  | {
      readonly type: 'retirement-failed'
      readonly pollId: string
      readonly workspaceId: string
      readonly error: string
    }
  /** Rows were deleted, because they were old. */
  | { readonly type: 'rows-forgotten'; readonly rows: string; readonly count: number }
  | {
      readonly type: 'retention-ran'
      readonly polls: number
      readonly rows: number
      readonly failed: number
      /** Whether nothing was left for the next run. */
      readonly complete: boolean
      readonly errors: readonly string[]
    }
  | {
      /** A dependency was asked, or was not because its breaker is open or there is too much to do. */
      readonly type: 'dependency-asked'
      readonly dependency: string
      readonly outcome: 'answered' | 'failed' | 'resting' | 'overloaded' | 'left'
      readonly durationMs: number
      readonly trace?: SpanPlace
    }
  /** Spans that the collector did not take, or that were too many to keep for it. */
  | { readonly type: 'spans-lost'; readonly spans: number; readonly error: string }
  | {
      /** Something was read through the tiers. */
      readonly type: 'remembered'
      readonly what: 'poll' | 'results'
      readonly tier: 'isolate' | 'colo' | 'kv' | 'redis' | 'origin'
      readonly ageMs: number
    }
  | {
      /** What a voter's browser measured; seconds, but for a shift of the layout. */
      readonly type: 'page-measured'
      readonly vital: 'cls' | 'fcp' | 'inp' | 'lcp' | 'ttfb' | 'vote'
      readonly value: number
    }
  | {
      /** A limit that isolates keep together cannot be asked: each goes by its own count for a while. */
      readonly type: 'limiter-away'
      readonly limiter: 'plan' | 'key'
      readonly reason: 'timeout' | 'failed'
      readonly restMs: number
      readonly error: string
    }
  | { readonly type: 'network-suspected'; readonly pollId: string }
  | {
      /** Nobody asks a dependency any more, one does to see, or all do again. */
      readonly type: 'breaker-moved'
      readonly dependency: string
      /** Which of its objects; empty where it has but one. */
      readonly object: string
      readonly to: 'closed' | 'open' | 'half-open'
    }
  | {
      /** Work was turned away before it began. */
      readonly type: 'work-shed'
      readonly dependency: string
      readonly priority: string
      /** How often since this was last told. */
      readonly count: number
    }
  | {
      /** A read that a replica might have answered went to its primary. */
      readonly type: 'replica-passed-over'
      readonly database: string
      /** `behind`: it has not replayed yet what the reader has seen. */
      readonly reason: 'behind' | 'away'
    }
  | {
      readonly type: 'ballots-shed'
      readonly pollId: string
      readonly shard: number
      /** Callers whose time was over, or who were too many, before their ballot was decided; since this was last told. */
      readonly ballots: number
    }
  | {
      /** What could not be had is stood in for by what was remembered. */
      readonly type: 'stood-in'
      readonly what: 'poll' | 'results'
      readonly ageMs: number
    }
  | {
      readonly type: 'archive-paced'
      /** Messages a statement may take now. */
      readonly messagesAtOnce: number
      /** What the last one took; null: Postgres did not answer. */
      readonly durationMs: number | null
    }

/** Takes an event and returns at once; never throws, never awaits. */
export type Report = (event: Event) => void
