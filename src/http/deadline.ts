// When a request's time is up. The signal is made when somebody asks for it: what is answered from memory needs none, and
// its timer would cost a sixth of such a read.
import type { Context } from 'hono'
import type { Clock } from '../kernel/clock.ts'
import { endsAt } from '../kernel/deadline.ts'
import { carryReadAfter } from '../kernel/read-after.ts'
import { carryTrace, type Trace } from '../kernel/trace.ts'
import type { Http } from './http.ts'

/** Longer than any dependency may take, shorter than a person waits. */
const patienceMs = 10_000

export class Deadline {
  readonly #clock: Clock
  readonly #end: number
  readonly #trace: Trace | undefined
  readonly #headers: Headers | undefined
  #time: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(clock: Clock, trace?: Trace, headers?: Headers) {
    this.#clock = clock
    this.#trace = trace
    this.#headers = headers
    this.#end = clock.now() + patienceMs
  }

  /** Aborted with a `TimeoutError` at the end. */
  get signal(): AbortSignal {
    if (this.#time !== null) return this.#time.signal
    const time = new AbortController()
    this.#time = time
    this.#timer = setTimeout(
      () => time.abort(new DOMException('the request took too long', 'TimeoutError')),
      Math.max(0, this.#end - this.#clock.now()),
    )
    endsAt(time.signal, this.#end)
    carryTrace(time.signal, this.#trace)
    carryReadAfter(time.signal, this.#headers?.get('edgepoll-read-after') ?? null)
    return time.signal
  }

  /** The request is answered. */
  close(): void {
    clearTimeout(this.#timer)
  }
}

export const signalOf = (c: Context<Http>): AbortSignal => c.get('deadline').signal
