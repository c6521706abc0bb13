// What stands in for Postgres' lists and counts and for Workers KV in tests over the app.
import type { PollReader, UsageReader } from '../../src/application/ports.ts'
import { recalledDefinition, recordedDefinition } from '../../src/archive/recorded-definition.ts'
import type { KeyValueStore } from '../../src/cache/kv-tier.ts'
import { type Poll, statusOf } from '../../src/domain/poll/poll.ts'
import type { LocalPostgres } from './local-counting.ts'

/** What test/contracts holds the archive's own count to. */
export const usageOf = ({ polls, page }: LocalPostgres): UsageReader => {
  const own = (workspaceId: string) => [...polls.values()].filter((poll) => poll.workspaceId === workspaceId)
  return {
    stored: async (workspaceId, signal) => {
      const ballots = await Promise.all(own(workspaceId).map(({ id }) => page(id, null, 100_000, signal)))
      return { polls: own(workspaceId).length, ballots: ballots.flat().length }
    },
    polls: async (workspaceId, most) => Math.min(most, own(workspaceId).length),
  }
}

export const usageThatFails = (error: Error): UsageReader => ({
  stored: () => Promise.reject(error),
  polls: () => Promise.reject(error),
})

/** test/contracts/poll-lists holds it and the archive's own list to the same. */
export const pollsOf = ({ polls }: Pick<LocalPostgres, 'polls'>, order: Parameters<PollReader['list']>[0]) =>
  [...polls.values()]
    .filter((poll) => poll.workspaceId === order.workspaceId && !poll.archived)
    .filter((poll) => order.status === null || statusOf(poll, order.now) === order.status)
    .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
    .filter(
      ({ createdAt, id }) =>
        order.after === null ||
        createdAt < order.after.createdAt ||
        (createdAt === order.after.createdAt && id < order.after.id),
    )
    .slice(0, order.limit)
    .map(asRecorded)

/** Without what Postgres never hears of a poll. */
const asRecorded = (poll: Poll): Poll => ({
  ...recalledDefinition(recordedDefinition(poll)),
  id: poll.id,
  workspaceId: poll.workspaceId,
  phase: poll.phase,
  archived: poll.archived,
  version: poll.version,
  createdAt: poll.createdAt,
})

/** Workers KV as one process sees it: at once, and without an end to what it holds. */
export const keyValues = (): KeyValueStore => {
  const values = new Map<string, string>()
  return {
    get: async (key) => values.get(key) ?? null,
    put: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  }
}
