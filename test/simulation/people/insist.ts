// How owners get their way: the same request until it is answered, each time on record.
import type { Poll } from '../../../src/domain/poll/poll.ts'
import type { OwnerRecord } from '../history.ts'
import type { Services } from '../world/edges.ts'
import type { Stage } from './stage.ts'

export const workspaceId = 'ws_simulated'

export type Done = Exclude<OwnerRecord['outcome'], null>
export type Act = (services: Services, poll: Poll, signal: AbortSignal) => Promise<Done>

export const own = (poll: Poll) => ({ pollId: poll.id, workspaceId })

/** Repeats a request until it is answered. */
export const insist = async (
  stage: Stage,
  poll: Poll,
  what: OwnerRecord['what'],
  about: OwnerRecord['about'],
  act: Act,
): Promise<OwnerRecord> => {
  const { world, history } = stage
  while (true) {
    const record: OwnerRecord = {
      what,
      pollId: poll.id,
      sentAt: world.schedule.now,
      answeredAt: Number.POSITIVE_INFINITY,
      about,
      outcome: null,
    }
    history.owners.push(record)
    try {
      record.outcome = await world.edges.ask((services, signal) => act(services, poll, signal))
      record.answeredAt = world.schedule.now
      world.note(() => `owner: ${JSON.stringify(record)}`)
      return record
    } catch {
      await world.schedule.pause(stage.chance.between(100, 2_000))
    }
  }
}
