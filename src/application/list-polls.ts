import type { Poll, PollStatus } from '../domain/poll/poll.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PollReader } from './ports.ts'

interface Needs {
  readonly pollReader: PollReader
  readonly clock: Clock
}

export interface ListOrder {
  readonly workspaceId: string
  readonly status: PollStatus | null
  readonly limit: number
  readonly after: PollPlace | null
}

/** Where a page of polls ended: newest first, so the next begins with older ones. */
export interface PollPlace {
  readonly createdAt: number
  readonly id: string
}

export interface PollPage {
  readonly polls: readonly Poll[]
  readonly next: PollPlace | null
}

/** A page of a workspace's polls from Postgres, newest first, archived ones left out. One statement. */
export const listPolls =
  ({ pollReader, clock }: Needs) =>
  async ({ limit, ...order }: ListOrder, signal: AbortSignal): Promise<PollPage> => {
    const found = await pollReader.list({ ...order, limit: limit + 1, now: clock.now() }, signal)
    const polls = found.slice(0, limit)
    const last = polls.at(-1)
    return {
      polls,
      next: found.length > limit && last !== undefined ? { createdAt: last.createdAt, id: last.id } : null,
    }
  }
