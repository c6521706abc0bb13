// One poll's scoreboard: the source of truth of its definition, status and version, and of who may still count.
// It serialises every change of the poll's life: open, edit, close, delete, and what boxes must confirm.
import type { Report } from '../application/events.ts'
import type { Feed } from '../application/live-feed.ts'
import type {
  BoxAddress,
  BoxLink,
  ClosingState,
  PollChange,
  PollDeath,
  PollRecord,
  Snapshot,
  TallyReport,
} from '../application/ports.ts'
import { changePoll, changesBallots, excludesViewers } from '../domain/poll/change-poll.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import { everyShard } from '../domain/poll/plan-shards.ts'
import { closedBefore, hasOpened, type Poll, stageOf } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { Turns } from '../kernel/turns.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { behind, Circle } from './circle.ts'
import { countRunoffs } from './count-runoffs.ts'
import { openingUntold, shelfMark } from './marks.ts'
import { OpenRunoffs } from './open-runoffs.ts'
import type { ScoreboardRpc } from './protocol.ts'
import { Publisher, type Shelf, type Viewers } from './publisher.ts'
import { type BoardState, openScorebook, type Scorebook } from './scorebook.ts'

export interface BoardNeeds {
  readonly storage: ObjectStorage
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  readonly boxes: BoxLink
  readonly records: {
    /** Tells Postgres about the poll; rejects when it cannot. */
    record(poll: PollRecord): Promise<void>
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
const tombstoneMs = 14 * 24 * 60 * 60 * 1_000

export class Board implements ScoreboardRpc {
  readonly #needs: BoardNeeds
  readonly #book: Scorebook
  readonly #circle: Circle
  readonly #runoffs: OpenRunoffs
  readonly #turns = new Turns()
  #state: BoardState | null
  #publisher: Publisher | null = null
  #finishing: Promise<void> | null = null

  constructor(needs: BoardNeeds) {
    this.#needs = needs
    this.#book = openScorebook(needs.storage)
    const living = (state: BoardState) => this.#living() === state
    this.#circle = new Circle({ ...needs, book: this.#book, living })
    this.#runoffs = new OpenRunoffs(needs)
    this.#state = this.#book.load()
    this.#open()
  }

  /** Makes the poll durable, then waits a little for Postgres. Doing it again changes nothing and answers with the poll
   *  as it was made; null: it has been deleted since. */
  async create(
    definition: CountingDefinition,
    fingerprint: string,
  ): Promise<{ readonly poll: Poll; readonly fingerprint: string; readonly again: boolean } | null> {
    const again = this.#state !== null
    if (this.#state === null) {
      this.#book.create(definition, fingerprint)
      this.#state = this.#book.load()
      this.#open()
    }
    await this.#within(recordPatienceMs, this.#record())
    const living = this.#living()
    return living && { ...living.origin, again }
  }

  async definition(): Promise<CountingDefinition | null> {
    return this.#living()?.definition ?? null
  }

  /** Whoever joined before is told of changes. */
  async join({ shard }: BoxAddress): Promise<CountingDefinition | null> {
    const state = this.#living()
    if (state === null || shard < 0 || shard >= state.definition.poll.shards) return null
    if (state.holding) throw new Unavailable('the scoreboard') // the questions are changing: come again
    this.#circle.join(state, shard)
    return state.definition
  }

  /** Idempotent: a version not above the one held changes nothing. */
  async report(report: TallyReport): Promise<{ readonly durable: number; readonly final: boolean }> {
    const state = this.#living()
    if (state === null || this.#publisher === null) return { durable: report.version, final: true } // deleted: nothing left to tell
    this.#publisher.take(report)
    this.#runoffs.countSoon(state, this.#publisher)
    const { phase } = state.definition.poll
    return { durable: state.shards.get(report.shard)?.version ?? 0, final: phase === 'closed' }
  }

  async snapshot(): Promise<Snapshot | null> {
    return this.#living() && (this.#publisher?.current() ?? null)
  }

  /** Whoever holds viewers' sockets is told of every publication from now on; null: no such poll. */
  async follow(relay: string, viewers: number): Promise<Feed | null> {
    if (this.#living() === null || this.#publisher === null) return null
    return this.#needs.viewers.follow(relay, viewers, this.#publisher.newest())
  }

  /** Answers once every box that has joined counts by the change. Rejects with `Unavailable` when one did not confirm
   *  in time: the change stands, the alarm goes on telling them, and repeating the request is safe. A change whose
   *  caller waits no more when its turn comes is not begun. */
  change(change: PollChange, patienceMs = Number.POSITIVE_INFINITY): Promise<Result<Poll, VotingRefusal>> {
    const came = this.#needs.clock.now()
    return this.#turns.take(async () => {
      if (this.#needs.clock.now() - came > patienceMs) throw new Unavailable('the scoreboard')
      return this.#change(change)
    })
  }

  /** `final` once every box is frozen and counted; until then it goes on by itself. */
  async close(patienceMs = boxPatienceMs): Promise<ClosingState | null> {
    const state = await this.#turns.take(async () => this.#beginClosing())
    if (state === null) return null
    await this.#within(Math.min(boxPatienceMs, patienceMs), this.#finishClosing(state))
    const { poll } = state.definition
    return { poll, final: poll.phase === 'closed' }
  }

  /** The secret goes at once, boxes and Postgres follow, and the alarm repeats what did not succeed. With a time only
   *  where the poll closed before it. */
  remove(before?: number): Promise<boolean> {
    return this.#turns.take(async () => {
      const state = this.#living()
      if (state === null || (before !== undefined && !closedBefore(state.definition.poll, before)))
        return false
      this.#book.bury(state.definition.poll, this.#needs.clock.now())
      this.#publisher?.stop()
      this.#needs.viewers.remove(state.definition.poll.id)
      this.#state = this.#book.load()
      this.#publisher = null
      await this.#within(boxPatienceMs, this.#finishRemoval())
      return true
    })
  }

  /** The first serial of `count` new invites; null: no such poll. */
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
    if (this.#state === null) return
    const { id, closesAt } = this.#state.definition.poll
    try {
      if (this.#state.deletedAt !== null) return await this.#finishRemoval()
      // In turn with changes: a change under way must not bring a poll back that this closes.
      await this.#turns.take(async () => {
        this.#letGo()
        if (closesAt !== null && this.#needs.clock.now() >= closesAt) this.#beginClosing()
      })
      const state = this.#living()
      if (state === null) return
      const work = [this.#record(), this.#shelve(), this.#circle.tell(state), this.#finishClosing(state)]
      await Promise.all(work)
      this.#plan(state)
    } catch (error) {
      this.#needs.report({ type: 'alarm-failed', where: 'scoreboard', pollId: id, error: String(error) })
      this.#needs.storage.wakeAt(this.#needs.clock.now() + recordAgainMs)
    }
  }

  #open(): void {
    // The platform may have given up the alarm of a removal that is not finished.
    if (this.#state !== null && this.#state.deletedAt !== null && !this.#state.removed) {
      this.#needs.storage.wakeAt(this.#needs.clock.now() + againMs)
      this.#needs.viewers.resume(this.#state.definition.poll.id, null)
    }
    const state = this.#living()
    if (state === null) return
    const shelve = () => void this.#shelve()
    this.#publisher = new Publisher({ ...this.#needs, book: this.#book, shelve }, state)
    this.#plan(state)
    // A count that was due when the object ended is due still.
    if (state.publication !== null) this.#runoffs.countSoon(state, this.#publisher)
    this.#needs.viewers.resume(state.definition.poll.id, this.#publisher.newest())
  }

  #living(): BoardState | null {
    return this.#state?.deletedAt === null ? this.#state : null
  }

  async #change(change: PollChange): Promise<Result<Poll, VotingRefusal>> {
    const state = this.#living()
    if (state === null) return refuse({ reason: 'poll-not-found' })
    const changed = changePoll(state.definition, change, this.#needs.clock.now())
    if (!changed.ok) return changed
    const asksAnew = changesBallots(state.definition.poll, changed.value.poll)
    if (asksAnew && !(await this.#holdAll(state))) {
      this.#letGo()
      await this.#within(boxPatienceMs, this.#circle.tell(state))
      return refuse({ reason: 'questions-frozen' })
    }
    // A socket that was allowed under the old terms must not go on telling under the new ones.
    const excludes = excludesViewers(state.definition.poll, changed.value.poll)
    if (changed.value !== state.definition) this.#redefine(state, changed.value)
    if (excludes && this.#publisher !== null)
      this.#needs.viewers.exclude(changed.value.poll.version, this.#publisher.newest())
    // In the same breath, so that no version of the results is ever shown with two sets of questions.
    if (asksAnew) this.#publisher?.publishAnew()
    const confirmed = this.#within(boxPatienceMs, this.#circle.tell(state))
    await this.#within(recordPatienceMs, Promise.all([this.#record(), this.#shelve()]))
    if (!(await confirmed)) throw new Unavailable('a ballot box')
    return accept(state.definition.poll)
  }

  /** Whether no box that has joined holds a ballot; until the next definition none will. While this is undecided nobody
   *  joins, and a board that dies in the middle lets everybody go when it wakes. */
  #holdAll(state: BoardState): Promise<boolean> {
    this.#book.keepHolding()
    state.holding = true
    this.#needs.storage.wakeAt(this.#needs.clock.now() + boxPatienceMs)
    return this.#circle.hold(state)
  }

  /** Whoever is held counts on by what was there before, under a new version that all must confirm. */
  #letGo(): void {
    const state = this.#living()
    if (state === null || !state.holding) return
    const { poll } = state.definition
    this.#redefine(state, { ...state.definition, poll: { ...poll, version: poll.version + 1 } })
  }

  #redefine(state: BoardState, definition: CountingDefinition): void {
    this.#book.redefine(definition)
    state.definition = definition
    state.holding = false
    this.#plan(state)
  }

  /** `closing` is durable before the first box is frozen. */
  #beginClosing(): BoardState | null {
    const state = this.#living()
    if (state === null) return null
    const { poll } = state.definition
    if (poll.phase === 'closing' || poll.phase === 'closed') return state
    this.#redefine(state, {
      ...state.definition,
      poll: { ...poll, phase: 'closing', closedAt: this.#needs.clock.now(), version: poll.version + 1 },
    })
    return state
  }

  #finishClosing(state: BoardState): Promise<void> {
    if (state.definition.poll.phase !== 'closing') return Promise.resolve()
    this.#finishing ??= this.#freezeAndCount(state).finally(() => {
      this.#finishing = null
    })
    return this.#finishing
  }

  /** Freeze all, merge, runoffs, and `final` once. */
  async #freezeAndCount(state: BoardState): Promise<void> {
    const { poll } = state.definition
    const publisher = this.#publisher
    if (publisher === null) return
    const frozen = await this.#circle.freeze(state, ({ shard, version, tally }) => {
      if (tally !== null) publisher.take({ shard, version, tally })
    })
    if (!frozen) return
    try {
      const runoffs = await countRunoffs(poll, publisher.merged(), everyShard(poll), this.#needs.boxes)
      if (this.#living() !== state) return
      // Not the poll this began with: it may have been changed while the boxes were asked.
      publisher.close({ ...state.definition.poll, phase: 'closed' }, runoffs)
      this.#circle.announce(state)
      await this.#within(recordPatienceMs, this.#record())
    } catch (error) {
      this.#needs.report({ type: 'box-failed', pollId: poll.id, error: String(error) })
    }
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
    // What is still on its way, a freeze or a change, would found a box again: then this comes once more.
    const underWay = this.#finishing !== null || this.#circle.busy
    const destroyed = await this.#circle.destroy(state)
    try {
      await this.#needs.records.remove({ pollId: id, workspaceId, deletedAt })
      await this.#needs.shelf.drop(id)
      if (!destroyed || underWay) return
      this.#book.keepRemoved()
      this.#needs.storage.wakeAt(deletedAt + tombstoneMs)
    } catch (error) {
      const { version } = state.definition.poll
      this.#needs.report({ type: 'poll-record-failed', pollId: id, version, error: String(error) })
    }
  }

  /** Writes the poll through to Postgres; `#plan` sees to it that this is repeated until it is there. */
  async #record(): Promise<void> {
    const state = this.#living()
    if (state === null) return
    const { poll } = state.definition
    const recorded = stageOf(poll)
    const opened = hasOpened(poll, this.#needs.clock.now())
    if (state.recorded >= recorded && !openingUntold(state, opened)) return
    this.#plan(state)
    try {
      await this.#needs.records.record({ ...poll, opened })
      this.#book.keepRecorded(recorded, opened)
      state.recorded = Math.max(state.recorded, recorded)
      state.opened ||= opened
    } catch (error) {
      const { id: pollId, version } = poll
      this.#needs.report({ type: 'poll-record-failed', pollId, version, error: String(error) })
    }
  }

  /** Puts a closed poll and its results where everybody can read them; `#plan` sees to it that this is repeated until
   *  they are there. They are believed for a day, so that neither a change nor an erasure must be missed. */
  async #shelve(): Promise<void> {
    const state = this.#living()
    if (state?.publication?.final !== true || state.shelved >= shelfMark(state)) return
    const results = this.#publisher?.current()
    if (results === undefined) return
    const { poll } = state.definition
    const mark = shelfMark(state)
    this.#plan(state)
    try {
      await this.#needs.shelf.keep(results, poll)
      if (this.#living() !== state) return
      state.shelved = Math.max(state.shelved, mark)
      this.#book.keepShelved(mark)
    } catch (error) {
      this.#needs.report({ type: 'shelf-failed', pollId: poll.id, error: String(error) })
    }
  }

  /** The next alarm: what must be repeated, or the close that is scheduled. */
  #plan(state: BoardState): void {
    const now = this.#needs.clock.now()
    const { poll } = state.definition
    const { phase, opensAt, closesAt } = poll
    const opened = hasOpened(poll, now)
    const wishes = [
      phase === 'closing' || behind(state).length > 0 ? now + againMs : null,
      state.holding ? now + boxPatienceMs : null,
      state.recorded < stageOf(poll) || openingUntold(state, opened) ? now + recordAgainMs : null,
      phase === 'open' && !opened ? opensAt : null,
      state.publication?.final && state.shelved < shelfMark(state) ? now + recordAgainMs : null,
      phase === 'open' && closesAt !== null ? Math.max(closesAt, now) : null,
    ].filter((at) => at !== null)
    if (wishes.length > 0) this.#needs.storage.wakeAt(Math.min(...wishes))
  }

  /** What came of the work in that time, or null. The work goes on in any case. */
  #within<Value>(patienceMs: number, work: Promise<Value>): Promise<Value | null> {
    const { promise, resolve } = Promise.withResolvers<null>()
    this.#needs.after(patienceMs, () => resolve(null))
    return Promise.race([work, promise])
  }
}
