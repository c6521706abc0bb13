// What a load process is told and what it reports: plain JSON, because it crosses a process boundary.
import type { AnswerClass } from './answer-class.ts'
import type { LatencySummary } from './latency.ts'

export interface LoadPlan {
  /** Where to: a loopback origin, `http://127.0.0.1:8787`. */
  readonly origin: string
  readonly request: RequestTemplate
  readonly pace: Pace
  /** Keep-alive connections. */
  readonly connections: number
  /** Sent but not measured, before the window opens. */
  readonly warmUpSeconds: number
  /** How long the measured window is open. */
  readonly seconds: number
  /** At most this many requests, warm-up included. */
  readonly maxRequests: number
  /** When a request that got no answer counts as `timeout`. */
  readonly timeoutMs: number
  /** The number of the first request: goes on where an earlier plan against the same poll stopped. */
  readonly firstNumber: number
  /** How late an answer may come and still be of use to who waits for it; without one every answer is. */
  readonly patienceMs?: number
  /** Whether the report names the accepted requests. */
  readonly namesAccepted?: boolean
}

/** `open`: Poisson arrivals whatever the server does; what finds `maxInFlight` reached is not sent but counted.
 *  `closed`: `concurrency` senders, each waiting for its answer; what the server can take, not how it feels. */
export type Pace =
  | { readonly kind: 'open'; readonly perSecond: number; readonly seed: number; readonly maxInFlight: number }
  | { readonly kind: 'closed'; readonly concurrency: number }

/** `{n}` in path and header values becomes the request's number. */
export interface RequestTemplate {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Request n sends the body n modulo their number; none: no body. */
  readonly bodies: readonly string[]
}

export interface LoadReport {
  /** Requests sent, warm-up included, and their answers: `sent` is the sum of `answers`. */
  readonly sent: number
  readonly answers: Readonly<Record<AnswerClass, number>>
  readonly window: {
    readonly seconds: number
    /** Answers that came while the window was open: divide by `seconds` for a rate. */
    readonly answers: Readonly<Record<AnswerClass, number>>
    /** Those of them that came within `patienceMs` of the intended send time. */
    readonly inTime: Readonly<Record<AnswerClass, number>>
  }
  /** The numbers of accepted requests, as they were answered; empty unless the plan asks for them. */
  readonly accepted: readonly number[]
  /** From the intended send time to the whole answer, of requests meant to be sent while the window was open. */
  readonly latency: Readonly<Record<AnswerClass, LatencySummary>>
  /** Arrivals not sent because `maxInFlight` requests were unanswered. */
  readonly capped: number
  readonly mostInFlight: number
  /** How late this process itself sent: its own health. Large against the latencies: the generator is the bottleneck. */
  readonly lateness: LatencySummary
}
