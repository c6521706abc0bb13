// The events as spans on their way to a collector. What is sampled is kept from its beginning on; of the rest a request that
// failed or was slow is kept with what it asked, as far as this isolate knows it. Nobody waits for any of it, and what the
// collector does not take is lost and counted.
import type { Event, Report } from '../../application/events.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Span, spanOf } from '../spans/span-of.ts'

interface Needs {
  readonly clock: Clock
  /** Sends spans to the collector; rejects when it did not take them. */
  readonly send: (spans: readonly Span[]) => Promise<void>
  /** How long spans may wait for others. */
  readonly everyMs: number
  /** A request that took longer is always kept. */
  readonly slowMs: number
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Told what was lost. */
  readonly report: Report
}

export interface TracesSink {
  readonly report: Report
  /** Sends what there is; resolves whether or not that could be done. */
  flush(): Promise<void>
}

const mostKept = 2_048
const sendAt = 256
/** Requests that are under way, and what each may have asked. */
const mostUndecided = 1_000
const mostOfOne = 32
/** How long one sending may say nothing before the next tries: whoever began it may have been cancelled. */
const flightMs = 10_000

export const tracesSink = ({ clock, send, everyMs, slowMs, waitUntil, report }: Needs): TracesSink => {
  let kept: Span[] = []
  let lost = 0
  let sentAt = clock.now()
  let flightUntil = 0
  const undecided = new Map<string, Span[]>()

  const keep = (spans: readonly Span[]) => {
    const room = mostKept - kept.length
    kept.push(...spans.slice(0, room))
    lost += Math.max(0, spans.length - room)
  }

  const decide = (event: Event, span: Span) => {
    const { traceId, sampled } = span.place
    if (event.type === 'request') {
      const asked = undecided.get(traceId) ?? []
      undecided.delete(traceId)
      if (sampled || span.failed || event.durationMs >= slowMs) keep([span, ...asked])
      return
    }
    if (sampled) return keep([span])
    const known = undecided.get(traceId)
    if (known === undefined) {
      if (undecided.size >= mostUndecided) undecided.delete(undecided.keys().next().value ?? '') // the oldest never ended
      undecided.set(traceId, [span])
    } else if (known.length < mostOfOne) known.push(span)
  }

  const flush = async (): Promise<void> => {
    const spans = kept
    const before = lost
    kept = []
    lost = 0
    sentAt = clock.now()
    if (spans.length === 0) return
    flightUntil = sentAt + flightMs
    const error = await send(spans).then(
      () => null,
      (reason: unknown) => String(reason),
    )
    flightUntil = 0
    const count = before + (error === null ? 0 : spans.length)
    if (count > 0) report({ type: 'spans-lost', spans: count, error: error ?? 'there were too many' })
  }

  return {
    flush,
    report: (event) => {
      const now = clock.now()
      const span = spanOf(event, now)
      if (span !== null) decide(event, span)
      const due = kept.length >= sendAt || (kept.length > 0 && now - sentAt >= everyMs)
      if (due && now >= flightUntil) waitUntil(flush())
    },
  }
}
