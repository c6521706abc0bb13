// One poll's scoreboard: the source of truth of its definition, and the place where its shards' tallies meet.
// It keeps the highest version of each shard, merges when it publishes, and publishes at most four times a second.
import type { Report } from '../application/events.ts'
import type { BoxAddress, Snapshot, TallyReport } from '../application/ports.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { Poll } from '../domain/poll/poll.ts'
import { type Results, resultsOf } from '../domain/tally/results.ts'
import { emptyTally, mergeTallies, type PollTally } from '../domain/tally/tally.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { deltaFrame, resultsFrame } from './frames.ts'
import type { ScoreboardRpc } from './protocol.ts'
import { type BoardState, openScorebook, type Scorebook } from './scorebook.ts'

export interface BoardNeeds {
  readonly storage: ObjectStorage
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  /** Tells Postgres about the poll; rejects when it cannot. */
  readonly record: (poll: Poll) => Promise<void>
  readonly viewers: Viewers
  readonly report: Report
}

/** Everybody who watches this poll through this object. */
export interface Viewers {
  count(): number
  send(frame: string): void
}

const publishEveryMs = 250
/** How long an owner's write waits for Postgres; after that the alarm sees to it. */
const recordPatienceMs = 500
const recordAgainMs = 5_000

export class Board implements ScoreboardRpc {
  readonly #needs: BoardNeeds
  readonly #book: Scorebook
  #state: BoardState | null
  /** Newest tally of each shard, perhaps newer than what is durable. */
  #tallies = new Map<number, { version: number; tally: PollTally }>()
  #dirty = new Set<number>()
  #published: Results | null = null
  #publishing = false
  #lastPublication = 0

  constructor(needs: BoardNeeds) {
    this.#needs = needs
    this.#book = openScorebook(needs.storage)
    this.#state = this.#book.load()
    for (const [shard, kept] of this.#state?.shards ?? [])
      if (kept.tally !== null) this.#tallies.set(shard, { ...kept, tally: kept.tally })
  }

  /** Makes the poll durable, then waits a little for Postgres. Doing it again with the same poll changes nothing. */
  async create(definition: CountingDefinition): Promise<void> {
    if (this.#state === null) {
      this.#book.found(definition)
      this.#state = this.#book.load()
    }
    const { promise: patience, resolve } = Promise.withResolvers<void>()
    this.#needs.after(recordPatienceMs, resolve)
    await Promise.race([this.#record(), patience])
  }

  async definition(): Promise<CountingDefinition | null> {
    return this.#state?.definition ?? null
  }

  async join({ shard }: BoxAddress): Promise<CountingDefinition | null> {
    const state = this.#state
    if (state === null || shard < 0 || shard >= state.definition.poll.shards) return null
    this.#book.join(shard)
    if (!state.shards.has(shard)) state.shards.set(shard, { version: 0, tally: null })
    return state.definition
  }

  /** Idempotent: a version not above the one held changes nothing. */
  async report({ shard, version, tally }: TallyReport): Promise<{ readonly durable: number }> {
    const state = this.#state
    if (state === null) throw new Error('a report for a poll that this scoreboard does not have')
    if (version > (this.#tallies.get(shard)?.version ?? 0)) {
      this.#tallies.set(shard, { version, tally })
      this.#dirty.add(shard)
      this.#publishSoon()
    }
    return { durable: state.shards.get(shard)?.version ?? 0 }
  }

  async snapshot(): Promise<Snapshot | null> {
    return this.#state === null ? null : this.#current(this.#state)
  }

  /** The frame a viewer is greeted with; null: no such poll. */
  greeting(): string | null {
    return this.#state === null ? null : resultsFrame(this.#current(this.#state).document)
  }

  /** What the alarm calls. */
  async wake(): Promise<void> {
    if (this.#state !== null) await this.#record()
  }

  /** Writes the poll through to Postgres, and sees to it that this is repeated until it is there. */
  async #record(): Promise<void> {
    const state = this.#state
    if (state === null || state.recorded >= state.definition.poll.version) return
    const { id, version } = state.definition.poll
    this.#needs.storage.wakeAt(this.#needs.clock.now() + recordAgainMs)
    try {
      await this.#needs.record(state.definition.poll)
      this.#book.keepRecorded(version)
      state.recorded = Math.max(state.recorded, version)
    } catch (error) {
      this.#needs.report({ type: 'poll-record-failed', pollId: id, version, error: String(error) })
    }
  }

  #publishSoon(): void {
    if (this.#publishing) return
    this.#publishing = true
    const wait = Math.max(0, this.#lastPublication + publishEveryMs - this.#needs.clock.now())
    this.#needs.after(Math.min(wait, publishEveryMs), () => {
      this.#publishing = false
      this.#publish()
    })
  }

  /** Durable first, then shown: the platform holds every frame and answer back until the write is safe. */
  #publish(): void {
    const state = this.#state
    if (state === null || this.#dirty.size === 0) return
    const before = this.#published ?? JSON.parse(this.#current(state).document)
    const asOf = this.#needs.clock.now()
    const results = resultsOf(state.definition.poll, this.#merged(state), {
      version: before.version + 1,
      asOf,
      final: false,
    })
    const publication = { version: results.version, final: false, document: JSON.stringify(results) }
    const changed = [...this.#dirty].map((shard) => ({ shard, ...(this.#tallies.get(shard) ?? empty) }))
    this.#book.publish(publication, changed)

    for (const { shard, version, tally } of changed) state.shards.set(shard, { version, tally })
    state.publication = publication
    this.#dirty.clear()
    this.#published = results
    this.#lastPublication = asOf
    const frame = deltaFrame(before, results, publication.document)
    const viewers = this.#needs.viewers.count()
    if (viewers > 0) this.#needs.viewers.send(frame)
    this.#needs.report({
      type: 'results-published',
      pollId: results.pollId,
      version: results.version,
      viewers,
      bytes: frame.length,
    })
  }

  #merged({ definition: { poll } }: BoardState): PollTally {
    let merged = emptyTally(poll.questions)
    for (const { tally } of this.#tallies.values()) merged = mergeTallies(poll.questions, merged, tally)
    return merged
  }

  #current(state: BoardState): Snapshot {
    const { poll } = state.definition
    state.publication ??= {
      version: 0,
      final: false,
      document: JSON.stringify(
        resultsOf(poll, emptyTally(poll.questions), { version: 0, asOf: poll.createdAt, final: false }),
      ),
    }
    return { pollId: poll.id, ...state.publication }
  }
}

const empty = { version: 0, tally: null }
