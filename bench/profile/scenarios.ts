// What can be profiled: the load of a scenario, and the Workers that it keeps busy.
import type { WorkerName } from '../../dev/worker-names.ts'
import { countedPoll, type PollMaker } from '../drivers/results-to-read.ts'
import type { LoadPlan } from '../load/plan.ts'
import { closedLoop } from '../load/run-load.ts'

export interface Scenario {
  readonly about: string
  readonly workers: readonly WorkerName[]
  /** Makes what is asked for, and says how to ask. */
  prepare(stack: PollMaker, seconds: number): Promise<LoadPlan>
}

export const scenarios = {
  ballot: {
    about: 'Ballots of 32 voters at a time on one box, each another voter (as B6).',
    workers: ['edge', 'count'],
    prepare: async ({ origin, makePoll }, seconds) => {
      const path = `/v1/polls/${await makePoll()}/ballots`
      return closedLoop({
        origin,
        seconds,
        connections: 32,
        request: {
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', 'voter-id': 'a-voter-of-a-profile-{n}' },
          bodies: ['{"answers":{"q":["a"]}}', '{"answers":{"q":["b"]}}'],
        },
      })
    },
  },
  'cached-read': {
    about: 'Reads of one poll’s results, 1,000 a second, from the memory of the edge (as B1).',
    workers: ['edge'],
    prepare: async (stack, seconds) => {
      const { path } = await countedPoll(stack)
      return closedLoop({
        origin: stack.origin,
        seconds,
        pace: { kind: 'open', perSecond: 1_000, seed: 1, maxInFlight: 512 },
        request: { method: 'GET', path, headers: {}, bodies: [] },
      })
    },
  },
} as const satisfies Readonly<Record<string, Scenario>>

export type ScenarioName = keyof typeof scenarios
