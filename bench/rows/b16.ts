// B16: what counting adds to the price of a read from memory.
import { join } from 'node:path'
import { type ResultsToRead, resultsToRead } from '../drivers/results-to-read.ts'
import { measureReads, type ReadSide, shownRead } from '../measure/read-cost.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b16: Row = {
  id: 'B16',
  comparison: 'CPU of a cached results read: with metrics vs the same stack without',
  atMost: 1.03,
  run: (context) => {
    const [on, off] = [join(context.scratch, 'on'), join(context.scratch, 'off')]
    return withServers(
      [() => startBenchStack(on), () => startBenchStack(off, { metrics: 'off' })],
      async ([counting, silent]) =>
        measure(context, await resultsToRead(counting, on), await resultsToRead(silent, off)),
    )
  },
}

const perSecond = 1_000

const measure = async (
  { rounds, seconds, say }: RowContext,
  counting: ResultsToRead,
  silent: ResultsToRead,
): Promise<Measurement> => {
  const read = (side: ReadSide) => (round: number) => measureReads(side, { seconds, perSecond, seed: round })
  const samples = await interleave(
    rounds,
    [
      { name: 'on', measure: read(counting.whole) },
      { name: 'off', measure: read(silent.whole) },
    ],
    ({ on, off }, number) => say(`round ${number}: with ${shownRead(on)}; without ${shownRead(off)}`),
  )
  return {
    ratios: samples.map(({ on, off }) => on.cpuMicrosPerRead / off.cpuMicrosPerRead),
    also: [],
    samples,
    notes: [
      `Both get ${perSecond.toLocaleString('en')} reads a second (Poisson arrivals); the CPU is that of the process of all Workers, by /proc, divided by the answers: flushes and the Meter’s own work are in it.`,
      'The twin is the same stack with `EDGEPOLL_METRICS=off` in all three Workers.',
    ],
  }
}
