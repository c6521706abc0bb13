// A leaf: holds viewers' sockets and sends each the newest results. It keeps the last two versions and nothing else, so
// nothing waits for a slow viewer; what a socket was sent last is kept beside the socket and outlives the leaf's memory.
import type { Report } from '../application/events.ts'
import type { Feed, Shown } from '../application/live-feed.ts'
import type { Results } from '../domain/tally/results.ts'
import type { Clock } from '../kernel/clock.ts'
import { farewells } from './farewells.ts'
import { FrameSet } from './frame-set.ts'
import { intervalMs, roomOf, worthTelling } from './plan.ts'
import type { Entry, NoEntry, RelayAddress, SocketFormat } from './protocol.ts'

/** What is known of a socket through hibernation. */
export interface Seat {
  /** The version it was sent last. */
  readonly version: number
  readonly format: SocketFormat
  /** The version of the poll by whose terms it may watch. */
  readonly judged: number
}

/** One viewer's socket. */
export interface Viewer {
  seat: Seat
  /** When it last said `ping`, ms since the epoch; null: it never did. */
  readonly heardAt: number | null
  send(frame: string | Uint8Array): void
  close(code: number, reason: string): void
}

export interface Sockets {
  count(): number
  /** How many of them come from one address. */
  countFrom(from: string): number
  all(): Iterable<Viewer>
}

export interface LeafNeeds {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  /** Asks whoever feeds this leaf to do so, and tells how many watch. */
  readonly follow: (
    leaf: RelayAddress,
    viewers: number,
    region: string | null,
    /** The version it must have at least; 0: any. */
    holds: number,
  ) => Promise<Feed | null>
  readonly encode: (frame: unknown) => Uint8Array
  readonly report: Report
}

/** A viewer that said `ping` once says it every 30 s or so. One that has fallen silent is sent nothing, and the whole
 *  newest document when it is heard again; after a while its socket ends. The platform tells nothing of a backlog. */
const silentMs = 75_000
const lostMs = 150_000
/** A final result is asked for again after this: an erasure may have been noted in it. */
const finalFreshMs = 60_000
/** A leaf that has heard nothing for so long makes sure that it is still fed, when a viewer comes. */
const heardLatelyMs = 60_000
/** Viewers may say what they like of the version they hold: no more than four times a second is it looked into. */
const askAgainMs = 250

export class Leaf {
  readonly #needs: LeafNeeds
  /** null: not fed. */
  #feed: Feed | null = null
  #heardAt = 0
  /** The publication that deltas lead on from; sockets that were sent another one last get the whole. */
  #shown: Results | null = null
  #frames: FrameSet | null = null
  /** Whether a frame waits for its turn. */
  #waiting = false
  #last = 0
  #entering = 0
  /** How many the feeder knows of here, and how many watch at other leaves. */
  #told = 0
  #elsewhere = 0
  #following: Promise<void> | null = null
  #relay = ''

  constructor(needs: LeafNeeds) {
    this.#needs = needs
  }

  /** The object has started; with sockets in hand, if it had only been asleep. */
  woke(relay: string): void {
    this.#relay = relay
    const viewers = this.#needs.sockets.count()
    if (viewers > 0) this.#needs.report({ type: 'relay-woke', relay, viewers })
  }

  /** Lets a viewer in, or says why not. `accept` opens the socket: before that anybody may still be sent elsewhere. */
  async enter(entry: Entry, accept: (seat: Seat) => Viewer): Promise<NoEntry | null> {
    this.#entering++
    try {
      await this.#fed(entry)
      const no = this.#refusal(entry)
      if (no !== null) return no
      this.#greet(entry, accept)
      return null
    } finally {
      this.#entering--
    }
  }

  /** The newest from above; answers how many watch here, or are about to. What waits for its turn is not lost: a timer keeps
   *  the object from being put to sleep, and whatever else ends it ends its sockets too. */
  push(feed: Feed): number {
    this.#elsewhere = Math.max(0, feed.viewers - this.#told)
    this.#take(feed)
    const watching = this.#needs.sockets.count() + this.#entering
    this.#told = watching
    this.#tellStanding(watching)
    // From now on nobody feeds this leaf. What is final may be shown for a while yet.
    if (watching === 0 && this.#feed?.snapshot?.final !== true) this.#feed = null
    return watching
  }

  async #fed(entry: Entry): Promise<void> {
    if (this.#feed === null) return this.#follow(entry)
    const { version = 0, final = false } = this.#feed.snapshot ?? {}
    const silence = Math.abs(this.#needs.clock.now() - this.#heardAt)
    // It comes from a leaf that was ahead of this one, or says so.
    if (version < entry.holds && silence > askAgainMs) return this.#follow(entry)
    if (final && silence > finalFreshMs) return this.#follow(entry)
    if (!final && silence > heardLatelyMs) void this.#follow(entry).catch(() => undefined)
  }

  /** One question at a time, whoever waits for its answer. */
  #follow({ address, region, holds }: Entry): Promise<void> {
    this.#following ??= this.#ask(address, region, holds).finally(() => {
      this.#following = null
    })
    return this.#following
  }

  async #ask(address: RelayAddress, region: string | null, holds: number): Promise<void> {
    const viewers = this.#needs.sockets.count() + this.#entering
    const feed = await this.#needs.follow(address, viewers, region, holds)
    this.#told = viewers
    if (feed === null) {
      this.#end()
      return
    }
    this.#elsewhere = Math.max(0, feed.viewers - viewers)
    this.#take(feed)
  }

  #refusal(entry: Entry): NoEntry | null {
    const { sockets } = this.#needs
    const feed = this.#feed
    if (feed === null || feed.snapshot === null) return { reason: 'poll-not-found' }
    if (entry.judged < feed.terms) return { reason: 'terms-changed' }
    if (feed.snapshot.final) return null // greeted and gone
    const here = sockets.count()
    if (here + this.#elsewhere >= entry.mostViewers) return { reason: 'audience-full' }
    if (entry.from !== null && sockets.countFrom(entry.from) >= entry.mostOfOne)
      return { reason: 'too-many-sockets' }
    if (here >= roomOf(feed.leaves)) {
      void this.#follow(entry).catch(() => undefined)
      return { reason: 'full', leaves: feed.leaves }
    }
    return null
  }

  #greet(entry: Entry, accept: (seat: Seat) => Viewer): void {
    const snapshot = this.#feed?.snapshot
    if (snapshot === undefined || snapshot === null) return
    const { format, judged, holds } = entry
    const viewer = accept({ version: Math.max(snapshot.version, holds), format, judged })
    const frames = this.#framesOf(snapshot)
    if (snapshot.version >= holds || snapshot.final) viewer.send(frames.whole(format))
    this.#shown ??= frames.results
    if (snapshot.final) viewer.close(...farewells.closed)
    else {
      const watching = this.#needs.sockets.count()
      this.#tellStanding(watching)
      if (worthTelling(this.#told, watching)) void this.#follow(entry).catch(() => undefined)
    }
  }

  /** Never a lower version, never older terms. */
  #take(feed: Feed): void {
    const known = this.#feed
    this.#heardAt = this.#needs.clock.now()
    if (feed.snapshot === null) {
      this.#end()
      return
    }
    const older = (known?.snapshot?.version ?? -1) > feed.snapshot.version
    const terms = Math.max(feed.terms, known?.terms ?? 0)
    this.#feed = { ...feed, terms, snapshot: older ? (known?.snapshot ?? null) : feed.snapshot }
    if (terms > (known?.terms ?? 0))
      for (const viewer of this.#needs.sockets.all())
        if (viewer.seat.judged < terms) viewer.close(...farewells.excluded)
    this.#soon()
  }

  /** The poll is no more, as a push says, or the answer to a question where the push was lost. */
  #end(): void {
    this.#feed = null
    for (const viewer of this.#needs.sockets.all()) viewer.close(...farewells.deleted)
    this.#tellStanding(0)
  }

  #tellStanding(viewers: number): void {
    const { clock, report } = this.#needs
    report({ type: 'leaf-stood', relay: this.#relay, viewers, at: clock.now() })
  }

  #soon(): void {
    if (this.#waiting || this.#needs.sockets.count() === 0) return
    const interval = intervalMs(this.#needs.sockets.count())
    const wait = Math.max(0, this.#last + interval - this.#needs.clock.now())
    if (wait === 0) {
      this.#show()
      return
    }
    this.#waiting = true
    this.#needs.after(Math.min(wait, interval), () => {
      this.#waiting = false
      this.#show()
    })
  }

  /** Sends everybody the newest version who has not got it. */
  #show(): void {
    const { clock, sockets, report } = this.#needs
    const snapshot = this.#feed?.snapshot
    if (snapshot === undefined || snapshot === null) return
    const frames = this.#framesOf(snapshot)
    const now = clock.now()
    let sent = 0
    for (const viewer of sockets.all()) {
      const { seat } = viewer
      if (seat.version >= snapshot.version && !snapshot.final) continue
      if (!snapshot.final && this.#isSilent(viewer, now)) continue
      sent++
      const delta = !snapshot.final && seat.version === this.#shown?.version
      this.#send(viewer, delta ? frames.delta(this.#shown, seat.format) : frames.whole(seat.format))
      viewer.seat = { ...seat, version: snapshot.version }
      if (snapshot.final) viewer.close(...farewells.closed)
    }
    this.#shown = frames.results
    if (sent === 0) return
    this.#last = now
    const { pollId, version } = snapshot
    report({ type: 'frames-sent', pollId, version, viewers: sent, tookMs: clock.now() - now })
    if (snapshot.final) this.#tellStanding(0)
  }

  #isSilent(viewer: Viewer, now: number): boolean {
    const silence = viewer.heardAt === null ? 0 : now - viewer.heardAt
    if (silence > lostMs) viewer.close(...farewells.silent)
    return silence > silentMs
  }

  /** A socket that has gone must not keep the others from their frame. */
  #send(viewer: Viewer, frame: string | Uint8Array): void {
    try {
      viewer.send(frame)
    } catch {
      viewer.close(...farewells.unreachable)
    }
  }

  #framesOf(snapshot: Shown): FrameSet {
    if (this.#frames?.document !== snapshot.document)
      this.#frames = new FrameSet(snapshot, this.#needs.encode)
    return this.#frames
  }
}
