// Usage: what a workspace has used of its plan.

import { Hono } from 'hono'
import { planWindowSeconds } from '../../admission/admission.ts'
import { requireKey } from '../../application/identify-caller.ts'
import { answer } from '../answer.ts'
import { keyed } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { onlyParameters } from '../query.ts'

export const usage = new Hono<Http>().get('/', async (c) => {
  const owner = requireKey(c.get('caller'))
  if (!owner.ok) return refused(c, owner.refusal)
  const parameters = onlyParameters(c)
  if (!parameters.ok) return refused(c, parameters.refusal)
  const { clock, readUsage } = c.get('services')
  const { plan, terms, stored, ageMs, stale } = await readUsage(owner.value, signalOf(c))
  const document = {
    workspaceId: owner.value.accountId,
    mode: owner.value.mode,
    plan,
    asOf: new Date(clock.now() - ageMs).toISOString(),
    calls: {
      limit: terms.callsPerMinute,
      windowSeconds: planWindowSeconds,
      remaining: Math.max(0, c.get('quota')?.remaining ?? terms.callsPerMinute),
    },
    polls: { used: stored.polls, limit: terms.polls },
    ballots: { used: stored.ballots },
    perPoll: { shards: terms.shards, viewers: terms.viewers },
  }
  const headers = { ...keyed, ...(stale && { 'Edgepoll-Stale': 'true' }) }
  return answer(c, document, 200, headers)
})
