// What becomes of a Worker's events: lines, and numbers on their way to the Meter. One an isolate.
import type { Report } from '../application/events.ts'
import { toHex } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { pause } from '../kernel/pause.ts'
import type { Random } from '../kernel/random.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { until } from '../kernel/until.ts'
import { within } from '../resilience/patience.ts'
import { type ExpositionForm, expose } from '../telemetry/exposition.ts'
import { fanOut } from '../telemetry/fan-out.ts'
import { type MeterNamespace, meterClient } from '../telemetry/meter/client.ts'
import { metricsSink } from '../telemetry/sinks/metrics.ts'
import { type TracesSink, tracesSink } from '../telemetry/sinks/traces.ts'
import { collector } from '../telemetry/spans/collector.ts'

interface Needs<Id> {
  readonly service: 'edge' | 'count' | 'archive'
  readonly meter: MeterNamespace<Id>
  readonly config: TelemetryConfig
  /** What else becomes of the events. */
  readonly sinks: readonly Report[]
  readonly clock: Clock
  readonly random: Random
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Whether a timer behind a request may tell of the last of it. A queue's batch is not over before what goes on behind it is. */
  readonly lingers: boolean
}

export interface TelemetryConfig {
  readonly EDGEPOLL_METRICS: string
  readonly METRICS_FLUSH_MS: number
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string
  readonly OTEL_EXPORTER_OTLP_HEADERS: Readonly<Record<string, string>>
  readonly OTEL_TRACES_SAMPLER_ARG: number
  readonly OTEL_SLOW_MS: number
}

export interface Telemetry {
  readonly report: Report
  /** Which requests are traced from their beginning on; null: none is, nobody would hear of it. */
  readonly tracing: { samples(): boolean } | null
  /** Tells the Meter now, if anything is to be told; resolves whether or not that could be done. */
  flush(): Promise<void>
  /** Every metric of the whole system as text, what this isolate knows included. Rejects with
   *  `Unavailable` when a shard of the Meter does not answer. */
  expose(form: ExpositionForm, signal: AbortSignal): Promise<string>
}

/** Behind a request nobody waits for it, but a flush that hangs would keep the next from trying. */
const flushMs = 5_000

export const telemetryOf = <Id>(needs: Needs<Id>): Telemetry => {
  const { service, config, clock, random, waitUntil } = needs
  const meter = meterClient(needs.meter)
  const always = new AbortController().signal
  const telling = (question: () => Promise<void>) =>
    within({ clock, ownMs: flushMs, marginMs: 0 }, always, question)
  const sink = metricsSink({
    clock,
    source: `${service}-${toHex(random.bytes(12))}`,
    flush: (batch) => telling(() => meter.flush(batch)),
    stand: (standings) => telling(() => meter.stand(standings)),
    waitUntil,
    everyMs: config.METRICS_FLUSH_MS,
    // Behind the request that it was asked for in: the platform lets it go on for half a minute.
    ...(needs.lingers && { after: (delayMs, run) => waitUntil(pause(delayMs, always).then(run)) }),
  })
  const off = config.EDGEPOLL_METRICS === 'off'
  const counted = fanOut(...needs.sinks, ...(off ? [] : [sink.report]))
  const spans = spansOf(needs, counted)
  return {
    report: spans === null ? counted : fanOut(counted, spans.report),
    tracing: spans && { samples: () => random.fraction() < config.OTEL_TRACES_SAMPLER_ARG },
    flush: async () => {
      await Promise.all([off ? null : sink.flush(), spans?.flush()])
    },
    async expose(form, signal) {
      if (!off) await until(signal, sink.flush())
      const reading = await until(signal, meter.read()).catch((error: unknown) => {
        throw new Unavailable('the meter', error)
      })
      return expose(reading, form, clock.now())
    },
  }
}

/** Spans go as often as numbers do. */
const spansOf = <Id>({ service, config, clock, waitUntil }: Needs<Id>, report: Report): TracesSink | null => {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === '') return null
  return tracesSink({
    clock,
    send: collector(service, { endpoint, headers: config.OTEL_EXPORTER_OTLP_HEADERS }),
    everyMs: config.METRICS_FLUSH_MS,
    slowMs: config.OTEL_SLOW_MS,
    waitUntil,
    report,
  })
}
