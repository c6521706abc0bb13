// B8C: what deciding who may come in adds to the price of a ballot that comes in on a quiet day.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { offerBallots } from '../measure/offered-ballots.ts'
import { workersOf } from '../measure/surge-steps.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const admissionCost: Row = {
  id: 'B8C',
  comparison: 'CPU of an accepted ballot: with admission and shedding vs the same stack without',
  atMost: 1.05,
  run: ({ scratch, ...context }) =>
    withServers(
      [
        () => startBenchStack(join(scratch, 'on'), { edge: asDeployed }),
        () => startBenchStack(join(scratch, 'off'), { edge: openDoor, shedding: 'off' }),
      ],
      (stacks) => measure(context, stacks),
    ),
}

const moduleAt = (path: string) => fileURLToPath(import.meta.resolve(path))
const asDeployed = moduleAt('../../workers/edge/index.ts')
const openDoor = moduleAt('../drivers/open-door/edge.ts')

/** Far below what the machine can take: nobody is refused, and nothing queues. */
const perSecond = 200

const measure = async (
  { rounds, seconds, say }: Omit<RowContext, 'scratch'>,
  [on, off]: readonly [BenchStack, BenchStack],
): Promise<Measurement> => {
  const cost = (stack: BenchStack) => async (seed: number) => {
    const { origin } = stack
    const pollId = await stack.makePoll()
    const sample = await offerBallots({ origin, pid: workersOf(stack), pollId, perSecond, seconds, seed })
    if (sample.refused > 0) throw new Error(`Ballots were refused: ${JSON.stringify(sample.answers)}`)
    return { cpuMicrosPerBallot: sample.cpuMicros / sample.accepted, p99Ms: sample.p99Ms }
  }
  const samples = await interleave(
    rounds,
    [
      { name: 'on', measure: cost(on) },
      { name: 'off', measure: cost(off) },
    ],
    ({ on, off }, number) =>
      say(
        `round ${number}: ${Math.round(on.cpuMicrosPerBallot)} µs with, ${Math.round(off.cpuMicrosPerBallot)} µs without`,
      ),
  )
  return {
    ratios: samples.map(({ on, off }) => on.cpuMicrosPerBallot / off.cpuMicrosPerBallot),
    also: [],
    samples,
    notes: [
      `Both get ${perSecond} ballots a second (Poisson arrivals) into polls of four boxes; the CPU is that of the Workers’ process, boxes and archive included, divided by the accepted ballots.`,
      'The twin is the same stack with `EDGEPOLL_SHEDDING=off` and an edge that does not ask how often a voter has knocked; both edges are bundled alike.',
    ],
  }
}
