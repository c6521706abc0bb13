// Defects planted on purpose, each in place of one real part: the checker must see every one of them.
import type { BallotRecords, TallyReport } from '../../src/application/ports.ts'
import { Box } from '../../src/ballot-box/box.ts'
import type { BoxNeeds } from '../../src/ballot-box/needs.ts'
import type { BallotBoxRpc } from '../../src/ballot-box/protocol.ts'
import type { Question } from '../../src/domain/poll/poll.ts'
import { emptyTally, mergeTallies, type PollTally } from '../../src/domain/tally/tally.ts'
import type { ObjectStorage } from '../../src/kernel/object-storage.ts'
import { Board, type BoardNeeds } from '../../src/scoreboard/board.ts'
import type { Fault } from '../support/simulated/faults.ts'
import type { Tables } from '../support/simulated/postgres.ts'
import type { Parts } from './world/ground.ts'

export interface Defect {
  readonly parts: Partial<Parts>
  /** Invariants that it breaks; one of them must be found broken. */
  readonly breaks: readonly `${number}`[]
  /** Faults without which it would not show. */
  readonly needs?: readonly Fault[]
}

export const defects = {
  'no dedupe': { parts: { makeBox: (needs) => new Box(withStorage(needs, forgetful)) }, breaks: ['5', '9'] },
  'an answer before the write': {
    parts: { objectsHoldAnswers: false },
    breaks: ['1'],
    needs: ['box-aborted-before-durable'],
  },
  'deltas in the scoreboard': {
    parts: {
      makeBox: (needs) => new Box(tellingDeltas(needs)),
      makeBoard: (needs) => new AddingBoard(needs),
    },
    breaks: ['6'],
    needs: ['report-reply-lost'],
  },
  'deltas in the consumer': {
    parts: { ballotRecords: (_records, tables) => addingRows(tables) },
    breaks: ['1'],
  },
  'a cursor moved on send': { parts: { makeBox: confirmingItself }, breaks: ['1'] },
  'events of what comes, not of what is new': {
    parts: { ballotRecords: (records, tables) => tellingAll(records, tables) },
    breaks: ['11'],
  },
  'an erasure as a delete': {
    parts: { ballotRecords: (records, tables) => deleting(records, tables) },
    breaks: ['6'],
  },
  'a board that takes a lower version': {
    parts: { makeBoard: (needs) => new LastWordBoard(needs) },
    breaks: ['6', '10', '12'],
    needs: ['report-request-late'],
  },
  'a box that takes ballots after its freeze': {
    parts: { makeBox: (needs) => new ThawedBox(needs) },
    breaks: ['10'],
  },
} satisfies Readonly<Record<string, Defect>>

const withStorage = (needs: BoxNeeds, change: (storage: ObjectStorage) => ObjectStorage): BoxNeeds => ({
  ...needs,
  storage: change(needs.storage),
})

/** Finds no ballot, whoever asks. */
const forgetful = (storage: ObjectStorage): ObjectStorage => ({
  ...storage,
  all: (sql, ...values) => {
    if (/ from ballot where voter_key = \? and ballot_key/.test(sql)) return []
    return /count\(\*\) as ballots/.test(sql) ? [] : storage.all(sql, ...values)
  },
})

/** Tells the board what has come since it last answered. */
const tellingDeltas = (needs: BoxNeeds): BoxNeeds => {
  let told: PollTally | null = null
  return {
    ...needs,
    board: {
      join: needs.board.join,
      report: async (report) => {
        const answer = await needs.board.report({
          ...report,
          tally: told ? less(report.tally, told) : report.tally,
        })
        told = report.tally
        return answer
      },
    },
  }
}

/** Adds what it is told to what it has. */
class AddingBoard extends Board {
  readonly #storage: ObjectStorage
  readonly #sums = new Map<number, PollTally>()

  constructor(needs: BoardNeeds) {
    super(needs)
    this.#storage = needs.storage
  }

  override async report(report: TallyReport): ReturnType<Board['report']> {
    const definition = await this.definition()
    if (definition === null) return super.report(report)
    const [row] = this.#storage.all<{ tally: string | null }>(
      'select tally from shard where shard = ?',
      report.shard,
    )
    const kept: PollTally | null = row?.tally == null ? null : JSON.parse(row.tally)
    const held = this.#sums.get(report.shard) ?? kept ?? emptyTally(definition.poll.questions)
    const tally = mergeTallies(definition.poll.questions, held, report.tally)
    this.#sums.set(report.shard, tally)
    return super.report({ ...report, tally })
  }
}

const less = (tally: PollTally, other: PollTally): PollTally => ({
  ballots: tally.ballots - other.ballots,
  erased: tally.erased - other.erased,
  questions: Object.fromEntries(
    Object.entries(tally.questions).map(([id, { ballots, counts }]) => [
      id,
      {
        ballots: ballots - (other.questions[id as Question['id']]?.ballots ?? 0),
        counts: counts.map((count, at) => count - (other.questions[id]?.counts[at] ?? 0)),
      },
    ]),
  ),
})

/** A row for every event that comes, however often it comes. */
const addingRows = (tables: Tables): BallotRecords => ({
  store: async (messages) => {
    for (const { pollId, ballots } of messages) {
      if (tables.deletedPolls.has(pollId)) continue
      const rows = tables.ballots.get(pollId) ?? []
      tables.ballots.set(pollId, [...rows, ...ballots])
    }
    return messages.length
  },
})

/** Tells webhooks of whatever a message brings, as a consumer would that did not ask Postgres what is new. */
const tellingAll = (records: BallotRecords, tables: Tables): BallotRecords => ({
  store: async (messages, signal) => {
    const written = await records.store(messages, signal)
    for (const { pollId, workspaceId = '', ballots } of messages) {
      const cast = ballots.filter(({ answers }) => answers !== null)
      tables.webhooks.tellBallots(workspaceId, pollId, cast, Date.now())
    }
    return written
  },
})

/** Takes for archived what the queue has taken. */
function confirmingItself(needs: BoxNeeds): Box {
  const box: Box = new Box({
    ...needs,
    send: async (messages) => {
      await needs.send(messages)
      for (const { pollId, shard, first, last } of messages) await box.confirm({ pollId, shard }, first, last)
    },
  })
  return box
}

/** Erases rows where it should empty them: an older message that comes late brings them back. */
const deleting = (records: BallotRecords, tables: Tables): BallotRecords => ({
  store: async (messages, signal) => {
    const written = await records.store(messages, signal)
    for (const { pollId } of messages) {
      const rows = tables.ballots.get(pollId)
      if (rows !== undefined)
        tables.ballots.set(
          pollId,
          rows.filter(({ answers }) => answers !== null),
        )
    }
    return written
  },
})

/** Believes whoever spoke last. Inside, every report gets a version above the one before; its tables keep the real one. */
class LastWordBoard extends Board {
  readonly #real: Map<number, number>

  constructor(needs: BoardNeeds) {
    const real = new Map<number, number>()
    super({ ...needs, storage: keepingReal(needs.storage, real) })
    this.#real = real
  }

  override async report(report: TallyReport): ReturnType<Board['report']> {
    const version = 1_000 + this.#real.size
    this.#real.set(version, report.version)
    const answer = await super.report({ ...report, version })
    return { ...answer, durable: this.#real.get(answer.durable) ?? answer.durable }
  }
}

const keepingReal = (storage: ObjectStorage, real: ReadonlyMap<number, number>): ObjectStorage => ({
  ...storage,
  run: (sql, shard, version, ...values) =>
    sql.startsWith('insert into shard') && typeof version === 'number' && shard !== undefined
      ? storage.run(sql, shard, real.get(version) ?? version, ...values)
      : storage.run(sql, ...[shard, version, ...values].filter((value) => value !== undefined)),
})

/** Answers a freeze with its tally and goes on as before. */
class ThawedBox extends Box {
  readonly #storage: ObjectStorage

  constructor(needs: BoxNeeds) {
    super(needs)
    this.#storage = needs.storage
  }

  override async freeze(...[address, definition]: Parameters<BallotBoxRpc['freeze']>): Promise<TallyReport> {
    const { seq } = await this.standing(address)
    if (seq === 0) return { ...address, version: 0, tally: emptyTally(definition.poll.questions) }
    const [row] = this.#storage.all<{ version: number; body: string }>('select version, body from tally')
    return { ...address, version: row?.version ?? 0, tally: JSON.parse(row?.body ?? 'null') }
  }
}
