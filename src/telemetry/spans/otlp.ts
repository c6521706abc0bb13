// Spans on the wire: OTLP over HTTP as Protocol Buffers, written by OpenTelemetry's own serialiser. A page of its own because
// it is loaded at the first spans and not with the Worker.
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { SpanPlace } from '../../kernel/trace.ts'
import type { Span } from './span-of.ts'

/** OpenTelemetry's `SpanKind`, `TraceFlags` and `SpanStatusCode`, as numbers. */
const kinds = { internal: 0, server: 1, client: 2, consumer: 4 } as const
const sampledFlag = 1
const statuses = { unset: 0, error: 2 } as const

export const encodeSpans = (service: string, spans: readonly Span[]): Uint8Array => {
  const resource = resourceFromAttributes({
    'service.name': `edgepoll-${service}`,
    'service.namespace': 'edgepoll',
  })
  const encoded = ProtobufTraceSerializer.serializeRequest(
    spans.map((span) => ({
      name: span.name,
      kind: kinds[span.kind],
      spanContext: () => contextOf(span.place.spanId, span.place),
      ...(span.place.parentId !== undefined && {
        parentSpanContext: contextOf(span.place.parentId, span.place),
      }),
      startTime: timeOf(span.began),
      endTime: timeOf(span.ended),
      duration: timeOf(Math.max(0, span.ended - span.began)),
      status: { code: span.failed ? statuses.error : statuses.unset },
      attributes: span.attributes,
      links: [],
      events: [],
      ended: true,
      resource,
      instrumentationScope: { name: 'edgepoll' },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    })),
  )
  if (encoded === undefined) throw new Error('the serialiser wrote nothing')
  return encoded
}

const contextOf = (spanId: string, { traceId }: SpanPlace) => ({ traceId, spanId, traceFlags: sampledFlag })

/** Seconds and nanoseconds. */
const timeOf = (ms: number): [number, number] => [
  Math.trunc(ms / 1_000),
  Math.round((ms % 1_000) * 1_000_000),
]
