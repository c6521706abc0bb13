// One poll's scoreboard: the source of truth of its definition, status and version, and of who may still count.
// It serialises every change of the poll's life: open, close, delete, and what boxes must confirm.
import type { Report } from '../application/events.ts'
import type {
  BoxAddress,
  BoxLink,
  ClosingState,
  PollChange,
  PollDeath,
  Snapshot,
  TallyReport,
} from '../application/ports.ts'
import { changePoll, changesBallots } from '../domain/poll/change-poll.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { countRunoffs } from './count-runoffs.ts'
import type { ScoreboardRpc } from './protocol.ts'
import { Publisher, type Shelf, type Viewers } from './publisher.ts'
import { type BoardState, openScorebook, type Scorebook, type Shard } from './scorebook.ts'

export interface BoardNeeds {
  readonly storage: ObjectStorage
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  readonly boxes: BoxLink
  readonly records: {
    /** Tells Postgres about the poll; rejects when it cannot. */
    record(poll: Poll): Promise<void>
    remove(death: PollDeath): Promise<void>
  }
  readonly viewers: Viewers
  readonly shelf: Shelf
  /** Deletes everything stored, alarms included. */
  readonly clear: () => Promise<void>
  readonly report: Report
}

/** How long an owner's write waits for Postgres; after that the alarm sees to it. */
const recordPatienceMs = 500
/** How long a close, and a change that boxes must confirm, waits before it says that it goes on by itself. */
const boxPatienceMs = 5_000
const againMs = 1_000
const recordAgainMs = 5_000
/** Runoffs of an open poll: how often, and up to how many ranked ballots. */
const openRunoffEveryMs = 2_000
const openRunoffBallots = 20_000
/** Boxes asked at a time: objects start in parallel, but not all 256 at once. */
const boxesAtOnce = 32
const tombstoneMs = 14 * 24 * 60 * 60 * 1_000

export class Board implements ScoreboardRpc {
  readonly #needs: BoardNeeds
  readonly #book: Scorebook
  #state: BoardState | null
  #publisher: Publisher | null = null
  #finishing: Promise<void> | null = null
  #changing: Promise<void> | null = null
  #countingRunoffs = false
  #lastRunoffs = 0

  constructor(needs: BoardNeeds) {
    this.#needs = needs
    this.#book = openScorebook(needs.storage)
    this.#state = this.#book.load()
    this.#open()
  }

  /** Makes the poll durable, then waits a little for Postgres. Doing it again changes nothing and answers with the poll
   *  as it was made; null: it has been deleted since. */
  async create(
    definition: CountingDefinition,
    fingerprint: string,
  ): Promise<{ readonly poll: Poll; readonly fingerprint: string } | null> {
    if (this.#state === null) {
      this.#book.create(definition, fingerprint)
      this.#state = this.#book.load()
      this.#open()
    }
    await this.#within(recordPatienceMs, this.#record())
    return this.#living()?.origin ?? null
  }

  async definition(): Promise<CountingDefinition | null> {
    return this.#living()?.definition ?? null
  }

  /** A shard that joins has today's definition; one that joined before is told of changes. */
  async join({ shard }: BoxAddress): Promise<CountingDefinition | null> {
    const state = this.#living()
    if (state === null || shard < 0 || shard >= state.definition.poll.shards) return null
    if (state.holding) throw new Unavailable('the scoreboard') // the questions are changing: come again
    const known = state.shards.get(shard) ?? unheard
    this.#keepShard(state, shard, { ...known, adopted: state.definition.poll.version })
    return state.definition
  }

  /** Idempotent: a version not above the one held changes nothing. */
  async report(report: TallyReport): Promise<{ readonly durable: number }> {
    const state = this.#living()
    if (state === null) return { durable: report.version } // deleted: there is nothing left to tell
    this.#publisher?.take(report)
    this.#countOpenRunoffs(state)
    return { durable: state.shards.get(report.shard)?.version ?? 0 }
  }

  async snapshot(): Promise<Snapshot | null> {
    return this.#living() && (this.#publisher?.current() ?? null)
  }

  /** The frame a viewer is greeted with, and whether it is also the last; null: no such poll. */
  greeting(): { readonly frame: string; readonly last: boolean } | null {
    return this.#living() && (this.#publisher?.greeting() ?? null)
  }

  /** Answers once every box that has joined counts by the change. Rejects with `Unavailable` when one did not confirm
   *  in time: the change stands, the alarm goes on telling them, and repeating the request is safe. */
  async change(change: PollChange): Promise<Result<Poll, VotingRefusal>> {
    // One after the other: a change is decided on what the one before it left.
    const before = this.#changing
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#changing = promise
    await before
    try {
      return await this.#change(change)
    } finally {
      if (this.#changing === promise) this.#changing = null
      resolve()
    }
  }

  async #change(change: PollChange): Promise<Result<Poll, VotingRefusal>> {
    const state = this.#living()
    if (state === null) return refuse({ reason: 'poll-not-found' })
    const changed = changePoll(state.definition, change, this.#needs.clock.now())
    if (!changed.ok) return changed
    const { poll } = state.definition
    if (changesBallots(poll, changed.value.poll) && !(await this.#holdAll(state))) {
      // Whoever was held counts on by what was there before, under a new version that all must confirm.
      this.#redefine(state, { ...state.definition, poll: { ...poll, version: poll.version + 1 } })
      await this.#within(boxPatienceMs, this.#tellBoxes(state))
      return refuse({ reason: 'questions-frozen' })
    }
    if (changed.value !== state.definition) this.#redefine(state, changed.value)
    const confirmed = this.#within(boxPatienceMs, this.#tellBoxes(state))
    await this.#within(recordPatienceMs, this.#record())
    if (!(await confirmed)) throw new Unavailable('a ballot box')
    return accept(state.definition.poll)
  }

  /** `final` once every box is frozen and counted; until then it goes on by itself. */
  async close(): Promise<ClosingState | null> {
    await this.#changing
    const state = this.#living()
    if (state === null) return null
    this.#beginClosing(state)
    if (state.definition.poll.phase === 'closing')
      await this.#within(boxPatienceMs, this.#finishClosing(state))
    const { poll } = state.definition
    return { poll, final: poll.phase === 'closed' }
  }

  /** The secret goes at once, boxes and Postgres follow, and the alarm repeats what did not succeed. */
  async remove(): Promise<boolean> {
    const state = this.#living()
    if (state === null) return false
    const deletedAt = this.#needs.clock.now()
    this.#book.bury(deletedAt)
    this.#needs.viewers.end()
    this.#state = this.#book.load()
    this.#publisher = null
    await this.#within(boxPatienceMs, this.#finishRemoval())
    return true
  }

  /** The first serial of `count` new invites, or why there are none. */
  async issueInvites(
    count: number,
  ): Promise<{ readonly first: number; readonly definition: CountingDefinition } | null> {
    const state = this.#living()
    if (state === null) return null
    this.#book.keepInvites(state.invites + count)
    state.invites += count
    return { first: state.invites - count + 1, definition: state.definition }
  }

  /** What the alarm calls. Catches everything, because the platform gives an alarm up after six failures. */
  async wake(): Promise<void> {
    const state = this.#state
    if (state === null) return
    try {
      if (state.deletedAt !== null) return await this.#finishRemoval()
      const { poll } = state.definition
      const { phase, closesAt } = poll
      if (state.holding && !this.#changing)
        this.#redefine(state, { ...state.definition, poll: { ...poll, version: poll.version + 1 } })
      if (phase === 'open' && closesAt !== null && this.#needs.clock.now() >= closesAt)
        this.#beginClosing(state)
      await Promise.all([this.#record(), this.#tellBoxes(state), this.#finishClosing(state)])
      this.#plan(state)
    } catch (error) {
      const { id } = state.definition.poll
      this.#needs.report({ type: 'alarm-failed', where: 'scoreboard', pollId: id, error: String(error) })
      this.#needs.storage.wakeAt(this.#needs.clock.now() + recordAgainMs)
    }
  }

  #open(): void {
    const state = this.#living()
    if (state === null) return
    const { clock, after, viewers, shelf, report } = this.#needs
    this.#publisher = new Publisher({ book: this.#book, clock, after, viewers, shelf, report }, state)
    this.#plan(state)
  }

  #living(): BoardState | null {
    return this.#state?.deletedAt === null ? this.#state : null
  }

  /** Whether no box that has joined holds a ballot; until the next definition none will. While this is undecided nobody
   *  joins, and a board that dies in the middle lets everybody go when it wakes. */
  async #holdAll(state: BoardState): Promise<boolean> {
    this.#book.keepHolding()
    state.holding = true
    this.#needs.storage.wakeAt(this.#needs.clock.now() + boxPatienceMs)
    const pollId = state.definition.poll.id
    let empty = true
    const asked = await this.#each([...state.shards.keys()], async (shard) => {
      if (!(await this.#needs.boxes.hold({ pollId, shard }))) empty = false
    })
    return asked && empty
  }

  #redefine(state: BoardState, definition: CountingDefinition): void {
    this.#book.redefine(definition)
    state.definition = definition
    state.holding = false
    this.#plan(state)
  }

  #keepShard(state: BoardState, shard: number, kept: Shard): void {
    this.#book.keepShard(shard, kept)
    state.shards.set(shard, kept)
  }

  /** `closing` is durable before the first box is frozen. */
  #beginClosing(state: BoardState): void {
    const { poll } = state.definition
    if (poll.phase === 'closing' || poll.phase === 'closed') return
    const closing: Poll = { ...poll, phase: 'closing', version: poll.version + 1 }
    this.#redefine(state, { ...state.definition, poll: closing })
    this.#needs.storage.wakeAt(this.#needs.clock.now() + againMs)
  }

  #finishClosing(state: BoardState): Promise<void> {
    if (state.definition.poll.phase !== 'closing') return Promise.resolve()
    this.#finishing ??= this.#freezeAll(state).finally(() => {
      this.#finishing = null
    })
    return this.#finishing
  }

  /** Every index below `shards`, never-used ones too; then merge, runoffs, and `final` once. */
  async #freezeAll(state: BoardState): Promise<void> {
    const { poll } = state.definition
    const all = Array.from({ length: poll.shards }, (_, shard) => shard)
    const freeze = async (shard: number) => {
      if (state.shards.get(shard)?.frozen) return
      const { version, tally } = await this.#needs.boxes.freeze({ pollId: poll.id, shard }, state.definition)
      this.#publisher?.take({ shard, version, tally })
      this.#keepShard(state, shard, { version, tally, adopted: poll.version, frozen: true })
    }
    if (!(await this.#each(all, freeze))) return
    try {
      const runoffs = await countRunoffs(poll, this.#publisher?.merged() ?? missing(), all, this.#needs.boxes)
      if (this.#living() !== state) return
      this.#publisher?.close({ ...poll, phase: 'closed' }, runoffs)
      await this.#within(recordPatienceMs, this.#record())
    } catch (error) {
      this.#needs.report({ type: 'box-failed', pollId: poll.id, error: String(error) })
    }
  }

  /** Tells the boxes that joined of the newest definition; true once all have confirmed it. */
  #tellBoxes(state: BoardState): Promise<boolean> {
    const { poll } = state.definition
    const behind = [...state.shards].flatMap(([shard, { adopted }]) =>
      adopted < poll.version ? [shard] : [],
    )
    return this.#each(behind, async (shard) => {
      await this.#needs.boxes.adopt({ pollId: poll.id, shard }, state.definition)
      const known = state.shards.get(shard) ?? unheard
      this.#keepShard(state, shard, { ...known, adopted: Math.max(known.adopted, poll.version) })
    })
  }

  /** Asks boxes a few at a time; reports those that failed and returns whether none did. */
  async #each(shards: readonly number[], ask: (shard: number) => Promise<void>): Promise<boolean> {
    let all = true
    for (let at = 0; at < shards.length; at += boxesAtOnce) {
      await Promise.all(
        shards.slice(at, at + boxesAtOnce).map((shard) =>
          ask(shard).catch((error: unknown) => {
            all = false
            const pollId = this.#state?.definition.poll.id ?? ''
            this.#needs.report({ type: 'box-failed', pollId, error: String(error) })
          }),
        ),
      )
    }
    return all
  }

  async #finishRemoval(): Promise<void> {
    const state = this.#state
    if (state === null || state.deletedAt === null) return
    const { deletedAt } = state
    if (this.#needs.clock.now() >= deletedAt + tombstoneMs) {
      this.#state = null
      return this.#needs.clear()
    }
    this.#needs.storage.wakeAt(this.#needs.clock.now() + recordAgainMs)
    const { id, workspaceId } = state.definition.poll
    const destroyed = await this.#each([...state.shards.keys()], async (shard) => {
      await this.#needs.boxes.destroy({ pollId: id, shard })
      this.#book.forgetShard(shard)
      state.shards.delete(shard)
    })
    await this.#needs.records.remove({ pollId: id, workspaceId, deletedAt })
    await this.#needs.shelf.drop(id)
    if (destroyed) this.#needs.storage.wakeAt(deletedAt + tombstoneMs)
  }

  /** Writes the poll through to Postgres; `#plan` sees to it that this is repeated until it is there. */
  async #record(): Promise<void> {
    const state = this.#living()
    if (state === null || state.recorded >= recordOf(state)) return
    const { poll } = state.definition
    const recorded = recordOf(state)
    this.#plan(state)
    try {
      await this.#needs.records.record(poll)
      this.#book.keepRecorded(recorded)
      state.recorded = Math.max(state.recorded, recorded)
    } catch (error) {
      this.#needs.report({
        type: 'poll-record-failed',
        pollId: poll.id,
        version: poll.version,
        error: String(error),
      })
    }
  }

  /** The next alarm: what must be repeated, or the close that is scheduled. */
  #plan(state: BoardState): void {
    const now = this.#needs.clock.now()
    const { phase, closesAt, version } = state.definition.poll
    const behind = [...state.shards.values()].some(({ adopted }) => adopted < version)
    const wishes = [
      phase === 'closing' || behind ? now + againMs : null,
      state.recorded < recordOf(state) ? now + recordAgainMs : null,
      phase === 'open' && closesAt !== null ? Math.max(closesAt, now) : null,
    ].filter((at) => at !== null)
    if (wishes.length > 0) this.#needs.storage.wakeAt(Math.min(...wishes))
  }

  #countOpenRunoffs(state: BoardState): void {
    const { poll } = state.definition
    const asked = poll.phase === 'open' && poll.questions.some(({ type }) => type === 'ranking')
    if (!asked || this.#countingRunoffs) return
    this.#countingRunoffs = true
    const wait = Math.max(0, this.#lastRunoffs + openRunoffEveryMs - this.#needs.clock.now())
    this.#needs.after(Math.min(wait, openRunoffEveryMs), () => {
      this.#lastRunoffs = this.#needs.clock.now()
      const tally = this.#publisher?.merged() ?? missing()
      countRunoffs(poll, tally, [...state.shards.keys()], this.#needs.boxes, openRunoffBallots)
        .then((runoffs) => {
          if (state.definition.poll.phase === 'open') this.#publisher?.showRunoffs(runoffs)
        })
        .catch((error: unknown) =>
          this.#needs.report({ type: 'box-failed', pollId: poll.id, error: String(error) }),
        )
        .finally(() => {
          this.#countingRunoffs = false
        })
    })
  }

  /** What came of the work in that time, or null. The work goes on in any case. */
  #within<Value>(patienceMs: number, work: Promise<Value>): Promise<Value | null> {
    const { promise, resolve } = Promise.withResolvers<null>()
    this.#needs.after(patienceMs, () => resolve(null))
    return Promise.race([work, promise])
  }
}

const unheard: Shard = { version: 0, tally: null, adopted: 0, frozen: false }

/** `closing` and `closed` are one version of the poll and two records of it. */
const recordOf = ({ definition: { poll } }: BoardState): number =>
  poll.version * 2 + (poll.phase === 'closed' ? 1 : 0)

const missing = (): never => {
  throw new Error('a poll that is there has a publisher')
}
