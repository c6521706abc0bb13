// Whether a plan has room for one more poll.
import type { PlanRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { type PlanTerms, planTerms } from './plan-terms.ts'
import type { Plan, UsageReader } from './ports.ts'

/** As long as a new poll waits for Postgres to hear of it. */
const patienceMs = 500

export interface Room {
  readonly workspaceId: string
  readonly plan: Plan
  /** Boxes of the poll to be made. */
  readonly shards: number
}

/** Polls that are being made at the same moment may all find the last place, and what Postgres has not heard of is not
 *  counted: the cap holds within those. While Postgres is away or slow polls can be made; the quota of calls bounds how many. */
export const roomForPoll =
  ({ polls }: Pick<UsageReader, 'polls'>) =>
  async ({ workspaceId, plan, shards }: Room, signal: AbortSignal): Promise<Result<null, PlanRefusal>> => {
    const terms: PlanTerms = planTerms[plan]
    if (shards > terms.shards)
      return beyond(
        plan,
        `spread a poll over ${terms.shards} boxes, which is for ${terms.shards * 5_000} \`expectedVoters\``,
      )
    if (terms.polls === null) return accept(null)
    const most = terms.polls
    const asked = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
    const there = await polls(workspaceId, most, asked).catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof Unavailable || asked.aborted) return 0
      throw error
    })
    return there < most ? accept(null) : beyond(plan, `keep ${most} polls: delete one, or change the plan`)
  }

const beyond = (plan: Plan, can: string): Result<null, PlanRefusal> =>
  refuse({ reason: 'plan-limit', detail: `The plan ${plan} lets a workspace ${can}.` })
