// What every limiter is: a decision about one subject's next call. The others on these pages are decorators of it.
import type { Plan } from '../application/ports.ts'

export interface Take {
  /** Whose quota it is: a workspace or a key. */
  readonly subject: string
  readonly plan: Plan
  /** How much of it the call takes, at least 1. */
  readonly cost: number
}

export interface Verdict {
  readonly allowed: boolean
  /** What there is in all. */
  readonly quota: number
  /** What is left after this call, as far as it is known here. */
  readonly remaining: number
  /** When there is more again, ms since the epoch. */
  readonly resetAt: number
}

export interface Limiter {
  /** Rejects with `Unavailable` when it cannot say. */
  take(order: Take, signal: AbortSignal): Promise<Verdict>
}
