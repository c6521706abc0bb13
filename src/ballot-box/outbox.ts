// The box is its own outbox: log events go to the archive in messages until the archive has confirmed them.
// Two cursors: `sent` is a wish, kept in memory; only a confirmation moves `archived`, and what is not confirmed in
// time is sent again, because a queue may forget and a consumer may die after its acknowledgement.
import { type BallotMessage, ballotMessageVersion } from '../application/ballot-message.ts'
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'

const eventsPerMessage = 100
const bytesPerMessage = 60_000
/** The queue takes at most 100 messages or 256 KB at once: four of a ballot with a full body each would be too much. */
const messagesPerSend = 3

interface Needs {
  readonly pollId: string
  readonly shard: number
  /** How long a message may stay unconfirmed. */
  readonly resendAfterMs: number
  /** Log events after a seq, at least `limit` where there are so many. */
  eventsAfter(seq: number, limit: number): readonly LoggedBallot[]
  send(messages: readonly BallotMessage[]): Promise<void>
  keepArchived(seq: number): void
}

/** A log event: its place, and the ballot it is about. */
interface LoggedBallot {
  readonly seq: number
  readonly ballot: ArchivedBallot
}

export class Outbox {
  readonly #needs: Needs
  #archived: number
  #sent: number
  /** Sent, not confirmed; ordered by `first`. */
  #underWay: { readonly first: number; readonly last: number; readonly sentAt: number }[] = []
  /** Confirmed before an earlier message was. */
  #ahead = new Map<number, number>()

  constructor(needs: Needs, archived: number) {
    this.#needs = needs
    this.#archived = archived
    this.#sent = archived
  }

  get archived(): number {
    return this.#archived
  }

  /** Sends what is unsent up to `seq`; returns how many messages and events went out. */
  async drain(seq: number, now: () => number): Promise<{ messages: number; events: number }> {
    const went = { messages: 0, events: 0 }
    while (this.#sent < seq) {
      const messages = this.#pack(seq)
      if (messages.length === 0) break
      await this.#needs.send(messages)
      for (const { first, last } of messages)
        if (last > this.#archived) this.#underWay.push({ first, last, sentAt: now() })
      this.#sent = messages.at(-1)?.last ?? this.#sent
      went.messages += messages.length
      went.events += messages.reduce((sum, message) => sum + message.ballots.length, 0)
    }
    return went
  }

  /** Takes everything unconfirmed for too long back to unsent. Returns the first and last such event, or null. */
  recall(now: number): { from: number; to: number } | null {
    const oldest = this.#underWay[0]
    if (oldest === undefined || oldest.sentAt + this.#needs.resendAfterMs > now) return null
    const recalled = { from: this.#archived + 1, to: this.#sent }
    this.#underWay = []
    this.#sent = this.#archived
    return recalled
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

  /** When to look again: now for what is unsent, the resend time for what is under way, never when all is archived. */
  nextLook(seq: number, now: number, lingerMs: number): number | null {
    if (this.#sent < seq) return now + lingerMs
    const oldest = this.#underWay[0]
    return oldest === undefined ? null : oldest.sentAt + this.#needs.resendAfterMs
  }

  /** Says that Postgres lacks what follows `seq`, whatever it confirmed. */
  rewind(seq: number): void {
    if (seq >= this.#archived) return
    this.#archived = seq
    this.#sent = seq
    this.#underWay = []
    this.#ahead.clear()
    this.#needs.keepArchived(seq)
  }

  #pack(seq: number): BallotMessage[] {
    const events = this.#needs
      .eventsAfter(this.#sent, eventsPerMessage * messagesPerSend)
      .filter((event) => event.seq <= seq)
    const messages: BallotMessage[] = []
    for (let at = 0; at < events.length && messages.length < messagesPerSend; ) {
      const size = fitting(events.slice(at, at + eventsPerMessage))
      messages.push(this.#message(events.slice(at, at + size)))
      at += size
    }
    return messages
  }

  #message(events: readonly LoggedBallot[]): BallotMessage {
    const { pollId, shard } = this.#needs
    const first = events[0]?.seq ?? 0
    const last = events.at(-1)?.seq ?? 0
    const ballots = events.map(({ ballot }) => ballot)
    return { v: ballotMessageVersion, id: `${pollId}:${shard}:${first}`, pollId, shard, first, last, ballots }
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
