// A ballot box on node:sqlite with everything around it in a test's hand: time, the board, the queue, the disk.
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { Event } from '../../src/application/events.ts'
import type { BoardLink, BoxAddress, TallyReport } from '../../src/application/ports.ts'
import { Box } from '../../src/ballot-box/box.ts'
import type { BoxNeeds } from '../../src/ballot-box/needs.ts'
import type { CastReply } from '../../src/ballot-box/protocol.ts'
import { type BoxSettings, boxSettings } from '../../src/ballot-box/settings.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { PollTally } from '../../src/domain/tally/tally.ts'
import { type BreakableStorage, breakable } from './breakable-storage.ts'
import { aCast } from './casts.ts'
import { aDefinition } from './polls.ts'
import { refuseTooLarge } from './queue-limits.ts'
import { type SqliteStorage, sqliteStorage } from './sqlite-storage.ts'
import { aTimeline, type Timeline } from './timeline.ts'

export interface BoxStand {
  /** The object as it is now; `restart` makes another over the same storage, and the old one's timers are gone. */
  box: Box
  readonly definition: CountingDefinition
  readonly address: BoxAddress
  readonly time: Timeline
  readonly storage: SqliteStorage
  readonly disk: BreakableStorage
  readonly board: FakeBoard
  readonly queue: FakeQueue
  readonly events: Event[]
  readonly aborts: string[]
  /** Puts a ballot in without letting time pass: it waits for the flush. */
  cast(...ballot: CastArguments): Promise<CastReply>
  /** Puts a ballot in and lets the box flush. */
  castNow(...ballot: CastArguments): Promise<CastReply>
  /** Lets time pass up to the alarm, and wakes the box as the platform would. False: no alarm is set. */
  ring(): Promise<boolean>
  restart(): void
  /** Everything the tables hold. */
  tables(): Readonly<Record<string, unknown[]>>
}

export type CastArguments = [
  voter: string,
  answers?: Readonly<Record<string, unknown>>,
  idempotencyKey?: string | null,
  changes?: Parameters<typeof aCast>[4],
]

interface Changes {
  readonly definition?: CountingDefinition
  readonly settings?: Partial<BoxSettings>
  readonly storage?: SqliteStorage
  readonly shard?: number
  readonly time?: Timeline
  /** What becomes of the box's timers. */
  readonly after?: (own: BoxNeeds['after']) => BoxNeeds['after']
}

export const aBox = ({
  definition = aDefinition(),
  settings = {},
  storage = sqliteStorage(),
  shard = 0,
  time = aTimeline(),
  after = (own) => own,
}: Changes = {}): BoxStand => {
  const address = { pollId: definition.poll.id, shard }
  const board = fakeBoard(definition)
  const queue = fakeQueue()
  const events: Event[] = []
  const aborts: string[] = []
  const disk = breakable(storage)
  const needs = (): BoxNeeds => ({
    storage: disk.storage,
    clock: time.clock,
    after: after(time.forOneObject()),
    board: { join: (asked) => board.join(asked), report: (report) => board.report(report) },
    send: (messages) => queue.send(messages),
    abort: (why) => aborts.push(why),
    clear: async () => storage.clear(),
    report: (event) => events.push(event),
    settings: { ...boxSettings, ...settings },
  })
  const stand: BoxStand = {
    box: new Box(needs()),
    definition,
    address,
    time,
    storage,
    disk,
    board,
    queue,
    events,
    aborts,
    cast: (...ballot) => stand.box.cast({ ...address, cast: aCast(definition, ...ballot) }),
    async castNow(...ballot) {
      const reply = stand.cast(...ballot)
      await time.advance(settings.groupWaitMs ?? boxSettings.groupWaitMs)
      return reply
    },
    async ring() {
      if (storage.alarm === null) return false
      await time.advance(Math.max(0, storage.alarm - time.clock.now()))
      storage.alarm = null
      await stand.box.wake()
      return true
    },
    restart() {
      stand.box = new Box(needs())
    },
    tables() {
      const names = storage.all<{ name: string }>(
        "select name from sqlite_master where type = 'table' order by name",
      )
      return Object.fromEntries(names.map(({ name }) => [name, storage.all(`select * from ${name}`)]))
    },
  }
  return stand
}

export interface FakeBoard extends BoardLink {
  readonly joins: BoxAddress[]
  readonly reports: TallyReport[]
  /** What `join` answers next; by default the definition at once. */
  join(address: BoxAddress): Promise<CountingDefinition | null>
  answerJoin: (address: BoxAddress) => Promise<CountingDefinition | null>
  /** What `report` answers next; by default that the reported version is durable. */
  answerReport: BoardLink['report']
}

const fakeBoard = (definition: CountingDefinition): FakeBoard => {
  const board: FakeBoard = {
    joins: [],
    reports: [],
    answerJoin: async () => definition,
    answerReport: async ({ version }) => ({ durable: version }),
    join(address) {
      board.joins.push(address)
      return board.answerJoin(address)
    },
    report(report) {
      board.reports.push(report)
      return board.answerReport(report)
    },
  }
  return board
}

export interface FakeQueue {
  /** Everything that was sent, in order. */
  readonly messages: BallotMessage[]
  /** How many messages each call took. */
  readonly sends: number[]
  send(messages: readonly BallotMessage[]): Promise<void>
  /** Whether the next sends fail. */
  down: boolean
}

const fakeQueue = (): FakeQueue => {
  const queue: FakeQueue = {
    messages: [],
    sends: [],
    down: false,
    async send(messages) {
      if (queue.down) throw new Error('the queue is down')
      refuseTooLarge(messages)
      queue.sends.push(messages.length)
      queue.messages.push(...messages)
    },
  }
  return queue
}

/** The reply's ballot, where it was taken; a refusal fails the test with its reason. */
export const taken = (reply: CastReply) => {
  if (!reply.ok) throw new Error(`refused: ${reply.refusal.reason}`)
  return reply.value.ballot
}

/** What became of a ballot, in one word. */
export const wordOf = (reply: CastReply): string => (reply.ok ? reply.value.kind : reply.refusal.reason)

/** The tally as it lies in the tables. */
export const storedTally = ({
  storage,
}: BoxStand): { readonly version: number; readonly tally: PollTally } => {
  const [row] = storage.all<{ version: number; body: string }>('select version, body from tally')
  if (row === undefined) throw new Error('this box has counted nothing')
  return { version: row.version, tally: JSON.parse(row.body) }
}
