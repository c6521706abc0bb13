// B1: what a read of results costs beside the least a Worker can do, on the same runtime and at the same rate.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ResultsToRead, resultsToRead } from '../drivers/results-to-read.ts'
import { measureReads, type ReadSide, shownRead } from '../measure/read-cost.ts'
import { spawnPeer } from '../peers/spawn-peer.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b1: Row = {
  id: 'B1',
  comparison: 'CPU of a cached results read vs of a bare workerd hello',
  atMost: 1.5,
  run: (context) => {
    const folder = join(context.scratch, 'stack')
    return withServers([() => startBenchStack(folder), startHello], async ([stack, hello]) =>
      measure(context, await resultsToRead(stack, folder), {
        origin: hello.ready.origin,
        pid: hello.pid,
        path: '/',
        headers: {},
        status: 200,
      }),
    )
  },
}

const perSecond = 1_000

const startHello = () => spawnPeer(fileURLToPath(import.meta.resolve('../drivers/hello/process.ts')), [])

const measure = async (
  { rounds, seconds, say }: RowContext,
  { whole, known }: ResultsToRead,
  hello: ReadSide,
): Promise<Measurement> => {
  const read = (side: ReadSide) => (round: number) => measureReads(side, { seconds, perSecond, seed: round })
  const samples = await interleave(
    rounds,
    [
      { name: 'hello', measure: read(hello) },
      { name: 'results', measure: read(whole) },
      { name: 'notModified', measure: read(known) },
    ],
    (round, number) =>
      say(
        `round ${number}: hello ${shownRead(round.hello)}; results ${shownRead(round.results)}; 304 ${shownRead(round.notModified)}`,
      ),
  )
  return {
    ratios: samples.map(({ results, hello }) => results.cpuMicrosPerRead / hello.cpuMicrosPerRead),
    also: [
      {
        comparison: 'CPU of a read answered 304 vs of one answered 200',
        ratios: samples.map(
          ({ notModified, results }) => notModified.cpuMicrosPerRead / results.cpuMicrosPerRead,
        ),
        bound: { atMost: 1 },
      },
    ],
    samples,
    notes: [
      `Every side gets ${perSecond.toLocaleString('en')} reads a second (Poisson arrivals) from a process beside; the CPU of the window by /proc, divided by its answers.`,
      'Hello is one line on the same workerd by the same library, past its entry worker as ours is; both sides count runtime and the idle Node process that started it.',
      'Results come from the isolate’s memory and are fetched anew once a second, which is in the number.',
    ],
  }
}
