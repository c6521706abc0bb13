// B9: that a crowd of readers is one reader to the scoreboard: how often each edge asks it while a thousand read.
import { join } from 'node:path'
import { startWrappedStack, type WrappedStack } from '../drivers/wrapped-stack/wrapped-stack.ts'
import type { LoadReport } from '../load/plan.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { spreadOf } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'

export const b9: Row = {
  id: 'B9',
  comparison: 'reads of the origin per TTL and edge, of one: 1,000 readers on a cold poll, 4 edge processes',
  atMost: 2,
  run: async (context) => {
    const stack = await startWrappedStack(join(context.scratch, 'stack'), edges)
    try {
      return await measure(context, stack)
    } finally {
      await stack.stop()
    }
  },
}

const edges = 4
const readers = 1_000
/** For how long results are fresh (src/runtime/remember.ts). */
const ttlMs = 1_000

interface Sample {
  /** Of the edge that asked most: reads of the origin a TTL, over the whole time. */
  readonly perTtl: number
  /** The most reads of the origin that any edge made in its first TTL, when it knew nothing. */
  readonly whenCold: number
  /** By edge, how many there were in all. */
  readonly asked: readonly number[]
  readonly reads: number
}

const measure = async ({ rounds, seconds, say }: RowContext, stack: WrappedStack): Promise<Measurement> => {
  const samples: Sample[] = []
  for (let round = 1; round <= rounds; round++) {
    const sample = await measureRound(stack, seconds)
    samples.push(sample)
    say(
      `round ${round}: edges asked ${sample.asked.join(', ')} times for ${sample.reads} reads; ` +
        `at most ${sample.perTtl.toFixed(2)} a TTL, ${sample.whenCold} in the first`,
    )
  }
  return {
    ratios: samples.map(({ perTtl }) => perTtl),
    also: [
      {
        comparison: 'the same in the first TTL, when no edge knows the poll’s results: the most of any edge',
        ratios: samples.map(({ whenCold }) => whenCold),
        bound: { atMost: 2 },
      },
    ],
    samples,
    notes: [
      `${readers / edges} readers on each of ${edges} edge processes read the results of a poll made a moment before, each again as soon as it is answered; ` +
        `a median of ${Math.round(spreadOf(samples.map(({ reads }) => reads)).median)} reads a round.`,
      'Counted where the edge calls the scoreboard (`snapshot`), by a wrapper around the edge Worker; the header `Cache-Status` would miss what is fetched behind a reader’s back.',
      'The number is of the edge that asked most, a second: results are fresh for 0.9 to 1 s, so that 1.0 to 1.1 is one read a TTL.',
      'One isolate an edge process, as local workerd has; a location of the platform has several, which share its cache.',
    ],
  }
}

const measureRound = async (stack: WrappedStack, seconds: number): Promise<Sample> => {
  const pollId = await stack.makePoll()
  for (const edge of stack.facts.edges) await stack.snapshotsAsked(edge) // from now on
  const reports = await Promise.all(
    stack.facts.edges.map((origin) =>
      runLoad(
        closedLoop({
          origin,
          seconds,
          connections: readers / edges,
          warmUpSeconds: 0, // cold is what is measured
          request: { method: 'GET', path: `/v1/polls/${pollId}/results`, headers: {}, bodies: [] },
        }),
      ),
    ),
  )
  for (const report of reports) requireAllAnswered(report)
  const asked = await Promise.all(stack.facts.edges.map((edge) => stack.snapshotsAsked(edge)))
  if (asked.some((times) => times.length === 0)) throw new Error('An edge answered without ever asking.')
  return {
    perTtl: Math.max(...asked.map(perTtlOf)),
    whenCold: Math.max(
      ...asked.map((times) => times.filter((at) => at < (times[0] ?? 0) + firstTtlMs).length),
    ),
    asked: asked.map((times) => times.length),
    reads: reports.reduce((sum, { sent }) => sum + sent, 0),
  }
}

/** From the first time it asked to a TTL after the last. */
const perTtlOf = (times: readonly number[]): number =>
  times.length / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / ttlMs + 1)

/** What is asked again after the shortest time that results are fresh is asked in the next TTL. */
const firstTtlMs = 0.9 * ttlMs

const requireAllAnswered = ({ answers, sent }: LoadReport): void => {
  if ((answers['200'] ?? 0) !== sent)
    throw new Error(`Not every read was answered: ${JSON.stringify(answers)}`)
}
