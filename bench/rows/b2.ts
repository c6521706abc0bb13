// B2: what a read of results costs beside the conventional stack: Fastify in front of Redis.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasRedisServer } from '../../dev/redis.ts'
import { type ResultsToRead, resultsToRead } from '../drivers/results-to-read.ts'
import { measureReads, type ReadSample, type ReadSide, shownRead } from '../measure/read-cost.ts'
import { spawnPeer } from '../peers/spawn-peer.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b2: Row = {
  id: 'B2',
  comparison: 'CPU of a cached results read vs of Fastify + Redis reading the same',
  atMost: 1,
  run: (context) => {
    if (!hasRedisServer())
      throw new Error(
        'B2 compares with a real Redis, and redis-server is not on PATH: install it, then measure again.',
      )
    const folder = join(context.scratch, 'stack')
    const startPeer = () =>
      spawnPeer(fileURLToPath(import.meta.resolve('../peers/fastify-redis/process.ts')), [
        join(context.scratch, 'peer'),
      ])
    return withServers([() => startBenchStack(folder), startPeer], async ([stack, peer]) => {
      const ours = await resultsToRead(stack, folder)
      const kept = await fetch(`${peer.ready.origin}${ours.whole.path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: ours.body,
      })
      if (!kept.ok) throw new Error(`The peer did not keep the results: ${kept.status}`)
      const theirs: ReadSide = { ...ours.whole, origin: peer.ready.origin, pid: peer.pid }
      return measure(context, ours, theirs)
    })
  },
}

const perSecond = 1_000

const measure = async (
  { rounds, seconds, say }: RowContext,
  { whole }: ResultsToRead,
  theirs: ReadSide,
): Promise<Measurement> => {
  const read = (side: ReadSide) => (round: number) => measureReads(side, { seconds, perSecond, seed: round })
  const samples = await interleave(
    rounds,
    [
      { name: 'ours', measure: read(whole) },
      { name: 'peer', measure: read(theirs) },
    ],
    ({ ours, peer }, number) => say(`round ${number}: ours ${shownRead(ours)}; peer ${shownRead(peer)}`),
  )
  const ratiosOf = (of: (sample: ReadSample) => number): number[] =>
    samples.map(({ ours, peer }) => of(ours) / of(peer))
  return {
    ratios: ratiosOf(({ cpuMicrosPerRead }) => cpuMicrosPerRead),
    also: [{ comparison: 'p99 at that rate', ratios: ratiosOf(({ p99Ms }) => p99Ms), bound: null }],
    samples,
    notes: [
      `Both get ${perSecond.toLocaleString('en')} reads a second (Poisson arrivals) from a process beside; the CPU of the window by /proc, divided by its answers.`,
      'Ours is the whole API: negotiation, who may see the results, validators, cache headers. The peer asks Redis for a text and sends it; it pipelines what comes together.',
      'The peer’s CPU is of its Node and its redis-server together, ours of workerd and the Node that started it.',
    ],
  }
}
