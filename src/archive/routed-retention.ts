// Retention over all databases: the directory says how long workspaces keep their polls, and each database which are old.
import type { OldPoll, RetentionRecords } from '../application/retention-ports.ts'
import { accountOf } from '../application/tenant.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import type { Databases } from './databases.ts'
import { perDatabase } from './databases.ts'
import { retentionRecords } from './retention-records.ts'
import { retentionTerms } from './retention-terms.ts'

/** Of how many workspaces the old polls are asked for at once. */
const workspacesAtOnce = 1_000

export const routedRetention = (databases: Databases, pageSize = workspacesAtOnce): RetentionRecords => {
  const parts = perDatabase(databases, retentionRecords)
  const terms = retentionTerms(databases.directory)
  const alone = parts.each.length === 1
  return {
    oldPolls: async (after, limit, now, signal) => {
      // Where workspaces and polls lie together, Postgres joins them.
      if (alone) return parts.directory.oldPolls(after, limit, now, signal)
      const found: OldPoll[] = []
      let from = accountOf(after?.workspaceId ?? '')
      for (;;) {
        // One more than the page has, where the next one begins.
        const page = await terms.list(from, pageSize + 1, signal)
        const places = Map.groupBy(page.slice(0, pageSize), ({ workspaceId }) => parts.of(workspaceId))
        const old = await atMost(connectionsAtOnce, [...places], ([part, some]) =>
          part.oldPollsAmong(some, after, limit, now, signal),
        )
        found.push(...old.flat().sort(byPlace))
        const next = page[pageSize]
        if (found.length >= limit || next === undefined) return found.slice(0, limit)
        from = next.workspaceId
      }
    },
    forget: async (rows, order, signal) => {
      const outcomes = await Promise.allSettled(parts.each.map((part) => part.forget(rows, order, signal)))
      let sum = 0
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') throw outcome.reason // the others have forgotten theirs all the same
        sum += outcome.value
      }
      return sum
    },
  }
}

const byPlace = (one: OldPoll, other: OldPoll): number =>
  compared(one.workspaceId, other.workspaceId) ||
  one.createdAt - other.createdAt ||
  compared(one.pollId, other.pollId)

const compared = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
