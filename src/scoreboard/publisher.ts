// Where the shards' tallies meet: keeps the highest version of each, and publishes at most four times a second.
import type { Report } from '../application/events.ts'
import type { Snapshot, TallyReport } from '../application/ports.ts'
import type { Poll } from '../domain/poll/poll.ts'
import { pairwiseIn, type Results, resultsOf } from '../domain/tally/results.ts'
import { emptyTally, mergeTallies, type PollTally } from '../domain/tally/tally.ts'
import type { Clock } from '../kernel/clock.ts'
import { closedFrame, deltaFrame, resultsFrame } from './frames.ts'
import type { BoardState, Runoffs, Scorebook, Shard } from './scorebook.ts'

/** Everybody who watches this poll through this object. */
export interface Viewers {
  count(): number
  send(frame: string): void
  /** Ends every socket, and says why. */
  end(why: 'closed' | 'deleted' | 'hidden'): void
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
  /** Whether viewers are sent the whole document. */
  readonly whole?: boolean
}

const publishEveryMs = 250

export class Publisher {
  readonly #needs: Needs
  readonly #state: BoardState
  /** Newest tally of each shard, perhaps newer than what is durable. */
  readonly #tallies = new Map<number, { readonly version: number; readonly tally: PollTally }>()
  readonly #dirty = new Set<number>()
  #openRunoffs: Runoffs
  #published: Results | null = null
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

  /** The questions have changed while nobody had voted: what is shown must follow them, and no delta could say it. */
  publishAnew(): void {
    this.#publish({ whole: true })
  }

  /** The one publication that ends a poll's life. */
  close(poll: Poll, runoffs: Runoffs): void {
    this.#publish({ closed: { poll, runoffs } })
    this.#needs.viewers.send(closedFrame(this.current().document))
    this.#needs.viewers.end('closed')
  }

  current(): Snapshot {
    const { poll } = this.#state.definition
    this.#state.publication ??= {
      version: 0,
      final: false,
      document: JSON.stringify(
        resultsOf(poll, emptyTally(poll.questions), { version: 0, asOf: poll.createdAt, final: false }),
      ),
    }
    return { pollId: poll.id, ...this.#state.publication, pairwise: this.#pairwise() }
  }

  /** Made when somebody asks, once a publication. */
  #pairwise(): string | null {
    if (this.#matrices === undefined) {
      const matrices = pairwiseIn(this.#state.definition.poll.questions, this.#shown)
      this.#matrices = matrices && JSON.stringify(matrices)
    }
    return this.#matrices
  }

  /** The frame a viewer is greeted with, and whether it is also the last. */
  greeting(): { readonly frame: string; readonly last: boolean } {
    const { document, final } = this.current()
    return { frame: final ? closedFrame(document) : resultsFrame(document), last: final }
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
  #publish({ closed, whole = false }: HowToPublish = {}): void {
    const state = this.#state
    const final = closed !== undefined || state.definition.poll.phase === 'closed'
    const before: Results = this.#published ?? JSON.parse(this.current().document)
    const merged = this.merged()
    const results = resultsOf(state.definition.poll, merged, {
      version: before.version + 1,
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
    this.#published = results
    this.#shown = merged
    this.#matrices = undefined
    this.#last = this.#needs.clock.now()
    this.#show(
      results,
      whole ? resultsFrame(publication.document) : deltaFrame(before, results, publication.document),
    )
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

  #show(results: Results, frame: string): void {
    const viewers = this.#needs.viewers.count()
    if (viewers > 0 && !results.final) this.#needs.viewers.send(frame)
    const { pollId, version } = results
    this.#needs.report({ type: 'results-published', pollId, version, viewers, bytes: frame.length })
  }
}

/** The runoffs that were shown last: an object that starts again goes on showing them. */
const runoffsIn = ({ questions }: Results): Runoffs =>
  Object.fromEntries(
    questions.flatMap((question) => (question.type === 'ranking' ? [[question.id, question.runoff]] : [])),
  )
