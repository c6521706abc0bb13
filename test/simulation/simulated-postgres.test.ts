// The simulated Postgres and a real one, told the same things in the same order, hold and answer the same.
import { describe, expect, test } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { ballotPages } from '../../src/archive/ballot-pages.ts'
import { ballotReader } from '../../src/archive/ballot-reader.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { type Database, openDatabase } from '../../src/archive/database.ts'
import { deadLetters } from '../../src/archive/dead-letters.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import type { ExportedBallot } from '../../src/representation/export-line.ts'
import type { RowsOf } from '../support/ballot-pages.ts'
import { ownedPollOf } from '../support/owned.ts'
import { aPoll } from '../support/polls.ts'
import { withPostgres } from '../support/postgres.ts'
import { type Chance, chanceOf } from '../support/simulated/chance.ts'
import { chaosOf } from '../support/simulated/chaos.ts'
import { postgresOf } from '../support/simulated/postgres.ts'
import { type Schedule, scheduleFrom } from '../support/simulated/schedule.ts'

const postgres = withPostgres()
const noon = Date.UTC(2026, 10, 24, 12)

const real = () => {
  const database = openDatabase({ url: postgres.url, endpoint: postgres.endpoint })
  return {
    ballotRecords: ballotRecords(database),
    pollRecords: pollRecords(database),
    ballotReader: { ...ballotReader(database), page: rowsOf(database) },
    deadLetters: deadLetters(database),
  }
}

const simulated = () => {
  const schedule = scheduleFrom(noon)
  const chance = chanceOf('postgres')
  const chaos = chaosOf({ chance, schedule, share: 0, spreadMs: 0 })
  return { schedule, parts: postgresOf({ schedule, chance, chaos }) }
}

/** Every column of the rows, as the lines of an export have them. */
const rowsOf =
  (database: Database): RowsOf =>
  async (pollId, after, limit, signal) => {
    const { lines } = await ballotPages(database).lines(
      await ownedPollOf(pollId),
      { after, rows: limit, bytes: 1e9 },
      signal,
    )
    return lines
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const { erased: _erased, castAt, ...ballot }: ExportedBallot = JSON.parse(line)
        return { ...ballot, castAt: Date.parse(castAt) }
      })
  }

type Parts = ReturnType<typeof real>
type Step = (parts: Parts, signal: AbortSignal) => Promise<unknown>

describe('the same steps', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'give the same answers, seed %i',
    async (seed) => {
      const steps = someSteps(chanceOf(`steps ${seed}`), seed)
      const one = real()
      const other = simulated()
      for (const step of steps) {
        const expected = await step(one, AbortSignal.timeout(20_000))
        expect(await virtually(other.schedule, step(other.parts, new AbortController().signal))).toEqual(
          expected,
        )
      }
    },
    60_000,
  )
})

/** Lets the simulated statement take its time. */
const virtually = async (schedule: Schedule, answer: Promise<unknown>): Promise<unknown> => {
  await schedule.runUntil(schedule.now + 1_000)
  return answer
}

/** Ballots of three polls in every order, polls that live and die, letters; after each step, everything is read. */
const someSteps = (chance: Chance, seed: number): readonly Step[] => {
  const polls = ['a', 'b', 'c'].map((name) => `poll_${seed}${name}`)
  const writes = Array.from({ length: 40 }, (): Step => {
    const pollId = chance.pick(polls)
    const fate = chance.fraction()
    if (fate < 0.6) {
      const messages = Array.from({ length: 1 + chance.below(3) }, () =>
        someMessage(chance, chance.pick(polls)),
      )
      return ({ ballotRecords }, signal) => ballotRecords.store(messages, signal)
    }
    if (fate < 0.85) {
      const poll = somePoll(chance, pollId)
      return ({ pollRecords }, signal) => pollRecords.record(poll, signal)
    }
    if (fate < 0.95) {
      const letters = Array.from({ length: 2 }, () => ({
        id: `letter ${seed} ${chance.below(4)}`,
        body: chance.fraction() < 0.3 ? { at: chance.below(10) } : someMessage(chance, pollId),
        diedAt: noon + chance.below(5),
      }))
      return ({ deadLetters }, signal) => deadLetters.keep(letters.slice(0, 1), signal)
    }
    return ({ pollRecords }, signal) =>
      pollRecords.remove({ pollId, workspaceId: 'ws_test', deletedAt: noon }, signal)
  })
  const reads = polls.flatMap((pollId): Step[] => [
    ({ ballotReader }, signal) => ballotReader.page(pollId, null, 100, signal),
    ({ ballotReader }, signal) => ballotReader.page(pollId, 'bal_2', 2, signal),
    ({ ballotReader }, signal) => ballotReader.audit(pollId, signal),
  ])
  const idsHere: Step = async ({ ballotReader }, signal) =>
    (await ballotReader.pollIds(null, 1_000, signal)).filter((id) => polls.includes(id))
  const lettersHere: Step = async ({ deadLetters }, signal) =>
    (await deadLetters.oldest(1_000, signal)).filter(({ id }) => id.startsWith(`letter ${seed} `))
  return writes.flatMap((write, at) => (at % 5 === 4 ? [write, ...reads, idsHere, lettersHere] : [write]))
}

const someMessage = (chance: Chance, pollId: string): BallotMessage => {
  const ballots = Array.from({ length: 1 + chance.below(4) }, () => someBallot(chance))
  const first = ballots[0]?.seq ?? 1
  return { v: 1, id: `${pollId}:0:${first}`, pollId, shard: 0, first, last: first, ballots }
}

/** Revisions of a ballot are what they are, however often they are sent. */
const someBallot = (chance: Chance): ArchivedBallot => {
  const number = chance.below(6)
  const revision = 1 + chance.below(4)
  const erased = revision === 4
  return {
    id: `bal_${number}`,
    revision,
    castAt: noon + 1_000 * revision + number,
    answers: erased
      ? null
      : { why: `words ${number} ${revision}`, where: ['o1'], nps: revision, order: ['b', 'a'] },
    country: erased ? null : 'DE',
    shard: number % 2,
    seq: 10 * revision + number,
    salt: erased ? null : 'ab'.repeat(16),
  }
}

const somePoll = (chance: Chance, id: string): Poll =>
  aPoll({
    id,
    version: 1 + chance.below(4),
    phase: chance.pick(['draft', 'open', 'closing', 'closed']),
    archived: chance.happens(0.3),
  })
