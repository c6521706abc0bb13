// What a piece of work is part of: W3C Trace Context, carried along with its signal as its deadline is, and what each step of
// it took. https://www.w3.org/TR/trace-context/
import { toHex } from './bytes.ts'
import { sha256 } from './hash.ts'
import type { Random } from './random.ts'

/** What names a span. */
export interface SpanPlace {
  /** 32 hex digits, shared by all spans of a trace. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  /** Whose part it is; absent: nobody's. */
  readonly parentId?: string
  /** Whether all who have a part in it keep what they know of it. */
  readonly sampled: boolean
}

export interface Step {
  readonly name: string
  readonly durationMs: number
}

/** One hop's part of a trace. */
export class Trace {
  readonly place: SpanPlace
  /** What it waited for, in the order of ending; a bounded number. */
  readonly steps: Step[] = []
  #children = 0n

  constructor(place: SpanPlace) {
    this.place = place
  }

  /** The place of a step. Ids go on from this span's own, which is random. */
  child(): SpanPlace {
    this.#children += 1n
    const { traceId, spanId, sampled } = this.place
    const next = BigInt.asUintN(64, BigInt(`0x${spanId}`) + this.#children)
    return { traceId, spanId: next.toString(16).padStart(16, '0'), parentId: spanId, sampled }
  }

  took(step: Step): void {
    if (this.steps.length < mostSteps) this.steps.push(step)
  }
}

const mostSteps = 32

/** A part of the trace that a `traceparent` names, or of a new one. */
export const beginTrace = (
  parent: SpanPlace | null,
  { random, sampled }: { readonly random: Random; readonly sampled: boolean },
): Trace => {
  const drawn = toHex(random.bytes(24))
  if (parent === null) return new Trace({ traceId: drawn.slice(0, 32), spanId: drawn.slice(32), sampled })
  return new Trace({
    traceId: parent.traceId,
    spanId: drawn.slice(32),
    parentId: parent.spanId,
    sampled,
  })
}

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The header's value as the place it names; null for anything else, which is then as if it had not been sent. */
export const parseTraceparent = (text: string | null | undefined): SpanPlace | null => {
  const [, traceId, spanId, flags, more] = form.exec(text ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  if (more !== undefined && text?.startsWith('00')) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const formatTraceparent = ({ traceId, spanId, sampled }: SpanPlace): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** A place under the one that a `traceparent` names, the same for the same `salt`: for hops that draw nothing by chance. */
export const placeUnder = (traceparent: unknown, salt: string): SpanPlace | undefined => {
  const parent = typeof traceparent === 'string' ? parseTraceparent(traceparent) : null
  if (parent === null) return undefined
  const { traceId, spanId: parentId, sampled } = parent
  return { traceId, spanId: sha256(`${traceId} ${parentId} ${salt}`).slice(0, 16), parentId, sampled }
}

const carried = new WeakMap<AbortSignal, Trace>()

/** From here on what goes by this signal is part of the trace. */
export const carryTrace = (signal: AbortSignal, trace: Trace | undefined): void => {
  if (trace !== undefined) carried.set(signal, trace)
}

export const traceOf = (signal: AbortSignal): Trace | undefined => carried.get(signal)

/** What travels to the next hop: only of traces that all keep. */
export const traceparentOf = (signal: AbortSignal): string | undefined => {
  const place = carried.get(signal)?.place
  return place?.sampled === true ? formatTraceparent(place) : undefined
}
