// Who may come in now. An owner's call takes from the quota of its key and of its workspace; a ballot only from the patience
// one isolate has with one voter, so that nothing on its way waits for a network.
import type { Owner } from '../application/identify-caller.ts'
import { planTerms } from '../application/plan-terms.ts'
import type { BallotAttempts } from './ballot-attempts.ts'
import type { Limiter, Verdict } from './limiter.ts'

/** Of a workspace's quota, seconds. */
export const planWindowSeconds = 60

export interface Admission {
  /** `cost` as callCost gives it. */
  ownerCall(owner: Owner, cost: number, signal: AbortSignal): Promise<Verdict>
  readonly ballots: BallotAttempts
}

interface Parts {
  readonly byKey: Limiter
  readonly byWorkspace: Limiter
  readonly ballots: BallotAttempts
}

export const admission = ({ byKey, byWorkspace, ballots }: Parts): Admission => ({
  ballots,
  ownerCall: async ({ keyId, workspaceId, plan }, cost, signal) => {
    const quota = planTerms[plan].callsPerMinute
    const key = await byKey.take({ subject: keyId, plan, cost }, signal)
    if (!key.allowed) return { ...key, quota, remaining: Math.min(key.remaining, quota) }
    const workspace = await byWorkspace.take({ subject: workspaceId, plan, cost }, signal)
    // What a caller can still do is the smaller of both.
    return { ...workspace, quota, remaining: Math.min(workspace.remaining, key.remaining) }
  },
})
