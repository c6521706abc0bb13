// B4: our whole vote path against the leanest conventional one, at the same concurrency and on the same machine.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BallotSample, measureBallots } from '../measure/ballot-rate.ts'
import { type Peer, spawnPeer } from '../peers/spawn-peer.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b4: Row = {
  id: 'B4',
  comparison: 'durable ballots/s vs Fastify + Postgres insert with a unique voter index, same concurrency',
  atLeast: 1,
  run: (context) =>
    withServers(
      [() => startBenchStack(join(context.scratch, 'ours')), () => startPeer(join(context.scratch, 'peer'))],
      ([ours, peer]) => measure(context, ours, peer),
    ),
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
  ours: BenchStack,
  peer: Peer,
): Promise<Measurement> => {
  const cast = async (side: 'ours' | 'peer', round: number): Promise<BallotSample> => {
    const server = side === 'ours' ? ours : { origin: peer.ready.origin, pid: peer.pid }
    // Without expectedVoters a poll of ours has four shards.
    const pollId = side === 'ours' ? await ours.makePoll() : `poll_of_the_peer_in_round_${round}`
    return measureBallots(server, { pollId, seconds, concurrency })
  }
  const samples = await interleave(
    rounds,
    [
      { name: 'ours', measure: (round) => cast('ours', round) },
      { name: 'peer', measure: (round) => cast('peer', round) },
    ],
    (round, number) => say(`round ${number}: ours ${shown(round.ours)}; peer ${shown(round.peer)}`),
  )
  const ratiosOf = (of: (sample: BallotSample) => number): number[] =>
    samples.map(({ ours, peer }) => of(ours) / of(peer))
  return {
    ratios: ratiosOf(({ ballotsPerSecond }) => ballotsPerSecond),
    also: [
      { comparison: 'CPU per ballot', ratios: ratiosOf((sample) => sample.cpuMicrosPerBallot), bound: null },
      { comparison: 'p99 at that load', ratios: ratiosOf(({ p99Ms }) => p99Ms), bound: null },
    ],
    samples,
    notes: [
      `${concurrency} keep-alive connections from a process beside, each sending the next ballot when the last is answered.`,
      'Ours is the whole stack: edge, four boxes, receipts, scoreboard, queue, archive and its own Postgres.',
      'The peer does one thing: it checks a minimal schema and inserts one row, prepared, into a table whose only ' +
        `index is the unique one of poll and voter, over ${peerConnections} connections, at Postgres’ defaults (fsync, synchronous_commit).`,
      'CPU counts a side’s whole process tree until it has come to rest: ours includes archiving every ballot.',
    ],
  }
}

const shown = ({ ballotsPerSecond, cpuMicrosPerBallot, p99Ms }: BallotSample): string =>
  `${Math.round(ballotsPerSecond)}/s, ${Math.round(cpuMicrosPerBallot)} µs CPU, p99 ${p99Ms.toFixed(1)} ms`
