// Workspaces in memory, and which of their polls are old: what test/contracts holds the archive's own walk to.
import type { Workspace, Workspaces } from '../../src/application/ports.ts'
import type { RetentionPlace, RetentionRecords } from '../../src/application/retention-ports.ts'
import { accountOf } from '../../src/application/tenant.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import type { KeyRow } from './memory-keys.ts'

export const memoryWorkspaces = (keys: Map<string, KeyRow>, polls: () => Iterable<Poll>) => {
  const known = new Map<string, Workspace>()
  const spaces: Workspaces = {
    create: async (workspace, key) => {
      known.set(workspace.id, workspace)
      const { createdAt } = workspace
      keys.set(key.id, { ...key, name: '', createdAt, lastUsedAt: null, replacedBy: null })
    },
    find: async (id) => known.get(id) ?? null,
    change: async (id, change) => {
      const found = known.get(id)
      if (found === undefined) return null
      known.set(id, { ...found, ...change })
      return known.get(id) ?? null
    },
  }
  const retention: RetentionRecords = {
    oldPolls: async (after, limit, now) =>
      [...polls()]
        .flatMap(({ id: pollId, workspaceId, createdAt, closedAt = null }) => {
          const retentionDays = known.get(accountOf(workspaceId))?.retentionDays ?? null
          return retentionDays === null || createdAt >= now - retentionDays * 86_400_000
            ? []
            : [{ pollId, workspaceId, createdAt, closedAt, retentionDays }]
        })
        .toSorted((one, other) => (placeText(one) < placeText(other) ? -1 : 1))
        .filter((poll) => after === null || placeText(poll) > placeText(after))
        .slice(0, limit),
    forget: async () => 0,
  }
  return { spaces, retention }
}

const placeText = ({ workspaceId, createdAt, pollId }: RetentionPlace): string =>
  `${workspaceId} ${String(createdAt).padStart(15, '0')} ${pollId}`
