// B4: our whole vote path against the leanest conventional one, at the same concurrency and on the same machine.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BallotSample, measureBallots } from '../measure/ballot-rate.ts'
import { type Peer, spawnPeer } from '../peers/spawn-peer.ts'
import { interleave, type Round } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { startBenchStack } from '../stack.ts'

export const b4: Row = {
  id: 'B4',
  comparison: 'durable ballots/s vs Fastify + Postgres insert with a unique voter index, same concurrency',
  atLeast: 1,
  run: async (context) => {
    const ours = await startBenchStack(join(context.scratch, 'ours'))
    try {
      const peer = await startPeer(join(context.scratch, 'peer'))
      try {
        return await measure(context, ours, peer)
      } finally {
        await peer.stop()
      }
    } finally {
      await ours.stop()
    }
  },
}

const concurrency = 64
/** Tried 10, 32 and 64: with this the peer is fastest, and the peer gets its best. */
const peerConnections = 32

const startPeer = (folder: string): Promise<Peer> => {
  mkdirSync(folder)
  const module = fileURLToPath(import.meta.resolve('../peers/fastify-postgres/process.ts'))
  return spawnPeer(module, [folder, String(peerConnections)])
}

const measure = async (
  { rounds, seconds, say }: RowContext,
  ours: Awaited<ReturnType<typeof startBenchStack>>,
  peer: Peer,
): Promise<Measurement> => {
  const theirs = { origin: peer.ready.origin, pid: peer.pid }
  const samples = await interleave(
    rounds,
    [
      {
        name: 'ours',
        measure: async () =>
          measureBallots(ours, { pollId: await ours.makePoll(fourShards), seconds, concurrency }),
      },
      {
        name: 'peer',
        measure: (round) =>
          measureBallots(theirs, { pollId: `poll_bench_round_${round}`, seconds, concurrency }),
      },
    ],
    (round, number) => say(`round ${number}: ${shown('ours', round.ours)}; ${shown('peer', round.peer)}`),
  )
  const ratios = (of: (sample: BallotSample) => number): number[] =>
    samples.map(({ ours, peer }: Round<'ours' | 'peer', BallotSample>) => of(ours) / of(peer))
  return {
    ratios: ratios(({ ballotsPerSecond }) => ballotsPerSecond),
    also: [
      {
        comparison: 'CPU per durable ballot',
        ratios: ratios((sample) => sample.cpuMicrosPerBallot),
        bound: null,
      },
      { comparison: 'p99 at that load', ratios: ratios(({ p99Ms }) => p99Ms), bound: null },
    ],
    samples,
    notes: [
      `${concurrency} keep-alive connections, each sending the next ballot when the last is answered, from a process beside.`,
      'Ours is the whole stack: edge, boxes (four shards), receipts, scoreboard, queue, archive and its own Postgres.',
      `The peer does one thing: it validates a minimal schema and inserts one row into a table whose only index is the` +
        ` unique one of poll and voter, prepared, over ${peerConnections} connections, with Postgres’ defaults (fsync, synchronous_commit).`,
      'CPU counts the whole process tree of a side until it has come to rest: ours includes archiving every ballot.',
    ],
  }
}

/** Without `expectedVoters` a poll has four shards. */
const fourShards = {}

const shown = (name: string, { ballotsPerSecond, cpuMicrosPerBallot, p99Ms }: BallotSample): string =>
  `${name} ${Math.round(ballotsPerSecond)}/s at ${Math.round(cpuMicrosPerBallot)} µs CPU, p99 ${p99Ms.toFixed(1)} ms`
