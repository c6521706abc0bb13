// Where the shards' tallies meet: keeps the highest version of each, and publishes at most four times a second.
import type { Report } from '../application/events.ts'
import type { Feed, Shown } from '../application/live-feed.ts'
import type { Snapshot, TallyReport } from '../application/ports.ts'
import type { Poll } from '../domain/poll/poll.ts'
import { pairwiseIn, type Results, resultsOf } from '../domain/tally/results.ts'
import { emptyTally, mergeTallies, type PollTally } from '../domain/tally/tally.ts'
import type { Clock } from '../kernel/clock.ts'
import type { BoardState, Runoffs, Scorebook, Shard } from './scorebook.ts'

/** Those who hold the sockets of this poll's viewers. None of this waits, and none of it throws. */
export interface Viewers {
  /** How many watch, as far as is known, and over how many leaves they are spread. */
  readonly viewers: number
  readonly leaves: number
  /** From now on this relay is told of everything. */
  follow(relay: string, viewers: number, newest: Shown): Feed
  /** A final one is the last that its viewers are sent. */
  publish(newest: Shown): void
  /** Ends viewers that were let in by terms older than this version of the poll. */
  exclude(terms: number, newest: Shown): void
  /** Ends all of them: the poll is deleted. */
  remove(pollId: string): void
  /** The object has started again; null: the poll is deleted. */
  resume(pollId: string, newest: Shown | null): void
}

/** Where a closed poll and its final results lie for everybody, so that they are read without waking the scoreboard.
 *  Rejects when that could not be written. */
export interface Shelf {
  keep(snapshot: Snapshot, poll: Poll): Promise<void>
  drop(pollId: string): Promise<void>
}

interface Needs {
  readonly book: Pick<Scorebook, 'publish'>
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  readonly viewers: Viewers
  /** A final publication lies where everybody can read it as soon as may be. */
  readonly shelve: () => void
  readonly report: Report
}

interface HowToPublish {
  /** What ends the poll's life. */
  readonly closed?: { readonly poll: Poll; readonly runoffs: Runoffs }
}

const publishEveryMs = 250

export class Publisher {
  readonly #needs: Needs
  readonly #state: BoardState
  /** Newest tally of each shard, perhaps newer than what is durable. */
  readonly #tallies = new Map<number, { readonly version: number; readonly tally: PollTally }>()
  readonly #dirty = new Set<number>()
  #openRunoffs: Runoffs
  /** What the publication was made of: durable with it, so that an object that starts again has it in its shards. */
  #shown: PollTally
  #matrices: string | null | undefined
  /** A timer is set; when it comes, `#due` says whether there is still something to publish. */
  #waiting = false
  #due = false
  #stopped = false
  #last = 0

  constructor(needs: Needs, state: BoardState) {
    this.#needs = needs
    this.#state = state
    for (const [shard, { version, tally }] of state.shards)
      if (tally !== null) this.#tallies.set(shard, { version, tally })
    this.#shown = this.merged()
    this.#openRunoffs = state.publication === null ? {} : runoffsIn(JSON.parse(state.publication.document))
  }

  /** Takes a shard's whole tally unless it holds one as new. */
  take({ shard, version, tally }: Pick<TallyReport, 'shard' | 'version' | 'tally'>): void {
    if (version <= (this.#tallies.get(shard)?.version ?? 0)) return
    this.#tallies.set(shard, { version, tally })
    this.#dirty.add(shard)
    this.#soon()
  }

  /** Runoffs of a poll that is still open; they travel with the next publication, which this asks for. */
  showRunoffs(runoffs: Runoffs): void {
    if (this.#stopped || JSON.stringify(runoffs) === JSON.stringify(this.#openRunoffs)) return
    this.#openRunoffs = runoffs
    this.#soon()
  }

  /** The merged tally of everything reported so far. */
  merged(): PollTally {
    const { questions } = this.#state.definition.poll
    let merged = emptyTally(questions)
    for (const { tally } of this.#tallies.values()) merged = mergeTallies(questions, merged, tally)
    return merged
  }

  /** The questions have changed while nobody had voted: what is shown must follow them. */
  publishAnew(): void {
    this.#publish()
  }

  /** The one publication that ends a poll's life. */
  close(poll: Poll, runoffs: Runoffs): void {
    this.#publish({ closed: { poll, runoffs } })
  }

  current(): Snapshot {
    const { viewers, leaves } = this.#needs.viewers
    return { ...this.newest(), pairwise: this.#pairwise(), viewers, leaves }
  }

  /** As viewers are shown it. */
  newest(): Shown {
    const { poll } = this.#state.definition
    this.#state.publication ??= {
      version: 0,
      final: false,
      document: JSON.stringify(
        resultsOf(poll, emptyTally(poll.questions), { version: 0, asOf: poll.createdAt, final: false }),
      ),
    }
    return { pollId: poll.id, ...this.#state.publication }
  }

  /** Made when somebody asks, once a publication. */
  #pairwise(): string | null {
    if (this.#matrices === undefined) {
      const matrices = pairwiseIn(this.#state.definition.poll.questions, this.#shown)
      this.#matrices = matrices && JSON.stringify(matrices)
    }
    return this.#matrices
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** The poll is deleted: nothing of it is written or shown any more. */
  stop(): void {
    this.#stopped = true
  }

  #soon(): void {
    this.#due = true
    if (this.#waiting) return
    this.#waiting = true
    const wait = Math.max(0, this.#last + publishEveryMs - this.#needs.clock.now())
    this.#needs.after(Math.min(wait, publishEveryMs), () => {
      this.#waiting = false
      if (this.#due && !this.#stopped) this.#publish()
    })
  }

  /** Durable first, then shown: the platform holds every frame and answer back until the write is safe. */
  #publish({ closed }: HowToPublish = {}): void {
    const state = this.#state
    const final = closed !== undefined || state.definition.poll.phase === 'closed'
    const merged = this.merged()
    const results = resultsOf(state.definition.poll, merged, {
      version: this.newest().version + 1,
      asOf: this.#needs.clock.now(),
      final,
      runoffs: closed?.runoffs ?? (final ? state.runoffs : this.#openRunoffs),
    })
    const publication = { version: results.version, final, document: JSON.stringify(results) }
    const changed = this.#changedShards()
    this.#needs.book.publish(publication, changed, closed)

    for (const [shard, kept] of changed) state.shards.set(shard, kept)
    state.publication = publication
    if (closed !== undefined) {
      state.definition = { ...state.definition, poll: closed.poll }
      state.runoffs = closed.runoffs
    }
    this.#dirty.clear()
    this.#due = false
    this.#shown = merged
    this.#matrices = undefined
    this.#last = this.#needs.clock.now()
    this.#show()
    if (final) this.#needs.shelve()
  }

  #changedShards(): Map<number, Shard> {
    const changed = new Map<number, Shard>()
    for (const shard of this.#dirty) {
      const newest = this.#tallies.get(shard)
      const known = this.#state.shards.get(shard) ?? { version: 0, tally: null, adopted: 0, frozen: false }
      if (newest !== undefined) changed.set(shard, { ...known, ...newest })
    }
    return changed
  }

  #show(): void {
    const { viewers, report } = this.#needs
    const snapshot = this.newest()
    viewers.publish(snapshot)
    const { pollId, version, document } = snapshot
    report({ type: 'results-published', pollId, version, viewers: viewers.viewers, bytes: document.length })
  }
}

/** The runoffs that were shown last: an object that starts again goes on showing them. */
const runoffsIn = ({ questions }: Results): Runoffs =>
  Object.fromEntries(
    questions.flatMap((question) => (question.type === 'ranking' ? [[question.id, question.runoff]] : [])),
  )
