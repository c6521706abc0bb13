// An export of a closed poll is its result: cast in boxes, archived in a real Postgres, exported, and counted again from the
// lines. Ten thousand ballots; with EDGEPOLL_SOAK=1 a million.
import { expect, test } from 'vitest'
import { exportBallots } from '../../src/application/export-ballots.ts'
import { ballotPages } from '../../src/archive/ballot-pages.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { resultsOf } from '../../src/domain/tally/results.ts'
import { emptyTally, openCount } from '../../src/domain/tally/tally.ts'
import { pause } from '../../src/kernel/pause.ts'
import type { ExportedBallot } from '../../src/representation/export-line.ts'
import { aBox, type BoxStand } from '../support/boxes.ts'
import { aDefinition, whereAndWhy } from '../support/polls.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const soak = process.env['EDGEPOLL_SOAK'] === '1'
const ballots = soak ? 1_000_000 : 10_000
const groups = 250

test(
  `an export of a closed poll of ${ballots} ballots equals its result`,
  async () => {
    const database = openDatabase(postgres)
    const signal = new AbortController().signal
    const stand = aBox({ definition: aDefinition({ questions: whereAndWhy, revisions: 'until-close' }) })
    for (let from = 0; from < ballots; from += groups) {
      await castGroup(stand, from)
      await archive(stand, (messages) => ballotRecords(database).store(messages, signal))
    }
    const { tally } = await stand.box.freeze(stand.address, stand.definition)
    await archive(stand, (messages) => ballotRecords(database).store(messages, signal))

    const { poll } = stand.definition
    const closed = { ...stand.definition, poll: { ...poll, phase: 'closed' as const } }
    const exporting = exportBallots({
      pollBook: { find: async () => closed },
      ballotBoxes: { standing: async () => stand.box.standing(stand.address) },
      ballotPages: ballotPages(database),
      writeTokens: { written: async () => null },
      pause,
    })
    const exported = await exporting({ pollId: poll.id, workspaceId: poll.workspaceId }, signal)
    if (!exported.ok) throw new Error(exported.refusal.reason)
    const counting = openCount(poll.questions, emptyTally(poll.questions))
    const seen = new Set<string>()
    for await (const lines of exported.value.pages)
      for (const line of lines.split('\n').slice(0, -1)) {
        const { id, answers }: ExportedBallot = JSON.parse(line)
        expect(seen.has(id)).toBe(false)
        seen.add(id)
        if (answers !== null) counting.add(answers)
      }
    const shown = { version: 0, asOf: 0, final: true, runoffs: {} }
    expect(resultsOf(poll, counting.close(), shown)).toEqual({
      ...resultsOf(poll, tally, shown),
      erased: 0,
    })
    expect(seen.size).toBe(ballots)
    expect(exported.value.archived).toBe(exported.value.accepted)
  },
  soak ? 3_600_000 : 120_000,
)

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
