// What the people of one poll share: the poll once it is made, the codes its owner gave out, and the record of it all.
import type { Poll } from '../../../src/domain/poll/poll.ts'
import type { Chance } from '../../support/simulated/chance.ts'
import type { History } from '../history.ts'
import type { PollPlan } from '../plan.ts'
import type { World } from '../world/world.ts'

export interface Stage {
  readonly world: World
  readonly history: History
  readonly plan: PollPlan
  readonly chance: Chance
  readonly began: number
  /** null: not made yet. */
  poll: Poll | null
  /** Invite codes by voter, with serials from `firstSerial` on. */
  codes: readonly string[]
  firstSerial: number
}

/** Waits for the poll to be made and its codes to be given out. */
export const staged = async (stage: Stage): Promise<Poll> => {
  while (stage.poll === null || stage.codes.length < stage.plan.invites) await stage.world.schedule.pause(150)
  return stage.poll
}

/** Lets time pass up to a moment of the run, ms from its start. */
export const until = (stage: Stage, at: number): Promise<void> =>
  stage.world.schedule.pause(Math.max(0, stage.began + at - stage.world.schedule.now))
