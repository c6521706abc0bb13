// Callers who wait for the next commit, bounded in number, in time and in what they carry.
import type { VotingRefusal } from '../domain/refusal.ts'
import { refuse } from '../kernel/result.ts'
import { placeUnder, type SpanPlace } from '../kernel/trace.ts'
import { LineLimit } from './line-limit.ts'
import type { CastReply, CastRequest } from './protocol.ts'
import type { BoxSettings } from './settings.ts'

export interface Waiting {
  readonly request: CastRequest
  readonly answer: (reply: CastReply) => void
  /** When it came, by the box's own clock. */
  readonly cameAt: number
}

/** 2,000 full bodies would be 128 MB, all that an object has. */
const mostCodeUnits = 16_000_000
const tellEveryMs = 1_000

export class WaitingLine {
  readonly #settings: BoxSettings
  readonly #limit: LineLimit
  #waiting: Waiting[] = []
  #codeUnits = 0
  #releasedAt = 0
  #untold = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(settings: BoxSettings) {
    this.#settings = settings
    this.#limit = new LineLimit(settings)
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Whether nobody more may join. */
  get full(): boolean {
    return this.#waiting.length >= this.#limit.value || this.#codeUnits >= mostCodeUnits
  }

  join(waiting: Waiting): void {
    this.#waiting.push(waiting)
    this.#codeUnits += waiting.request.cast.answers.length
  }

  /** Nobody is held any more: until now it was not the box that let them wait. */
  released(now: number): void {
    this.#releasedAt = now
  }

  /** Turns away whom nobody waits for any more, and of the others those who came last, where more wait than may. Returns
   *  how many since it last said so, at most once a second: a surge must not drown in what is told of it. */
  shed(now: number): number {
    const overdue = ({ request, cameAt }: Waiting) =>
      now - cameAt > (request.patienceMs ?? Number.POSITIVE_INFINITY)
    const most = this.#limit.value
    if (!this.#settings.shedding || (this.#waiting.length <= most && !this.#waiting.some(overdue))) return 0
    const gone: Waiting[] = []
    const kept: Waiting[] = []
    for (const waiting of this.#waiting) (kept.length < most && !overdue(waiting) ? kept : gone).push(waiting)
    this.#waiting = kept
    this.#forget(gone)
    turnAway(gone, { reason: 'overloaded', retryAfterSeconds: 1 })
    return this.#told(gone.length, now)
  }

  /** Those who came first, at most so many, for a commit: their wait says how many may wait from now on. */
  takeGroup(most: number, now: number): Waiting[] {
    const waiting = this.#waiting.length
    const group = this.take(most)
    const youngest = group.at(-1)
    if (youngest !== undefined)
      this.#limit.note({ taken: group.length, waiting, youngestWaitMs: this.#waitOf(youngest, now), now })
    return group
  }

  /** Those who came first, at most so many. */
  take(most = Number.POSITIVE_INFINITY): Waiting[] {
    const taken = this.#waiting.splice(0, most)
    this.#forget(taken)
    return taken
  }

  #told(gone: number, now: number): number {
    this.#untold += gone
    if (now - this.#toldAt < tellEveryMs) return 0
    this.#toldAt = now
    const told = this.#untold
    this.#untold = 0
    return told
  }

  #waitOf({ cameAt }: Waiting, now: number): number {
    return now - Math.max(cameAt, this.#releasedAt)
  }

  #forget(gone: readonly Waiting[]): void {
    for (const { request } of gone) this.#codeUnits -= request.cast.answers.length
  }
}

/** How long the first of them has been under way since its edge sent it, by two machines' clocks; and what one is traced by. */
export const travelOf = (
  waiting: readonly Waiting[],
  now: number,
): { readonly queueDelayMs: number; readonly trace?: SpanPlace } => {
  const traced = waiting.find(({ request }) => request.traceparent !== undefined)?.request
  const trace = placeUnder(traced?.traceparent, `${traced?.shard} ${now}`)
  return {
    queueDelayMs: Math.max(0, ...waiting.map(({ request }) => now - (request.sentAt ?? now))),
    ...(trace && { trace }),
  }
}

/** The same no for everybody. */
export const turnAway = (waiting: readonly Waiting[], refusal: VotingRefusal): void => {
  for (const { answer } of waiting) answer(refuse(refusal))
}
