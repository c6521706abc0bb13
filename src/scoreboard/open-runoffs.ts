// Runoffs of a poll that is still open: asked of its live shards now and then, as long as there are not too many.
import type { Report } from '../application/events.ts'
import type { BoxLink } from '../application/ports.ts'
import type { Clock } from '../kernel/clock.ts'
import { countRunoffs } from './count-runoffs.ts'
import type { Publisher } from './publisher.ts'
import type { BoardState } from './scorebook.ts'

const everyMs = 2_000
/** Beyond this a poll's runoff is null until it is final: each round would be asked of every shard. */
const mostBallots = 20_000
/** A count that takes long is followed by a longer rest: voters come first. */
const restForEach = 10
/** A shard that cannot be asked is asked again after 4, 8, … 64 s. */
const mostDoublings = 5

interface Needs {
  readonly boxes: Pick<BoxLink, 'firsts'>
  readonly clock: Clock
  readonly after: (delayMs: number, run: () => void) => void
  readonly report: Report
}

export class OpenRunoffs {
  readonly #needs: Needs
  #counting = false
  /** Something was reported while a count was under way: it may have missed it. */
  #again = false
  #failures = 0
  #tookMs = 0
  #last = 0

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** Something has been reported: counts again soon, and lets the publisher show what comes of it. */
  countSoon(state: BoardState, publisher: Publisher): void {
    const { poll } = state.definition
    if (poll.phase !== 'open' || poll.questions.every(({ type }) => type !== 'ranking')) return
    this.#again = true
    if (this.#counting) return
    this.#counting = true
    const apartMs =
      Math.max(everyMs, this.#tookMs * restForEach) * 2 ** Math.min(this.#failures, mostDoublings)
    const wait = Math.max(0, this.#last + apartMs - this.#needs.clock.now())
    this.#needs.after(Math.min(wait, apartMs), () => {
      this.#last = this.#needs.clock.now()
      this.#again = false
      void this.#count(state, publisher).finally(() => {
        this.#counting = false
        if (this.#again) this.countSoon(state, publisher)
      })
    })
  }

  async #count(state: BoardState, publisher: Publisher): Promise<void> {
    const { poll } = state.definition
    try {
      const shards = [...state.shards.keys()]
      const began = this.#needs.clock.now()
      const runoffs = await countRunoffs(poll, publisher.merged(), shards, this.#needs.boxes, mostBallots)
      this.#tookMs = this.#needs.clock.now() - began
      this.#failures = 0
      if (state.definition.poll.phase === 'open') publisher.showRunoffs(runoffs)
    } catch (error) {
      this.#failures++
      this.#again = !publisher.stopped
      this.#needs.report({ type: 'box-failed', pollId: poll.id, error: String(error) })
    }
  }
}
