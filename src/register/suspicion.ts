// Notices a network that brings in new voters faster than people do: more than 20 new voter keys a minute.
// The platform's limiter counts per location without a wait; an isolate that meets a full count remembers it a minute.
import type { Report } from '../application/events.ts'
import type { Suspicion } from '../application/ports.ts'
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'

/** The platform's Rate Limiting binding, set to 20 a 60 s. */
export interface NewVoterLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

const rememberedMs = 60_000
const capacity = 10_000

/** What comes of it is a challenge, never a ban: whoever solves it votes. An isolate learns of a full count by the first ballot
 *  it takes after that, so each lets one more of a network in than the count says. */
export const suspicion = (limiter: NewVoterLimiter, clock: Clock, report: Report): Suspicion => {
  const suspected = new BoundedMap<string, number>(capacity)
  const keyOf = (pollId: string, network: string) => `${pollId} ${network}`
  return {
    suspects: (pollId, network) => (suspected.get(keyOf(pollId, network)) ?? 0) > clock.now(),
    note: async (pollId, network) => {
      const key = keyOf(pollId, network)
      const { success } = await limiter.limit({ key })
      if (success) return
      if ((suspected.get(key) ?? 0) <= clock.now()) report({ type: 'network-suspected', pollId })
      suspected.set(key, clock.now() + rememberedMs)
    },
  }
}
