// One simulated run: people come, things go wrong, peace is made, everything settles, and the history is checked.
import { createHash } from 'node:crypto'
import { chanceOf } from '../support/simulated/chance.ts'
import type { FaultAccount } from '../support/simulated/chaos.ts'
import { virtualTimers } from '../support/simulated/deadlines.ts'
import type { Fault } from '../support/simulated/faults.ts'
import type { Schedule } from '../support/simulated/schedule.ts'
import { checkHistory, type Finding } from './check-history.ts'
import { type Evidence, gather } from './evidence.ts'
import { emptyHistory, type History, operationsOf } from './history.ts'
import { owner } from './people/owner.ts'
import type { Stage } from './people/stage.ts'
import { voter } from './people/voter.ts'
import { read, reader, viewer } from './people/watchers.ts'
import { planRun } from './plan.ts'
import { edgeCount } from './world/edges.ts'
import type { Parts } from './world/ground.ts'
import type { Race } from './world/races.ts'
import { weather } from './world/weather.ts'
import { aWorld, type World, worldBegan } from './world/world.ts'

export interface RunReport {
  readonly seed: number
  readonly findings: readonly Finding[]
  readonly faults: readonly FaultAccount[]
  readonly races: ReadonlyMap<Race, number>
  readonly operations: number
  readonly voters: number
  /** Voters who meant to cast more than one ballot, or cast one more than once. */
  readonly duplicateVoters: number
  readonly events: number
  /** Equal for equal runs. */
  readonly digest: string
}

export interface RunTerms {
  readonly seed: number
  /** The share of all faults that take part; 0: a run in which nothing goes wrong. */
  readonly faultShare?: number
  /** Faults that take part in any case. */
  readonly certainFaults?: readonly Fault[]
  readonly parts?: Partial<Parts>
  readonly trace?: (time: number, line: string) => void
}

const minute = 60_000

export const simulate = async (terms: RunTerms): Promise<RunReport> => {
  const { seed } = terms
  const world = aWorld({ faultShare: 0.6, ...terms })
  const realTimers = virtualTimers(world.schedule)
  const history = emptyHistory()
  const uncaught = (error: unknown) =>
    world.alarm('0', `a promise was rejected and nobody looked: ${String(error)}`)
  process.on('unhandledRejection', uncaught)
  try {
    const stages = await play(world, history, seed)
    const evidence = await finish(world.schedule, gather(world, history, stages))
    return reportOf(seed, world, evidence)
  } finally {
    process.off('unhandledRejection', uncaught)
    realTimers()
    world.close()
  }
}

/** Everybody's part, up to the moment when nothing moves any more. */
const play = async (world: World, history: History, seed: number): Promise<readonly Stage[]> => {
  const { schedule } = world
  const chance = chanceOf(`people ${seed}`)
  const plan = planRun(chance.fork('plan'), worldBegan)
  const stages = plan.polls.map(
    (poll): Stage => ({
      world,
      history,
      plan: poll,
      chance: chance.fork(`people of ${poll.name}`),
      began: worldBegan,
      poll: null,
      codes: [],
      firstSerial: 1,
    }),
  )
  const people = stages.flatMap((stage) => [
    owner(stage),
    ...Array.from({ length: stage.plan.voters }, (_, number) => voter(stage, number)),
    reader(stage, 'a reader of the newest', 'anywhere', plan.peaceAt),
    reader(stage, 'a reader', chance.below(edgeCount), plan.peaceAt),
    ...Array.from({ length: stage.plan.viewers }, (_, at) => viewer(stage, `viewer ${at}`)),
  ])
  const everybody = Promise.all([...people, weather(world)])
  everybody.catch(() => undefined) // told below

  await schedule.runUntil(worldBegan + plan.peaceAt)
  world.makePeace()
  await finish(schedule, everybody)
  await schedule.runUntil(schedule.now + 2 * minute)
  // Traffic comes back: whoever asks an object wakes it, whatever became of its alarm.
  await finish(schedule, lookRound(world, history, stages))
  await schedule.runUntil(schedule.now + 20 * minute)
  await finish(schedule, world.archive.redrive())
  await schedule.runUntil(schedule.now + 20 * minute)
  await finish(schedule, world.archive.reconcile())
  await schedule.runUntil(schedule.now + 5 * minute)
  await finish(schedule, world.archive.deliveries.sweep())
  await schedule.runUntil(schedule.now + minute)
  // While the webhook counts as failing some are put off, by a quarter of an hour at most: the sweep finds them.
  const { deliveries } = world.archive
  while (
    (await finish(schedule, deliveries.redeliverAll())) > 0 &&
    schedule.now < worldBegan + 6 * 60 * minute
  )
    for (let sweeps = 0; sweeps < 4; sweeps++) {
      await schedule.runUntil(schedule.now + 5 * minute)
      await finish(schedule, deliveries.sweep())
    }
  return stages
}

const lookRound = async (world: World, history: History, stages: readonly Stage[]): Promise<void> => {
  for (const { poll } of stages)
    if (poll !== null) await read({ world, history }, 'somebody', poll.id, 'anywhere')
  await world.archive.reconcile()
}

/** Lets time pass until something is done. */
const finish = async <Value>(schedule: Schedule, work: Promise<Value>): Promise<Value> => {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  ended.catch(() => undefined) // told by the return
  for (let steps = 0; !done; steps++) {
    if (steps > 5_000) throw new Error('something in this run never ends')
    await schedule.runUntil(schedule.now + 100)
  }
  return ended
}

const reportOf = (seed: number, world: World, evidence: Evidence): RunReport => {
  const { history } = evidence
  const voters = Map.groupBy(history.casts, ({ intent }) => intent.voter)
  return {
    seed,
    findings: checkHistory(evidence),
    faults: evidence.faults,
    races: world.racesSeen,
    operations: operationsOf(history),
    voters: voters.size,
    duplicateVoters: [...voters.values()].filter((casts) => casts.length > 1).length,
    events: world.schedule.events,
    digest: createHash('sha256')
      .update(JSON.stringify([history, world.schedule.events]))
      .digest('hex'),
  }
}
