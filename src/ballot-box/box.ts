// One ballot box: every question of dedupe is answered in here, so exactness needs no coordination.
// Callers wait in a buffer; a flush decides each ballot alone inside one transaction, changes memory only after the
// transaction returned, and then answers all. Runs under plain Node on node:sqlite.
import type { BoxAddress } from '../application/ports.ts'
import type { OwnBallot } from '../domain/ballot/ballot.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { FirstsAmong } from '../domain/tally/runoff.ts'
import { emptyTally } from '../domain/tally/tally.ts'
import type { NamedVoter } from '../domain/voter/named-voter.ts'
import { type Clock, monotonic } from '../kernel/clock.ts'
import { refuse } from '../kernel/result.ts'
import type { SpanPlace } from '../kernel/trace.ts'
import { commitGroup } from './commit-group.ts'
import { eraseBallot, forgetErasedVoters } from './erase-ballot.ts'
import { type Founded, found } from './founded.ts'
import { heldBallots } from './held-ballots.ts'
import { type BoxState, type Ledger, openLedger } from './ledger.ts'
import { type BallotKeys, firstHead } from './log.ts'
import { auditOf, checkpointNow, logPage, standingOf } from './log-reading.ts'
import type { BoxNeeds } from './needs.ts'
import type { Outbox } from './outbox.ts'
import { ownBallot } from './own-ballot.ts'
import { proveBallot } from './proof.ts'
import type { BallotBoxRpc, CastReply, CastRequest } from './protocol.ts'
import type { Counted } from './rankings.ts'
import { type LoggedBallot, RecentEvents } from './recent-events.ts'
import { isGone, standsAt } from './standing.ts'
import { travelOf, turnAway, type Waiting, WaitingLine } from './waiting-line.ts'

export class Box implements BallotBoxRpc {
  readonly #needs: BoxNeeds
  readonly #ledger: Ledger
  readonly #line: WaitingLine
  readonly #recent = new RecentEvents()
  #state: BoxState | null
  #founded: Founded | null = null
  #joining: Promise<BoxState | null> | null = null
  #flushing = false
  #hurrying = false
  #lastGroup = 0
  #wakeAt: number | null = null
  #destroyed = false
  /** How often the board has held this box; an answer from before the last time says nothing. */
  #holds = 0
  #releasing = false
  /** What ballots are decided by: never before one that is written down. */
  readonly #clock: Clock

  constructor(needs: BoxNeeds) {
    this.#needs = needs
    this.#ledger = openLedger(needs.storage)
    this.#line = new WaitingLine(needs.settings)
    this.#state = this.#load()
    this.#clock = monotonic(needs.clock, this.#state?.castAt)
    this.#found()
  }

  /** Answers after the ballot is durable, or with why not. Never throws for a ballot's sake. */
  async cast(request: CastRequest): Promise<CastReply> {
    const state = this.#state ?? (await this.#join(request))
    if (state === null) return refuse({ reason: 'poll-not-found' })
    if (this.#line.full || this.#ahead(request)) return refuse({ reason: 'overloaded', retryAfterSeconds: 1 })
    return new Promise((answer) => {
      this.#line.join({ request, answer, cameAt: this.#clock.now() })
      if (this.#state?.held === true) this.#releaseLater()
      else if (this.#flushing && this.#line.length >= this.#lastGroup) this.#hurry()
      else this.#flushSoon()
    })
  }

  async find(_address: BoxAddress, keys: BallotKeys): Promise<OwnBallot | null> {
    return this.#state && ownBallot(this.#ledger, this.#state, keys)
  }

  async held(_address: BoxAddress, voter: NamedVoter) {
    return this.#state === null ? [] : heldBallots(this.#ledger, this.#state, voter)
  }

  async erase(_address: BoxAddress, ballotSeq: number): Promise<'erased' | 'already' | 'none'> {
    const state = this.#state
    if (state === null) return 'none'
    const now = this.#clock.now()
    const { next, outcome, counted } = this.#needs.storage.transaction(() =>
      eraseBallot(this.#ledger, state, ballotSeq, now),
    )
    if (outcome === 'erased')
      this.#committed(next, counted, [], { ballots: 1, durationMs: 0, queueDelayMs: 0 })
    return outcome
  }

  /** Where nobody has come yet there is nothing to count by: whoever comes asks the board. A call that is late must not found
   *  a box again that was destroyed. */
  async adopt(address: BoxAddress, definition: CountingDefinition): Promise<void> {
    if (this.#state !== null || this.#joining !== null) this.#adopt(address, definition)
  }

  #adopt(address: BoxAddress, definition: CountingDefinition): void {
    const state = this.#state
    if (state !== null && state.definition.poll.version > definition.poll.version) return
    this.#ledger.define(address, definition)
    if (state === null) this.#begin()
    else this.#state = { ...state, definition, held: false }
    if (state?.held === true) this.#line.released(this.#clock.now())
    this.#founded?.rankings.forget()
    if (definition.poll.phase === 'closed') this.#ledger.dropRankings()
    if (this.#line.length > 0) this.#flushSoon()
  }

  /** Before the questions change: false if a ballot is here already. Else callers wait until the board has adopted
   *  something, be it what was there before. Durable, so that a restart in between lets nobody in either. */
  async hold(_address: BoxAddress): Promise<boolean> {
    while (this.#line.length > 0 && this.#state?.held === false) this.#flush()
    this.#holds++
    const state = this.#state
    if (state === null || state.seq > 0) return state === null
    if (!state.held) this.#ledger.keepHeld()
    this.#state = { ...state, held: true }
    if (this.#line.length > 0) this.#releaseLater()
    return true
  }

  /** Every index is frozen, never-used ones too: a first voter still on the way would land in one. */
  async freeze(address: BoxAddress, definition: CountingDefinition) {
    while (this.#line.length > 0 && this.#state?.held === false) this.#flush()
    // As late as an `adopt` may be: nothing is written of a poll that was deleted.
    if (this.#destroyed) return { ...address, version: 0, tally: emptyTally(definition.poll.questions) }
    this.#adopt(address, definition)
    const state = this.#state
    if (state === null) throw new Error('a box that adopted a definition has a state')
    if (!state.frozen) {
      this.#needs.storage.transaction(() => {
        this.#ledger.keepFrozen()
        forgetErasedVoters(this.#ledger)
      })
      this.#state = { ...state, frozen: true }
    }
    return { ...address, version: state.seq, tally: state.tally }
  }

  async firsts(
    _address: BoxAddress,
    questionId: string,
    continuing: readonly string[],
  ): Promise<FirstsAmong> {
    const questions = this.#state?.definition.poll.questions ?? []
    return (
      this.#founded?.rankings.firsts(questions, questionId, continuing) ?? {
        counts: continuing.map(() => 0),
        exhausted: 0,
      }
    )
  }

  async prove(_address: BoxAddress, ballotSeq: number) {
    const state = this.#state
    if (state === null) return null
    const proof = proveBallot(this.#ledger, state, ballotSeq)
    if (proof === null || proof.checkpoint !== null) return proof
    checkpointNow(this.#ledger, state, this.#needs.clock.now(), this.#needs.settings.checkpointAfterMs)
    return proveBallot(this.#ledger, state, ballotSeq)
  }

  async log(address: BoxAddress, after: number, limit: number) {
    return logPage(this.#ledger, this.#state, await this.standing(address), after, limit)
  }

  async checkpoint(_address: BoxAddress) {
    const { clock, settings } = this.#needs
    return this.#state && checkpointNow(this.#ledger, this.#state, clock.now(), settings.checkpointAfterMs)
  }

  async standing(address: BoxAddress) {
    return standingOf(this.#state, address, this.#founded?.outbox.archived ?? 0)
  }

  async audit(address: BoxAddress) {
    this.#lookLater(0) // says how far it is, should that not have been heard
    return auditOf(this.#ledger, this.#state, address)
  }

  async resend(_address: BoxAddress, seq: number): Promise<void> {
    this.#founded?.outbox.rewind(seq)
    this.#lookLater(0)
  }

  /** The archive has written the log events `first` … `last`. */
  async confirm(_address: BoxAddress, first: number, last: number): Promise<void> {
    this.#founded?.outbox.confirm(first, last)
    this.#lookLater(0) // the window may have room again
  }

  async destroy(): Promise<void> {
    turnAway(this.#line.take(), { reason: 'poll-not-found' })
    this.#destroyed = true
    if (this.#state) this.#needs.report(isGone(this.#state, this.#clock.now()))
    this.#state = null
    this.#founded = null
    this.#wakeAt = null
    await this.#needs.clear()
  }

  /** What the alarm calls. Catches everything, because the platform gives an alarm up after six failures. */
  async wake(): Promise<void> {
    this.#wakeAt = null
    const state = this.#state
    if (state === null || this.#founded === null) return
    const { outbox, reporter } = this.#founded
    // Neither waits for the other: a queue that is down must not keep the board from hearing what it missed.
    const outcomes = await Promise.allSettled([this.#drain(outbox, state), reporter.settle()])
    const errors = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason)] : [],
    )
    for (const error of errors)
      this.#needs.report({ type: 'alarm-failed', where: 'ballot-box', pollId: state.address.pollId, error })
    this.#lookLater(errors.length > 0 ? this.#needs.settings.failedAlarmMs : 0)
  }

  async #drain(outbox: Outbox, { address, seq }: BoxState): Promise<void> {
    const went = await outbox.drain(seq, () => this.#needs.clock.now())
    if (went.messages + went.again > 0) this.#needs.report({ type: 'ballots-sent', ...address, ...went })
  }

  #load(): BoxState | null {
    return this.#ledger.load((definition) => emptyTally(definition.poll.questions), firstHead)
  }

  #begin(): BoxState | null {
    this.#state = this.#load()
    this.#found()
    return this.#state
  }

  /** Sets up what follows the state: done at construction and when the first voter comes. */
  #found(): void {
    const state = this.#state
    if (state === null) return
    this.#founded = found({
      needs: this.#needs,
      ledger: this.#ledger,
      recent: this.#recent,
      state,
      current: () => this.#state,
    })
    // The board may have missed the last report, and the platform may have given up the alarm that would repeat it.
    this.#lookLater(0)
  }

  /** Several first voters share one question to the board. */
  #join(address: BoxAddress): Promise<BoxState | null> {
    this.#joining ??= this.#ask(address).finally(() => {
      this.#joining = null
    })
    return this.#joining
  }

  async #ask({ pollId, shard }: BoxAddress): Promise<BoxState | null> {
    const holds = this.#holds
    const definition = await this.#needs.board.join({ pollId, shard })
    // The questions may have changed since the board gave this: it counted on nobody being here yet.
    if (this.#holds !== holds) return this.#ask({ pollId, shard })
    // While the answer was on its way the board may have sent a newer one, frozen this box, or deleted the poll.
    if (this.#state !== null || this.#destroyed || definition === null) return this.#state
    this.#ledger.define({ pollId, shard }, definition)
    return this.#begin()
  }

  /** A board that does not come back must not keep voters waiting: they may try again. */
  #releaseLater(): void {
    if (this.#releasing) return
    this.#releasing = true
    this.#needs.after(this.#needs.settings.holdMs, () => {
      this.#releasing = false
      if (this.#state?.held !== true) return
      turnAway(this.#line.take(), { reason: 'overloaded', retryAfterSeconds: 1 })
    })
  }

  /** As many wait as came last time: waiting longer would gather nobody. */
  #hurry(): void {
    if (this.#hurrying || this.#lastGroup <= Math.max(1, this.#needs.settings.busyAbove)) return
    this.#hurrying = true
    this.#needs.after(0, () => {
      this.#hurrying = false
      this.#flush()
    })
  }

  #flushSoon(): void {
    if (this.#flushing || this.#state?.held === true) return
    this.#flushing = true
    const { groupWaitMs, busyAbove } = this.#needs.settings
    this.#needs.after(this.#lastGroup > busyAbove ? groupWaitMs : 0, () => {
      this.#flushing = false
      this.#flush()
      if (this.#line.length > 0) this.#flushSoon()
    })
  }

  /** Synchronous from end to end: an await in here would let another ballot in between decision and commit. */
  #flush(): void {
    const state = this.#state
    if (state?.held === true) return
    const now = this.#clock.now()
    const shed = this.#line.shed(now) // before anything is decided: nothing is shed after a commit
    if (state && shed > 0) this.#needs.report({ type: 'ballots-shed', ...state.address, ballots: shed })
    const group = this.#line.takeGroup(this.#needs.settings.groupLimit, now)
    if (state === null || group.length === 0) return // a hurry may have taken everybody
    this.#lastGroup = group.length
    const casts = group.map(({ request }) => request.cast)
    try {
      const { next, replies, counted, events } = this.#needs.storage.transaction(() =>
        commitGroup(this.#ledger, state, casts, now),
      )
      if (next.seq > state.seq)
        this.#committed(next, counted, events, {
          ballots: next.seq - state.seq,
          durationMs: this.#needs.clock.now() - now,
          ...travelOf(group, now),
        })
      group.forEach((waiting, at) => {
        waiting.answer(replies[at] ?? refuse({ reason: 'outcome-unknown' }))
      })
    } catch (error) {
      this.#fail(state, group, error)
    }
  }

  #committed(
    next: BoxState,
    counted: readonly Counted[],
    events: readonly LoggedBallot[],
    how: { ballots: number; durationMs: number; queueDelayMs: number; trace?: SpanPlace },
  ): void {
    this.#state = next
    this.#founded?.rankings.note(counted)
    // A revision or an erasure changes how an earlier event is told.
    if (counted.some(({ weight }) => weight < 0) || events.length === 0) this.#recent.forget()
    else
      this.#recent.add(
        events,
        counted.reduce((sum, { answers }) => sum + answers.length, 0),
      )
    this.#needs.report({ type: 'group-committed', ...next.address, seq: next.seq, ...how })
    if (how.trace) this.#founded?.outbox.traced(how.trace)
    this.#founded?.reporter.tell()
    this.#lookLater(0)
  }

  /** Memory may be wrong now and storage is not: everyone is told the outcome is unknown, and the object reloads. */
  #fail(state: BoxState, group: readonly Waiting[], error: unknown): void {
    turnAway([...group, ...this.#line.take()], { reason: 'outcome-unknown' })
    this.#needs.report({
      type: 'commit-failed',
      ...state.address,
      ballots: group.length,
      error: String(error),
    })
    this.#needs.abort('a commit failed')
  }

  /** Whether the edge knows a newer definition than this box: it is on its way here, and deciding by the old one would
   *  refuse a ballot that fits. */
  #ahead({ cast }: CastRequest): boolean {
    return (cast.pollVersion ?? 0) > (this.#state?.definition.poll.version ?? 0)
  }

  /** Says how far this box is. One alarm, set only when none is pending or the pending one is too late. */
  #lookLater(atLeastMs: number): void {
    const state = this.#state
    if (state === null || this.#founded === null) return
    const { outbox, reporter } = this.#founded
    this.#needs.report(standsAt(state, outbox, this.#clock.now()))
    const { lingerMs } = this.#needs.settings
    const now = this.#needs.clock.now()
    const looks = [
      outbox.nextLook(state.seq, now, lingerMs),
      reporter.settled ? null : now + lingerMs,
    ].filter((at) => at !== null)
    if (looks.length === 0) return
    const at = Math.max(now + atLeastMs, Math.min(...looks))
    if (this.#wakeAt !== null && this.#wakeAt <= at) return
    this.#wakeAt = at
    this.#needs.storage.wakeAt(at)
  }
}
