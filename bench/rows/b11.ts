// B11: what voters notice of a Redis, a Postgres or a queue consumer that says nothing for half a minute, and what is lost.
import { join } from 'node:path'
import {
  type Dependency,
  type StallableStack,
  startStallableStack,
} from '../drivers/gated-archive/stallable-stack.ts'
import { acceptedIn } from '../load/answer-class.ts'
import { archivedRows } from '../measure/archived-rows.ts'
import { kept, offerBallots, shownOffer } from '../measure/offered-ballots.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { makePoll } from '../stack.ts'

export const b11: Row = {
  id: 'B11',
  comparison:
    'p99 of ballots while Redis, Postgres or the queue consumer is stalled vs healthy: the worst of the three',
  atMost: 2,
  run: async ({ scratch, ...context }) => {
    const stack = await startStallableStack(join(scratch, 'stack'))
    try {
      return await measure(context, stack)
    } finally {
      await stack.stop()
    }
  },
}

const dependencies = ['Redis', 'Postgres', 'the queue consumer'] as const
const perSecond = 100
/** With the usual 3 s a side, a stall is half a minute. */
const stallsPerSide = 10
const mostRounds = 3
const warmUpSeconds = 3

type Side = 'healthy' | Dependency

const measure = async (
  { rounds, seconds, say }: Omit<RowContext, 'scratch'>,
  { stack, wires }: StallableStack,
): Promise<Measurement> => {
  const stallSeconds = seconds * stallsPerSide
  const side = (name: Side) => ({
    name,
    measure: async (seed: number) => {
      const pollId = await makePoll(stack)
      const wire = name === 'healthy' ? null : wires[name]
      wire?.impose({ stalled: true })
      const offer = { origin: stack.url, pid: process.pid, pollId, perSecond, seconds: stallSeconds, seed }
      const sample = await offerBallots(offer)
      const met = wire?.fired().stall ?? 0
      wire?.heal()
      say(`${name}: ${shownOffer(sample)}`)
      const accepted = acceptedIn(sample.report.answers)
      const archived = await archivedRows(stack.databaseUrl, pollId, {
        wanted: accepted,
        timeoutMs: patienceMs,
      })
      const lost = Math.max(0, accepted - archived)
      return {
        ...kept(sample),
        lost,
        sent: sample.report.sent,
        notAccepted: sample.report.sent - accepted,
        met,
      }
    },
  })
  // A stack's first ballots pay for its start, whoever comes first.
  const first = { origin: stack.url, pid: process.pid, perSecond, seconds: warmUpSeconds, seed: 0 }
  await offerBallots({ ...first, pollId: await makePoll(stack) })
  const samples = await interleave(Math.min(rounds, mostRounds), [
    side('healthy'),
    ...dependencies.map((name) => side(name)),
  ])
  const ratio = (round: (typeof samples)[number], name: Side): number =>
    round[name].p99Ms / round.healthy.p99Ms
  const all: readonly Side[] = ['healthy', ...dependencies]
  return {
    ratios: samples.map((round) => Math.max(...dependencies.map((name) => ratio(round, name)))),
    also: [
      ...dependencies.map((name) => ({
        comparison: `p99 while ${name} is stalled`,
        ratios: samples.map((round) => ratio(round, name)),
        bound: { atMost: 2 },
      })),
      {
        comparison: 'accepted ballots that the archive did not have afterwards',
        ratios: samples.map((round) => all.reduce((sum, name) => sum + round[name].lost, 0)),
        bound: { atMost: 0 },
      },
      {
        comparison: 'ballots that were not accepted, of those sent',
        ratios: samples.map(
          (round) =>
            all.reduce((sum, name) => sum + round[name].notAccepted, 0) /
            all.reduce((sum, name) => sum + round[name].sent, 0),
        ),
        bound: { atMost: 0 },
      },
    ],
    samples,
    notes: [
      `${perSecond} ballots a second for ${stallSeconds} s, healthy and with one wire stalled all the while: a TCP proxy before the Neon gateway, before the Upstash gateway, and before what the queue’s consumer asks before each batch. Connections stay open, nothing passes, nothing is refused.`,
      'Then the stall ends, and every accepted ballot must be in Postgres within three minutes.',
    ],
  }
}

const patienceMs = 180_000
