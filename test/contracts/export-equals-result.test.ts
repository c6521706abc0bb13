// An export of a closed poll is its result: cast in boxes, archived in a real Postgres, exported, and counted again from the
// lines, and from the same as CSV. With EDGEPOLL_SOAK=1 a million ballots.

import { finished } from 'node:stream/promises'
import { type Parser, parse } from 'csv-parse'
import { expect, test } from 'vitest'
import { exportBallots } from '../../src/application/export-ballots.ts'
import type { BoxStanding } from '../../src/application/ports.ts'
import { ballotPages } from '../../src/archive/ballot-pages.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Question } from '../../src/domain/poll/poll.ts'
import { resultsOf } from '../../src/domain/tally/results.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { emptyTally, mergeTallies, openCount, type PollTally } from '../../src/domain/tally/tally.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { pause } from '../../src/kernel/pause.ts'
import { exportWriting } from '../../src/representation/export-formats.ts'
import type { ExportedBallot } from '../../src/representation/export-line.ts'
import { aBox, type BoxStand } from '../support/boxes.ts'
import { aDefinition, whereAndWhy } from '../support/polls.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const soak = process.env['EDGEPOLL_SOAK'] === '1'
const signal = new AbortController().signal
const groups = 250

test('an export of a closed poll is what its box has counted', async () => {
  const ballots = 10_000
  const records = ballotRecords(openDatabase(postgres))
  const stand = aBox({ definition: aDefinition({ questions: whereAndWhy, revisions: 'until-close' }) })
  const archiveAll = () => archive(stand, (messages) => records.store(messages, signal))
  for (let from = 0; from < ballots; from += groups) {
    await castGroup(stand, from)
    if ((from / groups) % 10 === 9) await archiveAll() // a statement takes many as fast as few
  }
  const { tally } = await stand.box.freeze(stand.address, stand.definition)
  await archiveAll()
  const standing = () => stand.box.standing(stand.address)
  await isExported(stand.definition, standing, { ballots, tally: { ...tally, erased: 0 } })
}, 120_000)

/** In Postgres as four boxes would have brought them there by now; casting so many would take an hour. */
test('and of many ballots of several boxes what their tallies come to', async () => {
  const ballots = soak ? 1_000_000 : 50_000
  const shards = 4
  const definition = aDefinition({ questions: whereAndWhy, shards })
  const { poll } = definition
  await postgres.query(
    `insert into ballots (poll_id, id, revision, cast_at, answers, country, shard, seq, salt)
     select $1, 'bal_' || left(md5(n::text), 26), 1, timestamptz '2026-01-01' + n * interval '10 milliseconds',
       case when n % 1000 = 999 then null else
         jsonb_build_object('where', array[case when n % 3 = 0 then 'sushi' else 'pizza' end])
         || case when n % 10 = 0 then jsonb_build_object('why', '=because, "' || n || E'"\n') else '{}' end
       end, 'DE', n % $3, 1 + n / $3, case when n % 1000 = 999 then null else md5(n::text) end
     from generate_series(0, $2::integer - 1) as n`,
    [poll.id, ballots, shards],
  )
  const counts = Array.from({ length: shards }, () => openCount(poll.questions, emptyTally(poll.questions)))
  for (let n = 0; n < ballots; n++)
    if (n % 1_000 !== 999)
      counts[n % shards]?.add({
        where: [n % 3 === 0 ? 'sushi' : 'pizza'],
        ...(n % 10 === 0 && { why: 'so' }),
      })
  const counted = counts
    .map((count) => count.close())
    .reduce((one, other) => mergeTallies(poll.questions, one, other))
  const each = { pollId: poll.id, shard: 0, head: '', ballots: 0 }
  const standing = async () => ({ ...each, seq: ballots / shards, archived: ballots / shards })
  await isExported(definition, standing, {
    ballots,
    tally: { ...counted, erased: Math.floor(ballots / 1_000) },
  })
}, 1_200_000)

interface Counted {
  /** Lines that an export must have. */
  readonly ballots: number
  readonly tally: PollTally
}

/** Exports the poll once and counts it anew from the lines, and from the records of the same as CSV. */
const isExported = async (
  definition: CountingDefinition,
  standing: () => Promise<BoxStanding>,
  { ballots, tally }: Counted,
): Promise<void> => {
  const poll = { ...definition.poll, phase: 'closed' as const }
  const exporting = exportBallots({
    pollBook: { find: async () => ({ ...definition, poll }) },
    ballotBoxes: { standing },
    ballotPages: ballotPages(openDatabase(postgres)),
    writeTokens: { written: async () => null },
    pause,
    clock: systemClock,
  })
  const startMs = performance.now()
  const exported = await exporting({ pollId: poll.id, workspaceId: poll.workspaceId }, signal)
  if (!exported.ok) throw new Error(exported.refusal.reason)
  const [fromLines, fromRecords] = [recount(poll.questions), recount(poll.questions)]
  const records = csvReader(fromRecords.add)
  const writing = exportWriting('csv', poll)
  await records.take(writing.head)
  for await (const lines of exported.value.pages) {
    for (const line of lines.split('\n').slice(0, -1)) {
      const { id, answers }: ExportedBallot = JSON.parse(line)
      fromLines.add(answers, id)
    }
    await records.take(writing.part(lines, false))
  }
  await records.end()
  if (soak) console.log(`${ballots} exported, counted twice: ${Math.round(performance.now() - startMs)} ms`)
  const shown = { version: 0, asOf: 0, final: true, runoffs: {} }
  for (const again of [fromLines.close(), fromRecords.close()]) {
    expect(again.ids).toBe(ballots)
    expect(resultsOf(poll, again.tally, shown)).toEqual(resultsOf(poll, tally, shown))
  }
  expect(exported.value.archived).toBe(exported.value.accepted)
}

/** Counts ballots anew, each id once. */
const recount = (questions: readonly Question[]) => {
  const counting = openCount(questions, emptyTally(questions))
  const seen = new Set<string>()
  let erased = 0
  return {
    add: (answers: Answers | null, id: string): void => {
      if (seen.has(id)) throw new Error(`${id} is there twice`)
      seen.add(id)
      if (answers === null) erased++
      else counting.add(answers)
    },
    close: () => ({ ids: seen.size, tally: { ...counting.close(), erased } }),
  }
}

/** Reads records as any program would, and what `whereAndWhy` was answered from their columns; who answered nothing is erased. */
const csvReader = (found: (answers: Answers | null, id: string) => void) => {
  const parser: Parser = parse({ columns: true })
  parser.on('data', ({ ballotId, where, why }: Record<'ballotId' | 'where' | 'why', string>) =>
    found(where === '' ? null : { where: where.split('|'), ...(why !== '' && { why }) }, ballotId),
  )
  return {
    take: (text: string) => new Promise<void>((resolve) => void parser.write(text, () => resolve())),
    end: async () => {
      parser.end()
      await finished(parser)
    },
  }
}

/** A group of voters, some with a text; one in a hundred changes their mind. */
const castGroup = async (stand: BoxStand, from: number): Promise<void> => {
  const votes = Array.from({ length: groups }, (_, at) => from + at)
  const cast = (voter: number, where: string) =>
    stand.cast(`voter-${voter}-0123456789`, {
      where: [where],
      ...(voter % 7 === 0 && { why: `because, "${voter}"\n` }),
    })
  const replies = votes.map((voter) => cast(voter, voter % 3 === 0 ? 'sushi' : 'pizza'))
  await stand.time.advance(5)
  const again = votes.filter((voter) => voter % 100 === 0).map((voter) => cast(voter, 'sushi'))
  await stand.time.advance(5)
  for (const reply of await Promise.all([...replies, ...again])) expect(reply).toMatchObject({ ok: true })
}

/** Everything that the box has not archived yet. */
const archive = async (
  stand: BoxStand,
  store: (messages: BoxStand['queue']['messages']) => Promise<unknown>,
): Promise<void> => {
  const behind = async () => {
    const { seq, archived } = await stand.box.standing(stand.address)
    return archived < seq
  }
  for (let round = 0; round < 50 && (await behind()); round++) {
    await stand.ring()
    const messages = stand.queue.messages.splice(0)
    await store(messages)
    for (const { first, last } of messages) await stand.box.confirm(stand.address, first, last)
  }
}
