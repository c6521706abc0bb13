// The box is its own outbox: log events go to the archive in messages until the archive has confirmed them.
// Two cursors: `sent` is a wish, kept in memory; only a confirmation moves `archived`, and what is not confirmed in
// time is sent again, because a queue may forget and a consumer may die after its acknowledgement. A window bounds what
// is under way, and waiting doubles: an archive that is away for hours finds a short queue and no flood.
import { type BallotMessage, ballotMessageVersion } from '../application/ballot-message.ts'
import { formatTraceparent, type SpanPlace } from '../kernel/trace.ts'
import type { LoggedBallot } from './recent-events.ts'

const eventsPerMessage = 100
const bytesPerMessage = 60_000
/** The queue takes 256 KB at once, and a message may be one ballot of a full body and its envelope, 66 KB. */
const messagesPerSend = 3
/** Messages that may be unconfirmed at a time. */
const window = 64
/** How often the wait for a confirmation doubles, at most: 60 s become 16 min. */
const mostDoublings = 4

interface Needs {
  readonly pollId: string
  readonly workspaceId: string
  /** As the poll's questions are now. */
  rankings(): readonly string[]
  readonly shard: number
  /** How long a message may stay unconfirmed, the first time. */
  readonly resendAfterMs: number
  /** Log events after a seq, at least `limit` where there are so many. */
  eventsAfter(seq: number, limit: number): readonly LoggedBallot[]
  send(messages: readonly BallotMessage[]): Promise<void>
  keepArchived(seq: number): void
}

/** Events that are on their way: `first` … `last`, and how often they have been sent. */
interface UnderWay {
  readonly first: number
  readonly last: number
  readonly sentAt: number
  readonly tries: number
}

export class Outbox {
  readonly #needs: Needs
  #archived: number
  #sent: number
  #underWay: UnderWay[] = []
  /** Confirmed before an earlier message was. */
  #ahead = new Map<number, number>()
  /** The first event that is not archived, once it was asked for. */
  #oldest: { readonly seq: number; readonly castAt: number } | null = null
  /** Counts rewinds: what was on its way out before one says nothing afterwards. */
  #era = 0

  /** Of what was committed since the last message was made. */
  #trace: SpanPlace | null = null

  constructor(needs: Needs, archived: number) {
    this.#needs = needs
    this.#archived = archived
    this.#sent = archived
  }

  get archived(): number {
    return this.#archived
  }

  /** When the oldest event happened that is not known to be archived, ms since the epoch; null: all are, up to `seq`. */
  unarchivedSince(seq: number): number | null {
    if (this.#archived >= seq) this.#oldest = null
    else if (this.#oldest?.seq !== this.#archived + 1) {
      const [event] = this.#needs.eventsAfter(this.#archived, 1)
      this.#oldest = event === undefined ? null : { seq: this.#archived + 1, castAt: event.ballot.castAt }
    }
    return this.#oldest?.castAt ?? null
  }

  /** The next message is part of this, as its ballots are. */
  traced(trace: SpanPlace): void {
    this.#trace = trace
  }

  /** Sends again what is overdue, then what is unsent up to `seq` as far as the window allows. */
  async drain(seq: number, now: () => number): Promise<{ messages: number; events: number; again: number }> {
    const went = { messages: 0, events: 0, again: 0 }
    for (const overdue of this.#underWay.filter((message) => this.#dueAt(message) <= now())) {
      const messages = this.#pack(overdue.first - 1, overdue.last)
      await this.#send(messages, overdue.tries + 1, now)
      // Only now: what could not be sent again stays overdue.
      this.#underWay = this.#underWay.filter((message) => message !== overdue)
      went.again += messages.length
    }
    while (this.#sent < seq && this.#underWay.length < window) {
      const messages = this.#pack(this.#sent, seq).slice(
        0,
        Math.min(messagesPerSend, window - this.#underWay.length),
      )
      const last = messages.at(-1)?.last
      if (last === undefined) break
      const era = this.#era
      await this.#send(messages, 1, now)
      if (era !== this.#era) break
      this.#sent = Math.max(this.#sent, last)
      went.messages += messages.length
      went.events += messages.reduce((sum, message) => sum + message.ballots.length, 0)
    }
    return went
  }

  /** The archive has written the events `first` … `last`. Telling it twice, late or out of order is fine. */
  confirm(first: number, last: number): void {
    this.#underWay = this.#underWay.filter((message) => message.first < first || message.last > last)
    if (last <= this.#archived) return
    this.#ahead.set(first, Math.max(last, this.#ahead.get(first) ?? 0))
    const before = this.#archived
    for (const [from, to] of [...this.#ahead].sort(([a], [b]) => a - b)) {
      if (from > this.#archived + 1) break
      this.#archived = Math.max(this.#archived, to)
      this.#ahead.delete(from)
    }
    this.#sent = Math.max(this.#sent, this.#archived)
    this.#underWay = this.#underWay.filter((message) => message.last > this.#archived)
    if (this.#archived > before) this.#needs.keepArchived(this.#archived)
  }

  /** Says that Postgres lacks what follows `seq`, whatever it confirmed. */
  rewind(seq: number): void {
    if (seq >= this.#archived) return
    this.#archived = seq
    this.#sent = seq
    this.#underWay = []
    this.#ahead.clear()
    this.#era++
    this.#needs.keepArchived(seq)
  }

  /** When to look again: soon for what is unsent, when it is due for what is under way, never when all is archived. */
  nextLook(seq: number, now: number, lingerMs: number): number | null {
    if (this.#sent < seq && this.#underWay.length < window) return now + lingerMs
    const due = this.#underWay.map((message) => this.#dueAt(message))
    return due.length === 0 ? null : Math.min(...due)
  }

  #dueAt({ sentAt, tries }: UnderWay): number {
    return sentAt + this.#needs.resendAfterMs * 2 ** Math.min(tries - 1, mostDoublings)
  }

  async #send(messages: readonly BallotMessage[], tries: number, now: () => number): Promise<void> {
    for (let at = 0; at < messages.length; at += messagesPerSend) {
      const some = messages.slice(at, at + messagesPerSend)
      const era = this.#era
      await this.#needs.send(some)
      if (era !== this.#era) return
      for (const { first, last } of some)
        if (last > this.#archived) this.#underWay.push({ first, last, sentAt: now(), tries })
    }
  }

  /** Messages of what follows `after`, up to `last`, a few at a time. */
  #pack(after: number, last: number): BallotMessage[] {
    const events = this.#needs
      .eventsAfter(after, Math.min(last - after, eventsPerMessage * messagesPerSend))
      .filter((event) => event.seq <= last)
    const messages: BallotMessage[] = []
    for (let at = 0; at < events.length; ) {
      const size = fitting(events.slice(at, at + eventsPerMessage))
      messages.push(this.#message(events.slice(at, at + size)))
      at += size
    }
    return messages
  }

  #message(events: readonly LoggedBallot[]): BallotMessage {
    const { pollId, workspaceId, shard } = this.#needs
    const first = events[0]?.seq ?? 0
    const last = events.at(-1)?.seq ?? 0
    const ballots = events.map(({ ballot }) => ballot)
    const id = `${pollId}:${shard}:${first}`
    const rankings = this.#needs.rankings()
    const traceparent = this.#trace && formatTraceparent(this.#trace)
    this.#trace = null
    return {
      v: ballotMessageVersion,
      id,
      pollId,
      workspaceId,
      ...(rankings.length > 0 && { rankings }),
      shard,
      first,
      last,
      ballots,
      ...(traceparent && { traceparent }),
    }
  }
}

/** How many of these fit a message; at least one, whose largest is a body of 64 KiB and its envelope. */
const fitting = (events: readonly LoggedBallot[]): number => {
  let bytes = 0
  for (const [at, { ballot }] of events.entries()) {
    bytes += new TextEncoder().encode(JSON.stringify(ballot)).byteLength
    if (bytes > bytesPerMessage) return Math.max(1, at)
  }
  return events.length
}
