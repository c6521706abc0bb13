// What each plan has: the one table. Limits, caps, the answer of /v1/usage and the page in docs/design/surge.md come from it.
import type { Plan } from './ports.ts'

export interface PlanTerms {
  /** What the calls of a workspace may cost in any minute (admission/call-cost.ts says what each does). */
  readonly callsPerMinute: number
  /** A key may spend what it has saved up, at most `burst`, and gets `perSecond` back: one script that runs away leaves
   *  the other keys of its workspace their half. */
  readonly key: { readonly burst: number; readonly perSecond: number }
  /** How many polls a workspace may have; null: as many as it likes. */
  readonly polls: number | null
  /** Over how many boxes one poll may be spread. A box is meant for 5,000 voters and takes more. */
  readonly shards: number
  /** How many webhooks a workspace may have; its tests have as many of their own. */
  readonly webhooks: number
  /** How many may watch a poll live at once that is made under it. */
  readonly viewers: number
}

export const planTerms = {
  free: {
    callsPerMinute: 600,
    key: { burst: 600, perSecond: 5 },
    polls: 100,
    shards: 4,
    webhooks: 5,
    viewers: 1_000,
  },
  pro: {
    callsPerMinute: 6_000,
    key: { burst: 6_000, perSecond: 50 },
    polls: 10_000,
    shards: 64,
    webhooks: 20,
    viewers: 32_768,
  },
  enterprise: {
    callsPerMinute: 600_000,
    key: { burst: 600_000, perSecond: 5_000 },
    polls: null,
    shards: 256,
    webhooks: 50,
    viewers: 10_000_000, // as many as the tree of relays holds
  },
} as const satisfies Record<Plan, PlanTerms>
