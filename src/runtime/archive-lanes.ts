// A queue batch, apart by the database that its messages are for: each has a pace and a breaker of its own, so that one that is
// slow or away holds up nobody else's ballots.
import { type BallotMessage, openBallotMessage } from '../application/ballot-message.ts'
import type { Report } from '../application/events.ts'
import type { ArchiveServices } from './archive-services.ts'
import { backoffSeconds, consumeBallots, type Lane, type QueuedMessage } from './consume-ballots.ts'

interface Needs extends Pick<ArchiveServices, 'worthRetrying' | 'clock'> {
  readonly report: Report
  readonly laneOf: (workspaceId: string) => Lane
  /** For what cannot be read. */
  readonly directoryLane: Lane
  /** Whose these polls are, as far as any database knows; null: there is one database only. */
  readonly ownersOf:
    | ((pollIds: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, string>>)
    | null
}

const patienceMs = 5_000

export const consumeApart =
  ({ laneOf, directoryLane, ownersOf, ...services }: Needs) =>
  async (deliveries: readonly QueuedMessage[]): Promise<void> => {
    const lanes = new Map<Lane, QueuedMessage[]>()
    const put = (lane: Lane, delivery: QueuedMessage) => {
      const there = lanes.get(lane)
      if (there === undefined) lanes.set(lane, [delivery])
      else there.push(delivery)
    }
    const unowned: { delivery: QueuedMessage; pollId: string }[] = []
    for (const delivery of deliveries) {
      const message = openBallotMessage(delivery.body)
      const workspaceId = ownersOf === null ? undefined : ownerIn(message)
      if (workspaceId !== undefined) put(laneOf(workspaceId), delivery)
      else if (message === null || ownersOf === null) put(directoryLane, delivery)
      else unowned.push({ delivery, pollId: message.pollId })
    }
    if (ownersOf !== null && unowned.length > 0) {
      const pollIds = [...new Set(unowned.map(({ pollId }) => pollId))]
      const owners = await ownersOf(pollIds, AbortSignal.timeout(patienceMs))
      for (const { delivery, pollId } of unowned) {
        const workspaceId = owners.get(pollId)
        if (workspaceId !== undefined) {
          put(laneOf(workspaceId), delivery)
          continue
        }
        // Its poll comes into Postgres yet, or a database is away that may have it: to guess would split the poll in two.
        services.report({ type: 'archive-failed', messages: 1, error: `no database knows ${pollId}` })
        delivery.retry({ delaySeconds: backoffSeconds(delivery.attempts) })
      }
    }
    await Promise.all([...lanes].map(([lane, some]) => consumeBallots({ ...services, ...lane })(some)))
  }

/** Boxes of the version before do not say it. */
const ownerIn = (message: BallotMessage | null): string | undefined =>
  message === null || message.v === 1 ? undefined : message.workspaceId
