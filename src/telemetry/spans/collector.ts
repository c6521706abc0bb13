// The collector that spans are sent to, by OpenTelemetry's own settings: OTLP over HTTP.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
import type { Span } from './span-of.ts'

export interface CollectorConfig {
  /** The base address; spans go to `/v1/traces` under it. */
  readonly endpoint: string
  /** Such as a key of the collector's. */
  readonly headers: Readonly<Record<string, string>>
}

const patienceMs = 5_000

/** Sends spans of a service; rejects when the collector did not take them. */
export const collector =
  (service: string, { endpoint, headers }: CollectorConfig) =>
  async (spans: readonly Span[]): Promise<void> => {
    // Loaded with the first spans: most isolates have none, and a start should not wait for it.
    const { encodeSpans } = await import('./otlp.ts')
    const answer = await fetch(`${endpoint.replace(/\/+$/, '')}/v1/traces`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/x-protobuf' },
      body: new Uint8Array(encodeSpans(service, spans)),
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`the collector answered ${answer.status}`)
  }
