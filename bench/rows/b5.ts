// B5: what writing many ballots in one statement is worth against one statement a ballot, over the same driver.
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { dataFolderAt } from '../../dev/data-folder.ts'
import { readDevFile } from '../../dev/dev-file.ts'
import { type BallotMessage, ballotMessageVersion } from '../../src/application/ballot-message.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { type Database, openDatabase } from '../../src/archive/database.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { ballotIdOf } from '../../src/domain/ballot/ballot-id.ts'
import { measureBallots } from '../measure/ballot-rate.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'

export const b5: Row = {
  id: 'B5',
  comparison: 'archive: ballots/s written by one statement for 1,000 vs by one insert a ballot, same driver',
  atLeast: 8,
  run: async (context) => {
    const folder = join(context.scratch, 'stack')
    const stack = await startBenchStack(folder)
    try {
      const facts = readDevFile(dataFolderAt(folder))
      if (facts === null) throw new Error('The stack does not say where its Postgres is.')
      return await measure(
        context,
        stack,
        openDatabase({ url: facts.databaseUrl, endpoint: facts.databaseEndpoint }),
      )
    } finally {
      await stack.stop()
    }
  },
}

/** As many connections as a Worker may have waiting. */
const writers = 6
const ballotsPerMessage = 100
const messagesPerBatch = 10

/** Of voters at one box, as in B4. */
const voters = 64
/** Up to 5,000 voters fit one box. */
const oneBox = { expectedVoters: 1000 }
/** The archive is to keep up with so many boxes. */
const boxesKeptUpWith = 10

const measure = async (
  { rounds, seconds, say }: RowContext,
  stack: BenchStack,
  database: Database,
): Promise<Measurement> => {
  const records = ballotRecords(database)
  const store = async (messages: readonly BallotMessage[]): Promise<number> =>
    records.store(messages, AbortSignal.timeout(patienceMs))
  const newMessages = messageMaker()
  const samples = await interleave(
    rounds,
    [
      { name: 'batch', measure: () => rowsPerSecond(seconds, () => store(newMessages(messagesPerBatch))) },
      { name: 'message', measure: () => rowsPerSecond(seconds, () => store(newMessages(1))) },
      { name: 'insert', measure: () => rowsPerSecond(seconds, () => insertOne(database, newMessages(1, 1))) },
      { name: 'box', measure: () => ballotsPerSecond(stack, seconds) },
    ],
    ({ batch, message, insert, box }, number) =>
      say(
        `round ${number}: ${Math.round(batch)} rows/s in batches, ${Math.round(message)} a message at a time, ${Math.round(insert)} one by one; a box takes ${Math.round(box)} ballots/s`,
      ),
  )
  return {
    ratios: samples.map(({ batch, insert }) => batch / insert),
    also: [
      {
        comparison: 'the same by one statement for 100 ballots, a message alone',
        ratios: samples.map(({ message, insert }) => message / insert),
        bound: null,
      },
      {
        comparison: `archived rows/s in batches vs ${boxesKeptUpWith} times the ballots/s that one box takes through the whole stack`,
        ratios: samples.map(({ batch, box }) => batch / (boxesKeptUpWith * box)),
        bound: { atLeast: 1 },
      },
    ],
    samples,
    notes: [
      `A batch is ${messagesPerBatch} messages of ${ballotsPerMessage} ballots, what the queue hands over a second at 1,000 ballots/s; written by the archive’s own statement (tombstones, revisions).`,
      'The twin inserts the same row by one plain `insert … on conflict do nothing`, without the tombstone check of ours.',
      `Both go through drizzle and Neon’s HTTP driver to the local gateway, ${writers} statements under way at a time; a real Neon is further away, which only the twin pays a thousand times.`,
      'Ballots have one question, a country of five and a workspace without webhooks: rollups and usage are counted, nobody is told.',
      `The box is a poll of one, ${voters} voters at a time over HTTP, each ballot deduplicated, stored, receipted and archived; the next side waits until the stack has come to rest.`,
      'The batches come from a process of Node and not from the queue, while nothing else runs; the box shares the two cores with the load, the edge and its own archiving.',
    ],
  }
}

const ballotsPerSecond = async (stack: BenchStack, seconds: number): Promise<number> => {
  const pollId = await stack.makePoll(oneBox)
  const sample = await measureBallots(stack, { pollId, seconds, concurrency: voters })
  return sample.ballotsPerSecond
}

const rowsPerSecond = async (seconds: number, write: () => Promise<number>): Promise<number> => {
  const startMs = performance.now()
  const untilMs = startMs + seconds * 1000
  let rows = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() < untilMs) {
        const written = await write() // apart: `rows += await` would add to what was there before the wait
        rows += written
      }
    }),
  )
  return (rows * 1000) / (performance.now() - startMs)
}

const insertOne = async (database: Database, [message]: readonly BallotMessage[]): Promise<number> => {
  const [ballot] = message?.ballots ?? []
  if (message === undefined || ballot === undefined) throw new Error('There is no ballot to insert.')
  const { rowCount } = await database.run(
    (postgres) =>
      postgres.execute(sql`
        insert into ballots (poll_id, id, revision, cast_at, answers, country, shard, seq, salt)
        values (${message.pollId}, ${ballot.id}, ${ballot.revision}, ${new Date(ballot.castAt).toISOString()},
          ${JSON.stringify(ballot.answers)}, ${ballot.country}, ${ballot.shard}, ${ballot.seq}, ${ballot.salt})
        on conflict do nothing`),
    AbortSignal.timeout(patienceMs),
  )
  return rowCount
}

/** Messages as boxes send them, of ballots that nobody has stored yet; eight polls in turn. */
const messageMaker = () => {
  const secret = new Uint8Array(32).fill(7)
  let seq = 0
  let made = 0
  return (messages: number, size = ballotsPerMessage): readonly BallotMessage[] =>
    Array.from({ length: messages }, () => {
      const first = seq + 1
      const ballots = Array.from({ length: size }, (): ArchivedBallot => {
        seq += 1
        return {
          id: ballotIdOf(secret, 0, seq),
          revision: 1,
          castAt: Date.now(),
          answers: { q: [seq % 2 === 0 ? 'a' : 'b'] },
          country: countries[seq % countries.length] ?? null,
          shard: 0,
          seq,
          salt: 'ab'.repeat(16),
        }
      })
      const pollId = `poll_bench_${made++ % 8}`
      const of = { pollId, workspaceId: 'ws_bench', rankings: [], shard: 0 }
      return { v: ballotMessageVersion, id: `${pollId}:0:${first}`, ...of, first, last: seq, ballots }
    })
}

const countries = ['DE', 'FR', 'BR', 'IN', 'US'] as const

const patienceMs = 30_000
