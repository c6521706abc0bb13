// One ballot box: every question of dedupe is answered in here, so exactness needs no coordination.
// Callers wait in a buffer; a flush decides each ballot alone inside one transaction, changes memory only after the
// transaction returned, and then answers all. Runs under plain Node on node:sqlite.
import type { BallotMessage } from '../application/ballot-message.ts'
import type { Report } from '../application/events.ts'
import type { BoardLink, BoxAddress } from '../application/ports.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import { emptyTally } from '../domain/tally/tally.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { refuse } from '../kernel/result.ts'
import { archivedBallots } from './archived-ballots.ts'
import { commitGroup } from './commit-group.ts'
import { type BoxState, type Ledger, openLedger } from './ledger.ts'
import { firstHead } from './log.ts'
import { Outbox } from './outbox.ts'
import type { BallotBoxRpc, CastReply, CastRequest } from './protocol.ts'
import { Reporter } from './reporter.ts'

export interface BoxNeeds {
  readonly storage: ObjectStorage
  readonly clock: Clock
  /** Runs something later; 0 is "after what is already waiting", never a microtask. */
  readonly after: (delayMs: number, run: () => void) => void
  readonly board: BoardLink
  readonly send: (messages: readonly BallotMessage[]) => Promise<void>
  /** Ends this object; the platform makes a new one from storage. */
  readonly abort: (why: string) => void
  readonly report: Report
  readonly settings: BoxSettings
}

export interface BoxSettings {
  /** Ballots a commit may hold. */
  readonly groupLimit: number
  /** How long a busy box waits for more ballots before it commits, ms. 0 when quiet in any case. */
  readonly groupWaitMs: number
  /** A group larger than this makes the next one wait. */
  readonly busyAbove: number
  /** Callers that may wait; one more is told `overloaded`. */
  readonly bufferLimit: number
  /** How long the archive may take to confirm before events are sent again. */
  readonly resendAfterMs: number
  /** How long events gather before they are sent. */
  readonly lingerMs: number
}

export const boxSettings: BoxSettings = {
  groupLimit: 256,
  groupWaitMs: 5,
  busyAbove: 8,
  bufferLimit: 2_000,
  resendAfterMs: 60_000,
  lingerMs: 1_000,
}

interface Waiting {
  readonly cast: CastRequest['cast']
  readonly answer: (reply: CastReply) => void
}

export class Box implements BallotBoxRpc {
  readonly #needs: BoxNeeds
  readonly #ledger: Ledger
  #state: BoxState | null
  #outbox: Outbox | null = null
  #reporter: Reporter | null = null
  #joining: Promise<BoxState | null> | null = null
  #buffer: Waiting[] = []
  #flushing = false
  #lastGroup = 0
  #wakeAt: number | null = null

  constructor(needs: BoxNeeds) {
    this.#needs = needs
    this.#ledger = openLedger(needs.storage)
    this.#state = this.#load()
    this.#open()
  }

  /** Answers after the ballot is durable, or with why not. Never throws for a ballot's sake. */
  async cast(request: CastRequest): Promise<CastReply> {
    const state = this.#state ?? (await this.#join(request))
    if (state === null) return refuse({ reason: 'poll-not-found' })
    if (this.#buffer.length >= this.#needs.settings.bufferLimit)
      return refuse({ reason: 'overloaded', retryAfterSeconds: 1 })
    return new Promise((answer) => {
      this.#buffer.push({ cast: request.cast, answer })
      this.#flushSoon()
    })
  }

  /** The archive has written the log events `first` … `last`. */
  async confirm(_address: BoxAddress, first: number, last: number): Promise<void> {
    this.#outbox?.confirm(first, last)
  }

  /** What the alarm calls. Catches everything, because the platform gives an alarm up after six failures. */
  async wake(): Promise<void> {
    this.#wakeAt = null
    const state = this.#state
    if (state === null || this.#outbox === null || this.#reporter === null) return
    const { pollId, shard } = state.address
    let failed = false
    try {
      const recalled = this.#outbox.recall(this.#needs.clock.now())
      if (recalled !== null) this.#needs.report({ type: 'ballots-resent', pollId, shard, ...recalled })
      const went = await this.#outbox.drain(state.seq, () => this.#needs.clock.now())
      if (went.messages > 0) this.#needs.report({ type: 'ballots-sent', pollId, shard, ...went })
      await this.#reporter.settle()
    } catch (error) {
      failed = true
      this.#needs.report({ type: 'alarm-failed', where: 'ballot-box', pollId, error: String(error) })
    }
    this.#lookLater(failed ? 5_000 : 0)
  }

  #load(): BoxState | null {
    return this.#ledger.load((definition) => emptyTally(definition.poll.questions), firstHead)
  }

  /** Sets up what follows the state: done at construction and when the box is founded. */
  #open(): void {
    const state = this.#state
    if (state === null) return
    const { settings, send, board, report, after } = this.#needs
    this.#outbox = new Outbox(
      {
        ...state.address,
        resendAfterMs: settings.resendAfterMs,
        ballotsAfter: (seq, limit) => archivedBallots(this.#ledger, state, seq, limit),
        send,
        keepArchived: (seq) => this.#ledger.keepArchived(seq),
      },
      state.archived,
    )
    this.#reporter = new Reporter({
      ...state.address,
      current: () => ({ version: this.#state?.seq ?? 0, tally: this.#state?.tally ?? state.tally }),
      send: (tally) => board.report(tally),
      after,
      report,
    })
    if (state.archived < state.seq) this.#lookLater(0)
  }

  /** Several first voters share one question to the board. */
  #join(address: BoxAddress): Promise<BoxState | null> {
    this.#joining ??= this.#found(address).finally(() => {
      this.#joining = null
    })
    return this.#joining
  }

  async #found({ pollId, shard }: BoxAddress): Promise<BoxState | null> {
    const definition: CountingDefinition | null = await this.#needs.board.join({ pollId, shard })
    if (definition === null) return null
    this.#ledger.found({ pollId, shard }, definition)
    this.#state = this.#load()
    this.#open()
    return this.#state
  }

  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    const { groupWaitMs, busyAbove } = this.#needs.settings
    this.#needs.after(this.#lastGroup > busyAbove ? groupWaitMs : 0, () => {
      this.#flushing = false
      this.#flush()
      if (this.#buffer.length > 0) this.#flushSoon()
    })
  }

  /** Synchronous from end to end: an await in here would let another ballot in between decision and commit. */
  #flush(): void {
    const state = this.#state
    const group = this.#buffer.splice(0, this.#needs.settings.groupLimit)
    this.#lastGroup = group.length
    if (state === null || group.length === 0) return
    const now = Math.max(this.#needs.clock.now(), state.castAt)
    try {
      const { next, replies } = this.#needs.storage.transaction(() =>
        commitGroup(
          this.#ledger,
          state,
          group.map((waiting) => waiting.cast),
          now,
        ),
      )
      this.#state = next
      group.forEach((waiting, at) => {
        waiting.answer(replies[at] ?? refuse({ reason: 'outcome-unknown' }))
      })
      if (next.seq > state.seq) this.#committed(next, next.seq - state.seq, this.#needs.clock.now() - now)
    } catch (error) {
      this.#fail(state, group, error)
    }
  }

  #committed(state: BoxState, ballots: number, durationMs: number): void {
    this.#needs.report({ type: 'group-committed', ...state.address, ballots, seq: state.seq, durationMs })
    this.#reporter?.tell()
    this.#lookLater(0)
  }

  /** Memory may be wrong now and storage is not: everyone is told the outcome is unknown, and the object reloads. */
  #fail(state: BoxState, group: readonly Waiting[], error: unknown): void {
    const everyone = [...group, ...this.#buffer.splice(0)]
    for (const waiting of everyone) waiting.answer(refuse({ reason: 'outcome-unknown' }))
    this.#needs.report({
      type: 'commit-failed',
      ...state.address,
      ballots: group.length,
      error: String(error),
    })
    this.#needs.abort('a commit failed')
  }

  /** One alarm, set only when none is pending or the pending one is too late. */
  #lookLater(atLeastMs: number): void {
    const state = this.#state
    if (state === null || this.#outbox === null || this.#reporter === null) return
    const now = this.#needs.clock.now()
    const looks = [
      this.#outbox.nextLook(state.seq, now, this.#needs.settings.lingerMs),
      this.#reporter.settled ? null : now + this.#needs.settings.lingerMs,
    ].filter((at) => at !== null)
    if (looks.length === 0) return
    const at = Math.max(now + atLeastMs, Math.min(...looks))
    if (this.#wakeAt !== null && this.#wakeAt <= at) return
    this.#wakeAt = at
    this.#needs.storage.wakeAt(at)
  }
}
