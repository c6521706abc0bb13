// Every port over all databases: what names a workspace goes to where that workspace's data lies, what names none goes to each.
// Repositories know nothing of it: each is over one database.
import { openBallotMessage } from '../application/ballot-message.ts'
import type { BallotPages } from '../application/ballot-pages.ts'
import type { DeadLetter, DeadLetters } from '../application/dead-letter-ports.ts'
import type { AnswerStore } from '../application/first-answer-ports.ts'
import type { InviteBook } from '../application/invite-book.ts'
import type { BallotReader, HealthCheck, PollReader, PollRecords, UsageReader } from '../application/ports.ts'
import type { RollupReader } from '../application/rollups.ts'
import type { DeliveryLog, DeliveryRecords, WebhookBook } from '../application/webhook-ports.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'

/** A part for each workspace: the one of the database that its data lies in. */
export type PartOf<Part> = (workspaceId: string) => Part

export const routedPollReader = (of: PartOf<PollReader>): PollReader => ({
  list: (order, signal) => of(order.workspaceId).list(order, signal),
})

export const routedBallotPages = (of: PartOf<BallotPages>): BallotPages => ({
  list: (poll, order, signal) => of(poll.workspaceId).list(poll, order, signal),
  find: (poll, ballotId, signal) => of(poll.workspaceId).find(poll, ballotId, signal),
  texts: (poll, order, signal) => of(poll.workspaceId).texts(poll, order, signal),
  lines: (poll, order, signal) => of(poll.workspaceId).lines(poll, order, signal),
})

export const routedRollupReader = (of: PartOf<RollupReader>): RollupReader => ({
  timeline: (poll, order, signal) => of(poll.workspaceId).timeline(poll, order, signal),
  crossTab: (poll, signal) => of(poll.workspaceId).crossTab(poll, signal),
})

export const routedInviteBook = (of: PartOf<InviteBook>): InviteBook => ({
  record: (poll, batch, signal) => of(poll.workspaceId).record(poll, batch, signal),
  revoke: (poll, invite, signal) => of(poll.workspaceId).revoke(poll, invite, signal),
  list: (poll, order, signal) => of(poll.workspaceId).list(poll, order, signal),
})

export const routedUsageReader = (of: PartOf<UsageReader>): UsageReader => ({
  stored: (workspaceId, signal) => of(workspaceId).stored(workspaceId, signal),
  polls: (workspaceId, most, signal) => of(workspaceId).polls(workspaceId, most, signal),
})

export const routedAnswerStore = (of: PartOf<AnswerStore>): AnswerStore => ({
  claim: (claim, signal) => of(claim.workspaceId).claim(claim, signal),
  keep: (claim, sealed, signal) => of(claim.workspaceId).keep(claim, sealed, signal),
  release: (claim, signal) => of(claim.workspaceId).release(claim, signal),
})

export const routedPollRecords = (of: PartOf<PollRecords>): PollRecords => ({
  record: (poll, signal) => of(poll.workspaceId).record(poll, signal),
  remove: (death, signal) => of(death.workspaceId).remove(death, signal),
})

export const routedWebhookBook = (of: PartOf<WebhookBook>): WebhookBook => ({
  add: (reach, ...order) => of(reach.workspaceId).add(reach, ...order),
  find: (reach, ...order) => of(reach.workspaceId).find(reach, ...order),
  list: (order, signal) => of(order.workspaceId).list(order, signal),
  change: (reach, ...order) => of(reach.workspaceId).change(reach, ...order),
  rotate: (reach, ...order) => of(reach.workspaceId).rotate(reach, ...order),
  remove: (reach, ...order) => of(reach.workspaceId).remove(reach, ...order),
})

export const routedDeliveryLog = (of: PartOf<DeliveryLog>): DeliveryLog => ({
  list: (order, signal) => of(order.workspaceId).list(order, signal),
  redeliver: (order, signal) => of(order.workspaceId).redeliver(order, signal),
})

export const routedDeliveryRecords = (of: PartOf<DeliveryRecords>): DeliveryRecords => ({
  take: (due, ...order) => of(due.workspaceId).take(due, ...order),
  settle: (taken, ...order) => of(taken.workspaceId).settle(taken, ...order),
})

/** Ids of all, in their order: each database says its first ones after the place, and of these the first are the answer.
 *  Ids are `poll_` and lower-case base 32, which every collation orders as bytes. */
export const pollIdsOf =
  (each: readonly Pick<BallotReader, 'pollIds'>[]): BallotReader['pollIds'] =>
  async (after, limit, signal) => {
    const found = await atMost(connectionsAtOnce, each, (reader) => reader.pollIds(after, limit, signal))
    const ids = found.length === 1 ? found.flat() : found.flat().sort(bytewise)
    return ids.slice(0, limit)
  }

/** A letter lies where its poll's tombstone would, so that it goes with it; what cannot be read lies in the directory. */
export const routedDeadLetters = (
  of: PartOf<DeadLetters>,
  directory: DeadLetters,
  each: readonly DeadLetters[],
): DeadLetters => ({
  keep: async (letters, signal) => {
    const places = Map.groupBy(letters, ({ body }) => {
      const workspaceId = openBallotMessage(body)?.workspaceId
      return workspaceId === undefined ? directory : of(workspaceId)
    })
    // A database that is away must not keep the others' letters from being kept; keeping one again changes nothing.
    await all([...places].map(([place, some]) => place.keep(some, signal)))
  },
  oldest: async (limit, signal) => {
    const found = await atMost(connectionsAtOnce, each, (letters) => letters.oldest(limit, signal))
    return found.flat().sort(byDeath).slice(0, limit)
  },
  remove: async (ids, signal) => {
    await all(each.map((letters) => letters.remove(ids, signal)))
  },
})

/** Postgres answers when every database does. */
export const healthOfAll = (each: readonly HealthCheck[]): HealthCheck => ({
  name: 'postgres',
  check: async (signal) => {
    await Promise.all(each.map(({ check }) => check(signal)))
  },
})

/** Carries all of it out, whatever fails, and then fails with the first. */
const all = async (work: readonly Promise<unknown>[]): Promise<void> => {
  for (const outcome of await Promise.allSettled(work))
    if (outcome.status === 'rejected') throw outcome.reason
}

const bytewise = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const byDeath = (one: DeadLetter, other: DeadLetter): number =>
  one.diedAt - other.diedAt || bytewise(one.id, other.id)
