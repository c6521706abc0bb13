// B8: that whoever is let in is served as on a quiet day, and that a no costs hardly more than hello.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runLoad } from '../load/run-load.ts'
import { type CpuReading, cpuMicrosBetween, readCpu } from '../measure/cpu.ts'
import { connections, mostInFlight } from '../measure/offered-ballots.ts'
import { boxCapacity, measureSteps, type SurgeStep, stepAt } from '../measure/surge-steps.ts'
import { type Peer, spawnPeer } from '../peers/spawn-peer.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { apartNote, type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b8: Row = {
  id: 'B8',
  comparison: 'p99 of accepted ballots at 16 times a box’s capacity vs at 0.8 times',
  atMost: 3,
  run: ({ scratch, ...context }) =>
    withServers(
      [() => startBenchStack(join(scratch, 'stack'), { commit: 'held', apart: true }), startHello],
      ([stack, hello]) => measure(context, stack, hello),
    ),
}

const calm = 0.8
const top = 16
const refusalMs = 50

const startHello = () => spawnPeer(fileURLToPath(import.meta.resolve('../drivers/hello/process.ts')), [])

interface Sample {
  readonly steps: readonly SurgeStep[]
  /** Null on the side that is not hello. */
  readonly helloMicros: number | null
}

const measure = async (
  { rounds, seconds, say }: Omit<RowContext, 'scratch'>,
  stack: BenchStack,
  hello: Peer,
): Promise<Measurement> => {
  const measured = await interleave<'ours' | 'hello', Sample>(
    rounds,
    [
      {
        name: 'ours',
        measure: async (seed) => ({
          steps: await measureSteps(stack, { times: [calm, top], seconds, seed, say }),
          helloMicros: null,
        }),
      },
      {
        name: 'hello',
        measure: async (seed) => ({ steps: [], helloMicros: await costOfHello(hello, seconds, seed) }),
      },
    ],
    ({ ours, hello }, number) =>
      say(
        `round ${number}: a refusal ${Math.round(costOfRefusal(ours.steps))} µs, hello ${Math.round(hello.helloMicros ?? 0)} µs`,
      ),
  )
  const samples = measured.map(({ ours: { steps }, hello }) => ({
    steps,
    helloMicros: hello.helloMicros ?? Number.NaN,
  }))
  const atTop = (of: (step: SurgeStep) => number): number[] =>
    samples.map(({ steps }) => of(stepAt(steps, top)))
  return {
    ratios: samples.map(({ steps }) => stepAt(steps, top).p99Ms / stepAt(steps, calm).p99Ms),
    also: [
      {
        comparison: `p99 of a refusal there, of ${refusalMs} ms`,
        ratios: atTop(({ refusalP99Ms }) => refusalP99Ms / refusalMs),
        bound: { atMost: 1 },
      },
      {
        comparison: 'CPU of a refusal vs of a bare workerd hello',
        ratios: samples.map(({ steps, helloMicros }) => costOfRefusal(steps) / helloMicros),
        bound: { atMost: 1.3 },
      },
      {
        comparison: 'ballots that timed out, of those that were answered',
        ratios: atTop(({ answers, accepted, refused }) => (answers['timeout'] ?? 0) / (accepted + refused)),
        bound: null,
      },
    ],
    samples,
    notes: [
      apartNote,
      `The box of B7, ${boxCapacity} ballots a second. Latency counts from the intended time, so that it includes what the generator waits for a connection.`,
      `A refusal’s CPU: the edge’s CPU at ${top}×, less the accepted ballots’ at their price at ${calm}×, divided by the refusals. Hello is asked as often a second, over as many connections.`,
    ],
  }
}

/** CPU microseconds of one refusal at the top step. */
const costOfRefusal = (steps: readonly SurgeStep[]): number => {
  const [quiet, busy] = [stepAt(steps, calm), stepAt(steps, top)]
  const ballotMicros = quiet.cpuMicros / Math.max(1, quiet.accepted)
  return Math.max(0, busy.cpuMicros - busy.accepted * ballotMicros) / Math.max(1, busy.refused)
}

/** CPU microseconds of one hello, at the rate of the top step. */
const costOfHello = async ({ ready, pid }: Peer, seconds: number, seed: number): Promise<number> => {
  const readings: CpuReading[] = []
  const read = () => readings.push(readCpu(pid))
  const { window } = await runLoad(
    {
      origin: ready.origin,
      request: { method: 'GET', path: '/', headers: {}, bodies: [] },
      pace: { kind: 'open', perSecond: boxCapacity * top, seed, maxInFlight: mostInFlight },
      connections,
      warmUpSeconds: 2,
      seconds,
      maxRequests: 10_000_000,
      timeoutMs: 10_000,
      firstNumber: 0,
    },
    { windowOpened: read, windowClosed: read },
  )
  const [before, after] = readings
  const answers = window.answers['200'] ?? 0
  if (before === undefined || after === undefined || answers === 0) throw new Error('Hello was not answered.')
  return cpuMicrosBetween(before, after) / answers
}
