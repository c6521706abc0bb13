// Callers who wait for the next commit, bounded in number and in what they carry.
import type { VotingRefusal } from '../domain/refusal.ts'
import { refuse } from '../kernel/result.ts'
import type { CastReply, CastRequest } from './protocol.ts'

export interface Waiting {
  readonly request: CastRequest
  readonly answer: (reply: CastReply) => void
}

/** 2,000 full bodies would be 128 MB, all that an object has. */
const mostCodeUnits = 16_000_000

export class WaitingLine {
  readonly #most: number
  #waiting: Waiting[] = []
  #codeUnits = 0

  constructor(most: number) {
    this.#most = most
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Whether nobody more may join. */
  get full(): boolean {
    return this.#waiting.length >= this.#most || this.#codeUnits >= mostCodeUnits
  }

  join(waiting: Waiting): void {
    this.#waiting.push(waiting)
    this.#codeUnits += waiting.request.cast.answers.length
  }

  /** Those who came first, at most so many. */
  take(most = Number.POSITIVE_INFINITY): Waiting[] {
    const taken = this.#waiting.splice(0, most)
    for (const { request } of taken) this.#codeUnits -= request.cast.answers.length
    return taken
  }
}

/** How long the first of them has been under way since its edge sent it, by two machines' clocks. */
export const longestWaitMs = (waiting: readonly Waiting[], now: number): number =>
  Math.max(0, ...waiting.map(({ request }) => now - (request.sentAt ?? now)))

/** The same no for everybody. */
export const turnAway = (waiting: readonly Waiting[], refusal: VotingRefusal): void => {
  for (const { answer } of waiting) answer(refuse(refusal))
}
