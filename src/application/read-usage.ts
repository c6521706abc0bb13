import type { Owner } from './identify-caller.ts'
import { type PlanTerms, planTerms } from './plan-terms.ts'
import type { Plan, Remembered, StoredUsage, UsageBook } from './ports.ts'

export interface Usage extends Pick<Remembered<StoredUsage>, 'stale' | 'ageMs'> {
  readonly plan: Plan
  readonly terms: PlanTerms
  readonly stored: StoredUsage
}

/** What a workspace has used of its plan. Up to a minute old: counting ballots is work, and its answer is shared. */
export const readUsage =
  ({ usageBook }: { readonly usageBook: UsageBook }) =>
  async ({ workspaceId, plan }: Pick<Owner, 'workspaceId' | 'plan'>, signal: AbortSignal): Promise<Usage> => {
    const { value, stale, ageMs } = await usageBook.find(workspaceId, signal)
    return { plan, terms: planTerms[plan], stored: value ?? { polls: 0, ballots: 0 }, stale, ageMs }
  }
