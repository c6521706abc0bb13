// One call with an end: its own patience, or what is left of its caller's, whichever is shorter.
import type { Clock } from '../kernel/clock.ts'
import { endsAt, hopMs } from '../kernel/deadline.ts'
import { carryTrace, traceOf } from '../kernel/trace.ts'
import { until } from '../kernel/until.ts'

export interface Patience {
  readonly clock: Clock
  readonly ownMs: number
  /** What is kept of the caller's time, so that the caller can still say what happened. */
  readonly marginMs: number
}

/** The caller's time is over, or nearly: nothing was begun. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/** Rejects with a `TimeoutError` when the call's time is over, with the caller's reason when the caller has gone, and with
 *  `OutOfTime` without calling where no time is left. The call is told by its signal; the timer ends with it. */
export const within = async <Answer>(
  { clock, ownMs, marginMs }: Patience,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> => {
  signal.throwIfAborted()
  const patienceMs = hopMs(signal, clock, ownMs, marginMs)
  if (patienceMs <= 0) throw new OutOfTime('no time is left to ask')
  const time = new AbortController()
  const stop = () => time.abort(signal.reason)
  const timer = setTimeout(() => time.abort(new DOMException('it took too long', 'TimeoutError')), patienceMs)
  signal.addEventListener('abort', stop, { once: true })
  endsAt(time.signal, clock.now() + patienceMs)
  carryTrace(time.signal, traceOf(signal))
  try {
    return await until(time.signal, call(time.signal))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
