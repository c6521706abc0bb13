// Feeds an audience: leaves and branches that asked to be told. Each is told the newest, one push at a time, so that what a
// slow one misses is skipped and nothing queues. Who is fed is durable; whoever could not be told is told until it answers.
import type { Report } from '../application/events.ts'
import type { Feed, Shown } from '../application/live-feed.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { type AudienceBook, openAudienceBook } from './audience-book.ts'
import { leavesFor } from './plan.ts'

export interface FeederNeeds {
  readonly storage: ObjectStorage
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  /** Tells one of them; answers how many watch there. */
  readonly push: (child: string, feed: Feed) => Promise<number>
  readonly report: Report
}

/** An answer that has not come by now is not waited for when there is something new to tell. */
const patienceMs = 5_000
/** Whoever could not be told is tried again after 0.5, 1, … 64 s. */
const againMs = 500
const mostDoublings = 7

interface Child {
  readonly name: string
  /** As it said last. */
  viewers: number
  /** When the push under way began; null: none is. */
  pushedAt: number | null
  /** Something newer came meanwhile. */
  due: boolean
  /** What it has confirmed; null: nothing that this life knows of. */
  told: string | null
  /** Counts how often it asked to be fed: an answer to a push from before says nothing of it. */
  asked: number
  failures: number
  /** A timer is set to try again: one, however often it fails meanwhile. */
  again: boolean
}

/** null: the poll is no more. */
interface Newest {
  readonly pollId: string
  readonly snapshot: Shown | null
}

export class Feeder {
  readonly #needs: FeederNeeds
  readonly #book: AudienceBook
  readonly #children = new Map<string, Child>()
  #newest: Newest | null = null
  /** Whoever waits for everybody to be told. */
  readonly #waiting: (() => void)[] = []
  /** As the feeder above says, for branches; a board decides them itself. */
  #above: Pick<Feed, 'terms' | 'leaves' | 'viewers'> | null = null

  constructor(needs: FeederNeeds) {
    this.#needs = needs
    this.#book = openAudienceBook(needs.storage)
    for (const { name, viewers } of this.#book.children()) this.#children.set(name, aChild(name, viewers))
  }

  /** How many watch, as far as anybody has told. */
  get viewers(): number {
    let viewers = 0
    for (const child of this.#children.values()) viewers += child.viewers
    return viewers
  }

  get leaves(): number {
    return this.#above?.leaves ?? this.#book.leaves
  }

  /** Whether somebody has not been told the newest yet. */
  get behind(): boolean {
    for (const { pushedAt, due, failures } of this.#children.values())
      if (pushedAt !== null || due || failures > 0) return true
    return false
  }

  /** Resolves when everybody has been told the newest. */
  caughtUp(): Promise<void> {
    if (!this.behind) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    return promise
  }

  /** Whether nobody is fed. */
  get idle(): boolean {
    return this.#children.size === 0
  }

  /** From now on this child, which has `viewers`, is told of everything. A final result is told once, in the answer. */
  follow(name: string, viewers: number, snapshot: Shown): Feed {
    if (snapshot.final) return this.#feed({ pollId: snapshot.pollId, snapshot })
    this.#newest = newer(this.#newest, snapshot)
    const child = this.#children.get(name) ?? aChild(name, 0)
    child.asked++
    child.viewers = viewers
    this.#children.set(name, child)
    this.#book.keep(name, viewers)
    if (this.#above === null) this.#book.keepLeaves(Math.max(this.#book.leaves, leavesFor(this.viewers)))
    return this.#feed(this.#newest)
  }

  /** Tells everybody. */
  publish(snapshot: Shown): void {
    this.#newest = { pollId: snapshot.pollId, snapshot }
    this.#tellAll()
  }

  /** Viewers who were let in by terms older than this version of the poll are ended, now and whenever they come. */
  exclude(terms: number, snapshot: Shown): void {
    this.#book.keepTerms(terms)
    this.publish(snapshot)
  }

  /** The poll is no more. */
  remove(pollId: string): void {
    this.#newest = { pollId, snapshot: null }
    this.#tellAll()
  }

  /** What a branch was told from above, for all of its leaves. */
  pass({ pollId, snapshot, terms, leaves, viewers }: Feed): void {
    this.#above = { terms: Math.max(terms, this.#above?.terms ?? 0), leaves, viewers }
    this.#newest = snapshot === null ? { pollId, snapshot } : newer(this.#newest, snapshot)
    this.#tellAll()
  }

  /** The object has started again, and nobody knows whom it had told. */
  resume(pollId: string, snapshot: Shown | null): void {
    this.#newest = { pollId, snapshot }
    this.#tellAll()
  }

  #tellAll(): void {
    for (const child of this.#children.values()) this.#tell(child)
  }

  #tell(child: Child): void {
    const { clock, push } = this.#needs
    const newest = this.#newest
    if (newest === null || this.#children.get(child.name) !== child) return
    const feed = this.#feed(newest)
    const said = gistOf(feed)
    if (child.told === said) return
    const now = clock.now()
    if (child.pushedAt !== null && Math.abs(now - child.pushedAt) < patienceMs) {
      child.due = true
      return
    }
    child.pushedAt = now
    child.due = false
    const { asked } = child
    const isLast = newest.snapshot === null || newest.snapshot.final
    push(child.name, feed).then(
      (viewers) => {
        if (child.pushedAt !== now) return // a newer push is what counts, however it went
        child.told = said
        this.#told(child, asked, isLast ? 0 : viewers)
      },
      (error: unknown) => {
        if (child.pushedAt === now) this.#failed(child, newest.pollId, error)
      },
    )
  }

  #told(child: Child, asked: number, viewers: number): void {
    child.pushedAt = null
    child.failures = 0
    if (child.due) {
      child.due = false
      this.#tell(child)
    } else if (child.asked === asked) {
      child.viewers = viewers
      if (viewers === 0 && this.#children.get(child.name) === child) {
        this.#children.delete(child.name)
        this.#book.forget(child.name)
      }
      this.#shrink()
    }
    if (!this.behind) for (const tell of this.#waiting.splice(0)) tell()
  }

  #failed(child: Child, pollId: string, error: unknown): void {
    child.pushedAt = null
    this.#needs.report({ type: 'relay-failed', pollId, relay: child.name, error: String(error) })
    const waitMs = againMs * 2 ** Math.min(child.failures++, mostDoublings)
    if (child.again) return
    child.again = true
    this.#needs.after(waitMs, () => {
      child.again = false
      if (child.failures > 0) this.#tell(child)
    })
  }

  #feed({ pollId, snapshot }: Newest): Feed {
    const { terms, leaves } = this.#book
    return { pollId, snapshot, ...(this.#above ?? { terms, leaves, viewers: this.viewers }) }
  }

  /** Not for every viewer who leaves: a leaf that is there costs little. */
  #shrink(): void {
    if (this.#above !== null || this.#book.leaves === 1) return
    const wanted = leavesFor(this.viewers)
    if (wanted * 4 <= this.#book.leaves) this.#book.keepLeaves(wanted * 2)
  }
}

const aChild = (name: string, viewers: number): Child => ({
  name,
  viewers,
  pushedAt: null,
  due: false,
  told: null,
  asked: 0,
  failures: 0,
  again: false,
})

/** What of a feed must be told; how many watch is told along. */
const gistOf = ({ snapshot, terms, leaves }: Feed): string =>
  snapshot === null ? 'gone' : `${snapshot.version} ${terms} ${leaves}`

/** Answers and pushes may overtake one another: the higher version stands. */
const newer = (known: Newest | null, snapshot: Shown): Newest =>
  known !== null && (known.snapshot?.version ?? -1) > snapshot.version
    ? known
    : { pollId: snapshot.pollId, snapshot }
