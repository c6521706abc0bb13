// B3: what committing a group of ballots at once is worth against committing each alone, the same stack otherwise.
import { join } from 'node:path'
import { type BoxDriver, type BoxSample, startBoxDriver } from '../drivers/box/box-driver.ts'
import { type BallotSample, measureBallots } from '../measure/ballot-rate.ts'
import { interleave, type Round } from '../rounds.ts'
import type { Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b3: Row = {
  id: 'B3',
  comparison: 'durable ballots/s into one box: group commit vs commit per ballot',
  atLeast: 1.8,
  run: async (context) => {
    const box = await measureAtBox(context)
    const edge = await measureThroughEdge(context)
    return {
      ratios: ratiosOf(box, ({ ballotsPerSecond }) => ballotsPerSecond),
      also: [
        {
          comparison: 'CPU per ballot, at the box',
          ratios: ratiosOf(box, ({ cpuMicrosPerBallot }) => cpuMicrosPerBallot),
          bound: null,
        },
        {
          comparison: 'durable ballots/s through the whole stack, HTTP and receipts included',
          ratios: ratiosOf(edge, ({ ballotsPerSecond }) => ballotsPerSecond),
          bound: null,
        },
      ],
      samples: box.map((round, index) => ({ box: round, edge: edge[index] })),
      notes: [
        `At the box: a Worker in the same runtime calls it with ${inFlight} ballots in flight, so that HTTP does not dilute the ratio.`,
        'The twin is the same with `BENCH_COMMIT=single`: a commit takes one ballot. At the box it commits in the call; ' +
          'through the stack it still passes the timer that gathers groups, a millisecond or so a ballot.',
        'Both write every commit through to the disk (fsync) before they answer.',
      ],
    }
  },
}

const inFlight = 64

const measureAtBox = ({ rounds, seconds, scratch, say }: RowContext) =>
  withServers(
    [() => startBoxDriver(scratch, 'group'), () => startBoxDriver(scratch, 'single')],
    ([group, single]) => {
      const cast = (driver: BoxDriver) => (round: number) =>
        driver.measure(`poll_${round}`, seconds, inFlight)
      return interleave(
        rounds,
        [
          { name: 'group', measure: cast(group) },
          { name: 'single', measure: cast(single) },
        ],
        (round, number) => say(`at the box, round ${number}: ${shown(round)}`),
      )
    },
  )

const measureThroughEdge = ({ rounds, seconds, scratch, say }: RowContext) =>
  withServers(
    [
      () => startBenchStack(join(scratch, 'stack-group'), { commit: 'group' }),
      () => startBenchStack(join(scratch, 'stack-single'), { commit: 'single' }),
    ],
    ([group, single]) => {
      const cast = (stack: BenchStack) => async () =>
        measureBallots(stack, { pollId: await stack.makePoll(oneShard), seconds, concurrency: inFlight })
      return interleave(
        rounds,
        [
          { name: 'group', measure: cast(group) },
          { name: 'single', measure: cast(single) },
        ],
        (round, number) => say(`through the edge, round ${number}: ${shown(round)}`),
      )
    },
  )

/** Up to 5,000 voters fit one box. */
const oneShard = { expectedVoters: 1000 }

type Commit = 'group' | 'single'

const ratiosOf = <Sample extends BoxSample | BallotSample>(
  rounds: readonly Round<Commit, Sample>[],
  of: (sample: Sample) => number,
): number[] => rounds.map(({ group, single }) => of(group) / of(single))

const shown = ({ group, single }: Round<Commit, BoxSample>): string =>
  `${Math.round(group.ballotsPerSecond)} ballots/s in groups, ${Math.round(single.ballotsPerSecond)} each alone`
