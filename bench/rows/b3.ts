// B3: what committing a group of ballots at once is worth against committing each alone, the same stack otherwise.
import { type BoxDriver, startBoxDriver } from '../drivers/box/box-driver.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'

export const b3: Row = {
  id: 'B3',
  comparison: 'durable ballots/s into one box: group commit vs commit per ballot',
  atLeast: 1.8,
  run: async (context) => {
    const drivers: BoxDriver[] = []
    const start = async (commit: 'group' | 'single'): Promise<BoxDriver> => {
      const driver = await startBoxDriver(context.scratch, commit)
      drivers.push(driver)
      return driver
    }
    try {
      return await measureAtObject(context, await start('group'), await start('single'))
    } finally {
      for (const driver of drivers) await driver.stop()
    }
  },
}

const inFlight = 64

const measureAtObject = async (
  { rounds, seconds, say }: RowContext,
  group: BoxDriver,
  single: BoxDriver,
): Promise<Measurement> => {
  const samples = await interleave(
    rounds,
    [
      { name: 'group', measure: (round) => group.measure(`poll_round_${round}`, seconds, inFlight) },
      { name: 'single', measure: (round) => single.measure(`poll_round_${round}`, seconds, inFlight) },
    ],
    ({ group, single }, round) =>
      say(
        `round ${round}: ${Math.round(group.ballotsPerSecond)} ballots/s in groups, ` +
          `${Math.round(single.ballotsPerSecond)} each alone`,
      ),
  )
  return {
    ratios: samples.map(({ group, single }) => group.ballotsPerSecond / single.ballotsPerSecond),
    also: [
      {
        comparison: 'CPU per durable ballot in the runtime: group commit vs commit per ballot',
        ratios: samples.map(({ group, single }) => group.cpuMicrosPerBallot / single.cpuMicrosPerBallot),
        bound: null,
      },
    ],
    samples,
    notes: [
      `A Worker in the same runtime calls the ballot box with ${inFlight} ballots in flight: no HTTP, no receipts.`,
      'The twin is the same count Worker with `BENCH_COMMIT=single`: a commit takes one ballot and waits for nobody.',
      'Both write every commit through to the disk (fsync) before they answer.',
    ],
  }
}
