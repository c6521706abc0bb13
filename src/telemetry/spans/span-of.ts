// What of an event is a span: one a hop, named by what it did. Nothing of a person or a secret is in it: route patterns, poll
// ids, counts and codes.
import type { Event } from '../../application/events.ts'
import type { SpanPlace } from '../../kernel/trace.ts'

export interface Span {
  readonly place: SpanPlace
  readonly name: string
  readonly kind: 'server' | 'client' | 'consumer' | 'internal'
  /** Milliseconds since the epoch. */
  readonly began: number
  readonly ended: number
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, string | number>>
}

/** null: the event is no part of a trace. `now` is when it was told, which is when its work ended. */
export const spanOf = (event: Event, now: number): Span | null => {
  if (!('trace' in event) || event.trace === undefined) return null
  const place = event.trace
  switch (event.type) {
    case 'request':
      return {
        place,
        name: `${event.method} ${event.route}`,
        kind: 'server',
        began: now - event.durationMs,
        ended: now,
        failed: event.status >= 500,
        attributes: {
          'http.request.method': event.method,
          'http.route': event.route,
          'http.response.status_code': event.status,
          'edgepoll.request_id': event.requestId,
          ...(event.colo !== '' && { 'cloud.region': event.colo }),
          ...(event.code !== undefined && { 'error.type': event.code }),
        },
      }
    case 'dependency-asked':
      return {
        place,
        name: `ask ${event.dependency}`,
        kind: 'client',
        began: now - event.durationMs,
        ended: now,
        failed: event.outcome === 'failed',
        attributes: { 'peer.service': event.dependency, 'edgepoll.outcome': event.outcome },
      }
    case 'group-committed':
      return {
        place,
        name: 'commit ballots',
        kind: 'server',
        began: now - event.durationMs - event.queueDelayMs,
        ended: now,
        failed: false,
        attributes: {
          'edgepoll.poll_id': event.pollId,
          'edgepoll.shard': event.shard,
          'edgepoll.ballots': event.ballots,
          'edgepoll.queue_delay_ms': event.queueDelayMs,
        },
      }
    case 'delivery-attempted':
      return {
        place,
        name: 'deliver event',
        kind: 'client',
        began: now - event.durationMs,
        ended: now,
        failed: event.outcome !== 'delivered',
        attributes: {
          'edgepoll.webhook_id': event.webhookId,
          'edgepoll.event': event.event,
          'edgepoll.attempt': event.attempt,
          'edgepoll.outcome': event.outcome,
          ...(event.status !== null && { 'http.response.status_code': event.status }),
        },
      }
    case 'message-archived':
      return {
        place,
        name: 'archive ballots',
        kind: 'consumer',
        began: now - event.lagMs,
        ended: now,
        failed: false,
        attributes: { 'messaging.system': 'cloudflare_queues', 'edgepoll.lag_ms': event.lagMs },
      }
  }
}
