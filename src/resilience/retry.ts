// Asking again, where asking twice does no harm: after a random wait (full jitter), once, and within a budget.
import type { Clock } from '../kernel/clock.ts'
import { leftMs } from '../kernel/deadline.ts'
import type { RetryBudget } from './retry-budget.ts'

export interface RetryTerms {
  readonly budget: RetryBudget
  readonly clock: Clock
  /** 0 … 1. */
  readonly fraction: () => number
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  /** The longest wait before the first retry, ms; it doubles with each. */
  readonly baseMs: number
  /** How often it is asked again, at most. */
  readonly retries: number
}

/** An object that is overloaded says so by this property: asking it again makes it worse. */
export const isOverloaded = (error: unknown): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('overloaded' in cause && cause.overloaded === true) return true
  return false
}

/** `worthwhile`: whether this failure may be gone the next time. */
export const retrying = async <Answer>(
  { budget, clock, fraction, pause, baseMs, retries }: RetryTerms,
  signal: AbortSignal,
  worthwhile: (error: unknown) => boolean,
  call: () => Promise<Answer>,
): Promise<Answer> => {
  budget.earn()
  for (let retry = 0; ; retry++) {
    try {
      return await call()
    } catch (error) {
      const waitMs = fraction() * baseMs * 2 ** retry
      const hopeless = retry >= retries || isOverloaded(error) || !worthwhile(error)
      if (hopeless || leftMs(signal, clock) <= waitMs || !budget.spend()) throw error
      await pause(waitMs, signal)
    }
  }
}
