// The settings of a Worker that sends its spans nowhere, and of one that sends them all.
import type { TelemetryConfig } from '../../src/runtime/telemetry.ts'

type Tracing = Omit<TelemetryConfig, 'EDGEPOLL_METRICS' | 'METRICS_FLUSH_MS'>

export const untraced: Tracing = {
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  OTEL_EXPORTER_OTLP_HEADERS: {},
  OTEL_TRACES_SAMPLER_ARG: 0,
  OTEL_SLOW_MS: 1_000,
}
