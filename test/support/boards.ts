// A scoreboard on node:sqlite with everything around it in a test's hand: time, boxes, Postgres, viewers.
import type { Event } from '../../src/application/events.ts'
import type { Shown } from '../../src/application/live-feed.ts'
import type { BoxLink, PollDeath, Snapshot, TallyReport } from '../../src/application/ports.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import type { Results } from '../../src/domain/tally/results.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { countBallot, emptyTally, type PollTally } from '../../src/domain/tally/tally.ts'
import { FrameSet } from '../../src/relay/frame-set.ts'
import { Board, type BoardNeeds } from '../../src/scoreboard/board.ts'
import type { Shelf, Viewers } from '../../src/scoreboard/publisher.ts'
import { type BreakableStorage, breakable } from './breakable-storage.ts'
import { aDefinition } from './polls.ts'
import { type SqliteStorage, sqliteStorage } from './sqlite-storage.ts'
import { aTimeline, type Timeline } from './timeline.ts'

export interface BoardStand {
  /** The object as it is now; `restart` makes another over the same storage. */
  board: Board
  readonly definition: CountingDefinition
  readonly time: Timeline
  readonly storage: SqliteStorage
  readonly disk: BreakableStorage
  readonly boxes: FakeBoxes
  readonly postgres: FakePostgres
  readonly viewers: FakeViewers
  readonly shelf: FakeShelf
  readonly events: Event[]
  /** Reports what a shard has counted: these ballots and no others. Returns the version that is durable. */
  report(shard: number, version: number, ...ballots: readonly Answers[]): Promise<number>
  /** What a reader sees now; fails where there is no such poll. */
  results(): Promise<Results>
  /** Lets time pass up to the alarm, and wakes the board as the platform would. False: no alarm is set. */
  ring(): Promise<boolean>
  /** What a viewer is greeted with who comes now; null: there is no such poll. */
  greeting(): Promise<string | null>
  restart(): void
  tables(): Readonly<Record<string, unknown[]>>
}

/** A board of a poll that has been made, unless `made` is false. */
export const aBoard = async (
  changes: Partial<Poll> = {},
  { made = true, startsAt }: { readonly made?: boolean; readonly startsAt?: number } = {},
): Promise<BoardStand> => {
  const definition = aDefinition(changes)
  const time = aTimeline(startsAt)
  const storage = sqliteStorage()
  const disk = breakable(storage)
  const boxes = fakeBoxes(definition)
  const postgres = fakePostgres()
  const viewers = fakeViewers()
  const shelf = fakeShelf()
  const events: Event[] = []
  const needs = (): BoardNeeds => ({
    storage: disk.storage,
    clock: time.clock,
    after: time.forOneObject(),
    boxes,
    records: postgres,
    viewers,
    shelf,
    clear: async () => storage.clear(),
    report: (event) => events.push(event),
  })
  const stand: BoardStand = {
    board: new Board(needs()),
    definition,
    time,
    storage,
    disk,
    boxes,
    postgres,
    viewers,
    shelf,
    events,
    async report(shard, version, ...ballots) {
      const report = aReport(definition, shard, version, ballots)
      return (await stand.board.report(report)).durable
    },
    async results() {
      const snapshot = await stand.board.snapshot()
      if (snapshot === null) throw new Error('there is no such poll')
      return JSON.parse(snapshot.document)
    },
    async ring() {
      if (storage.alarm === null) return false
      await time.advance(Math.max(0, storage.alarm - time.clock.now()))
      storage.alarm = null
      const woken = stand.board.wake()
      await time.advance(0)
      await woken
      return true
    },
    async greeting() {
      const snapshot = await stand.board.snapshot()
      return snapshot && String(new FrameSet(snapshot, () => new Uint8Array()).whole('json'))
    },
    restart() {
      stand.board = new Board(needs())
    },
    tables() {
      const names = storage.all<{ name: string }>(
        "select name from sqlite_master where type = 'table' order by name",
      )
      return Object.fromEntries(names.map(({ name }) => [name, storage.all(`select * from ${name}`)]))
    },
  }
  if (made) await stand.board.create(definition, 'order')
  return stand
}

export const tallyOf = ({ poll }: CountingDefinition, ballots: readonly Answers[]): PollTally =>
  ballots.reduce((tally, answers) => countBallot(poll.questions, tally, answers), emptyTally(poll.questions))

export const aReport = (
  definition: CountingDefinition,
  shard: number,
  version: number,
  ballots: readonly Answers[],
): TallyReport => ({ pollId: definition.poll.id, shard, version, tally: tallyOf(definition, ballots) })

type Asked = 'adopt' | 'hold' | 'freeze' | 'firsts' | 'destroy'

export interface FakeBoxes extends BoxLink {
  /** What was asked of which shard, in order. */
  readonly asked: (readonly [Asked, number])[]
  /** The final tally of each shard that somebody has voted in. */
  readonly held: Map<number, Pick<TallyReport, 'version' | 'tally'>>
  /** The rankings of every shard, for runoffs. */
  readonly rankings: Map<number, readonly (readonly string[])[]>
  /** Runs before each answer; may throw or take its time. */
  before: (what: Asked, shard: number) => Promise<void>
  /** The version of the definition that each shard counts by. */
  readonly adopted: Map<number, number>
  /** What became of shards: frozen ones, destroyed ones. */
  readonly frozen: Set<number>
  readonly destroyed: Set<number>
}

const fakeBoxes = (definition: CountingDefinition): FakeBoxes => {
  const note = async (what: FakeBoxes['asked'][number][0], shard: number) => {
    boxes.asked.push([what, shard])
    await boxes.before(what, shard)
  }
  const boxes: FakeBoxes = {
    asked: [],
    held: new Map(),
    rankings: new Map(),
    before: async () => {},
    adopted: new Map(),
    frozen: new Set(),
    destroyed: new Set(),
    async adopt({ shard }, { poll }) {
      await note('adopt', shard)
      boxes.adopted.set(shard, poll.version)
      boxes.destroyed.delete(shard)
    },
    async hold({ shard }) {
      await note('hold', shard)
      return (boxes.held.get(shard)?.version ?? 0) === 0
    },
    async freeze({ pollId, shard }) {
      await note('freeze', shard)
      boxes.frozen.add(shard)
      boxes.destroyed.delete(shard)
      return { pollId, shard, version: 0, tally: tallyOf(definition, []), ...boxes.held.get(shard) }
    },
    async firsts({ shard }, _questionId, continuing) {
      await note('firsts', shard)
      const rankings = boxes.rankings.get(shard) ?? []
      const firsts = rankings.map((ranked) => ranked.find((id) => continuing.includes(id)))
      return {
        counts: continuing.map((id) => firsts.filter((first) => first === id).length),
        exhausted: firsts.filter((first) => first === undefined).length,
      }
    },
    async destroy({ shard }) {
      await note('destroy', shard)
      boxes.destroyed.add(shard)
    },
  }
  return boxes
}

export interface FakePostgres {
  readonly recorded: Poll[]
  readonly removed: PollDeath[]
  /** Runs before each statement; may throw or never come back. */
  before: () => Promise<void>
  record(poll: Poll): Promise<void>
  remove(death: PollDeath): Promise<void>
}

const fakePostgres = (): FakePostgres => {
  const postgres: FakePostgres = {
    recorded: [],
    removed: [],
    before: async () => {},
    async record(poll) {
      await postgres.before()
      postgres.recorded.push(poll)
    },
    async remove(death) {
      await postgres.before()
      postgres.removed.push(death)
    },
  }
  return postgres
}

export interface FakeViewers extends Viewers {
  watching: number
  readonly frames: string[]
  ended: number
  send(frame: string): void
}

const fakeViewers = (): FakeViewers => {
  const frameSet = (snapshot: Shown) => new FrameSet(snapshot, () => new Uint8Array())
  const end = () => {
    viewers.ended += viewers.watching
    viewers.watching = 0
  }
  let shown: Shown | null = null
  const viewers: FakeViewers = {
    watching: 1,
    frames: [],
    ended: 0,
    send: (frame) => viewers.frames.push(frame),
    get viewers() {
      return viewers.watching
    },
    leaves: 1,
    follow: (_relay, _viewers, snapshot) => ({
      pollId: snapshot.pollId,
      snapshot,
      terms: 0,
      leaves: 1,
      viewers: viewers.watching,
    }),
    // As a leaf with sockets that all saw everything.
    publish(snapshot) {
      const since = shown === null ? null : frameSet(shown).results
      const frames = frameSet(snapshot)
      if (viewers.watching > 0)
        viewers.send(String(snapshot.final ? frames.whole('json') : frames.delta(since, 'json')))
      shown = snapshot
      if (snapshot.final) end()
    },
    exclude: end,
    remove: end,
    resume(_pollId, snapshot) {
      shown ??= snapshot
    },
  }
  return viewers
}

export interface FakeShelf extends Shelf {
  readonly kept: { readonly snapshot: Snapshot; readonly poll: Poll }[]
  /** Runs before each write; may throw or take its time. */
  before: () => Promise<void>
  readonly dropped: string[]
}

const fakeShelf = (): FakeShelf => {
  const shelf: FakeShelf = {
    kept: [],
    dropped: [],
    before: async () => {},
    keep: async (snapshot, poll) => {
      await shelf.before()
      shelf.kept.push({ snapshot, poll })
    },
    drop: async (pollId) => {
      await shelf.before()
      shelf.dropped.push(pollId)
    },
  }
  return shelf
}

export const pizza: Answers = { where: ['pizza'] }
export const sushi: Answers = { where: ['sushi'] }
