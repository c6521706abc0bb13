// B6: ballots against the counter that most systems keep: one row, updated for every vote.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureBallots } from '../measure/ballot-rate.ts'
import type { HotRowReport } from '../peers/hot-row/process.ts'
import { type Peer, spawnPeer } from '../peers/spawn-peer.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b6: Row = {
  id: 'B6',
  comparison: 'durable ballots/s vs `update counter set n = n + 1` on one row, 32 clients each',
  atLeast: 5,
  run: (context) =>
    withServers(
      [
        () => startBenchStack(join(context.scratch, 'ours')),
        () =>
          spawnPeer(fileURLToPath(import.meta.resolve('../peers/hot-row/process.ts')), [
            join(context.scratch, 'peer'),
            String(clients),
          ]),
      ],
      ([ours, peer]) => measure(context, ours, peer),
    ),
}

const clients = 32

const measure = async (
  { rounds, seconds, say }: RowContext,
  ours: BenchStack,
  peer: Peer,
): Promise<Measurement> => {
  const samples = await interleave(
    rounds,
    [
      {
        name: 'ballots',
        measure: async () => {
          const pollId = await ours.makePoll()
          return (await measureBallots(ours, { pollId, seconds, concurrency: clients })).ballotsPerSecond
        },
      },
      { name: 'updates', measure: () => updatesPerSecond(peer, seconds) },
    ],
    ({ ballots, updates }, number) =>
      say(`round ${number}: ${Math.round(ballots)} ballots/s; ${Math.round(updates)} updates/s`),
  )
  return {
    ratios: samples.map(({ ballots, updates }) => ballots / updates),
    also: [],
    samples,
    notes: [
      `Ours: ${clients} voters at a time over HTTP through the whole stack, each ballot deduplicated, stored, receipted and later archived.`,
      `The peer: ${clients} clients on ${clients} Postgres connections without HTTP, a prepared update of one row, nothing else: no voter, no ballot. Postgres’ defaults (fsync, synchronous_commit).`,
    ],
  }
}

const updatesPerSecond = async ({ ready }: Peer, seconds: number): Promise<number> => {
  const response = await fetch(`${ready.origin}/count?seconds=${seconds}`, { method: 'POST' })
  if (!response.ok) throw new Error(`The peer failed: ${response.status} ${await response.text()}`)
  const report = (await response.json()) as HotRowReport // the peer's answer
  return report.votes / report.seconds
}
