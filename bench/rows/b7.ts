// B7: that a server which is offered more than it can take still does what it can: goodput at every step against its peak.
import { join } from 'node:path'
import { connections, type OfferedSample, offerBallots } from '../measure/offered-ballots.ts'
import { boxCapacity, measureSteps, type SurgeStep, stepAt, workersOf } from '../measure/surge-steps.ts'
import { untilIdle } from '../measure/until-idle.ts'
import { interleave, spreadOf } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { apartNote, type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b7: Row = {
  id: 'B7',
  comparison: 'goodput of a box offered 1, 2, 4, 8, 16 times its capacity vs its peak: the worst step',
  atLeast: 0.85,
  run: ({ scratch, ...context }) =>
    withServers(
      [
        () => startBenchStack(join(scratch, 'box'), { commit: 'held', apart: true }),
        () => startBenchStack(join(scratch, 'cpu')),
      ],
      (stacks) => measure(context, stacks),
    ),
}

const times = [1, 2, 4, 8, 16]
const timesOfCpu = [1, 2, 4]

interface WholeCpu {
  /** Ballots a second that the Workers' one thread could take if it did nothing else: 1 s ÷ a ballot's CPU. */
  readonly capacity: number
  readonly steps: readonly {
    readonly times: number
    readonly goodput: number
    /** What is left of the capacity when everything beyond it is refused, by what a refusal was seen to cost: of 1. */
    readonly ceiling: number
  }[]
}

const measure = async (
  { rounds, seconds, say }: Omit<RowContext, 'scratch'>,
  [box, cpu]: readonly [BenchStack, BenchStack],
): Promise<Measurement> => {
  const boxes = await interleave(
    rounds,
    [{ name: 'box', measure: (seed) => measureSteps(box, { times, seconds, seed, say }) }],
    ({ box }, number) => say(`round ${number}: the worst step at ${worstOf(box).toFixed(2)} of the peak`),
  )
  const cpus = await interleave(rounds, [
    { name: 'cpu', measure: (seed) => measureCpu(cpu, { seconds, seed, say }) },
  ])
  const cpuAt = (each: number) => cpus.map(({ cpu }) => cpu.steps.find((step) => step.times === each))
  return {
    ratios: boxes.map(({ box }) => worstOf(box)),
    also: [
      ...times.map((each) => ({
        comparison: `goodput at ${each}×, of the box’s stated ${boxCapacity} a second`,
        ratios: boxes.map(({ box }) => stepAt(box, each).goodput / boxCapacity),
        bound: null,
      })),
      ...timesOfCpu.map((each) => {
        const ceiling = spreadOf(cpuAt(each).map((step) => step?.ceiling ?? 0)).median
        return {
          comparison: `goodput of the whole CPU offered ${each}×, of its capacity (computed ceiling ${ceiling.toFixed(2)})`,
          ratios: cpus.map(({ cpu }, at) => (cpuAt(each)[at]?.goodput ?? 0) / cpu.capacity),
          bound: null,
        }
      }),
    ],
    samples: boxes.map((round, at) => ({ ...round, ...cpus[at] })),
    notes: [
      `The box takes one ballot every 5 ms (\`BENCH_COMMIT=held\`), ${boxCapacity} a second, whatever the machine can do; ballots come by Poisson arrivals over up to ${connections} connections. Goodput: accepted within a second of the intended time.`,
      apartNote,
      'The whole CPU: the same stack with boxes as they are. Its capacity is one second of the Workers’ one thread divided by a ballot’s CPU at 100 a second; offered n times that, a refusal that costs r of a ballot leaves (1 − n·r) ÷ (1 − r) of it, the computed ceiling. Generator, Postgres and queue have the other core.',
    ],
  }
}

const worstOf = (steps: readonly SurgeStep[]): number => {
  const goodputs = steps.map(({ goodput }) => goodput)
  return Math.min(...goodputs) / Math.max(...goodputs)
}

const quietPerSecond = 100

const measureCpu = async (
  stack: BenchStack,
  { seconds, seed, say }: Pick<RowContext, 'seconds' | 'say'> & { readonly seed: number },
): Promise<WholeCpu> => {
  const pid = workersOf(stack)
  const offer = async (perSecond: number): Promise<OfferedSample> => {
    const pollId = await stack.makePoll()
    const sample = await offerBallots({ origin: stack.origin, pid, pollId, perSecond, seconds, seed })
    await untilIdle(pid, settleMs)
    return sample
  }
  const quiet = await offer(quietPerSecond)
  const ballotMicros = quiet.cpuMicros / quiet.accepted
  const capacity = 1e6 / ballotMicros
  const steps = []
  for (const times of timesOfCpu) {
    const { goodput, accepted, refused, cpuMicros } = await offer(capacity * times)
    const refusalMicros = refused === 0 ? 0 : Math.max(0, cpuMicros - accepted * ballotMicros) / refused
    const share = Math.min(1, refusalMicros / ballotMicros)
    const ceiling = times <= 1 ? 1 : share === 1 ? 0 : Math.max(0, (1 - times * share) / (1 - share))
    steps.push({ times, goodput, ceiling, refusalMicros, refused })
    say(
      `the whole CPU at ${times}× of ${Math.round(capacity)}/s: ${Math.round(goodput)}/s good, ${refused} refused`,
    )
  }
  return { capacity, steps }
}

const settleMs = 30_000
