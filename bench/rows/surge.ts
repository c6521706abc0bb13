// The surge: latency and goodput of one box against the load it is offered, ours and the same stack that refuses nobody.
import { join } from 'node:path'
import { connections } from '../measure/offered-ballots.ts'
import { boxCapacity, measureSteps, type SurgeStep, stepAt } from '../measure/surge-steps.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { apartNote, type BenchStack, startBenchStack } from '../stack.ts'
import { drawSurge } from '../surge/draw-surge.ts'
import { withServers } from '../with-servers.ts'

export const surge: Row = {
  id: 'SURGE',
  comparison: 'p99 of accepted ballots at 16 times a box’s capacity: with shedding vs without',
  atMost: 0.1,
  run: ({ scratch, ...context }) =>
    withServers(
      [
        () => startBenchStack(join(scratch, 'ours'), { commit: 'held', apart: true }),
        () => startBenchStack(join(scratch, 'off'), { commit: 'held', apart: true, shedding: 'off' }),
      ],
      (stacks) => measure(context, stacks),
    ),
  drawing: {
    file: 'surge.svg',
    alt:
      'Three curves against the load offered to one box, from half its capacity to sixteen times: goodput, and the ' +
      'median and 99th percentile of the wait of accepted ballots, with shedding and without',
    draw: drawSurge,
  },
}

/** A stack that refuses nobody takes long to come to rest. */
const mostRounds = 3
const times = [0.5, 0.8, 1, 2, 4, 8, 16]

export interface SurgeRound {
  readonly ours: readonly SurgeStep[]
  readonly off: readonly SurgeStep[]
}

const measure = async (
  { rounds, seconds, say }: Omit<RowContext, 'scratch'>,
  [ours, off]: readonly [BenchStack, BenchStack],
): Promise<Measurement> => {
  const steps = (name: string, stack: BenchStack) => (seed: number) =>
    measureSteps(stack, { times, seconds, seed, say: (line) => say(`${name}: ${line}`) })
  const samples: readonly SurgeRound[] = await interleave(
    Math.min(rounds, mostRounds),
    [
      { name: 'ours', measure: steps('with shedding', ours) },
      { name: 'off', measure: steps('without', off) },
    ],
    (_, number) => say(`round ${number} is over`),
  )
  const top = ({ ours, off }: SurgeRound, of: (step: SurgeStep) => number): number =>
    of(stepAt(ours, 16)) / of(stepAt(off, 16))
  return {
    ratios: samples.map((round) => top(round, ({ p99Ms }) => p99Ms)),
    also: [
      {
        comparison: 'goodput there, of the box’s capacity',
        ratios: samples.map(({ ours }) => stepAt(ours, 16).goodput / boxCapacity),
        bound: { atLeast: 0.85 },
      },
      {
        comparison: 'the same without shedding',
        ratios: samples.map(({ off }) => stepAt(off, 16).goodput / boxCapacity),
        bound: null,
      },
    ],
    samples,
    notes: [
      `One box, made to take ${boxCapacity} ballots a second (\`BENCH_COMMIT=held\`: a commit takes one ballot, the next comes 5 ms later), offered ${times.join(', ')} times that by Poisson arrivals over up to ${connections} connections, as a front keeps them open.`,
      'Goodput: ballots accepted within a second of when they were meant to be sent. The wait counts from there, too; a step at which nobody was accepted counts as a wait of ten seconds.',
      apartNote,
      'The twin is the same stack with `EDGEPOLL_SHEDDING=off` and nothing else: what bounds its memory stays.',
    ],
  }
}
