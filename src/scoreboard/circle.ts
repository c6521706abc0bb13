// The boxes around a board: what it asks of all of them, a few at a time, and what each has confirmed.
import type { Report } from '../application/events.ts'
import type { BoxLink } from '../application/ports.ts'
import { everyShard } from '../domain/poll/plan-shards.ts'
import type { BoardState, Scorebook, Shard } from './scorebook.ts'

/** Objects start in parallel, but not all 256 at once. */
const boxesAtOnce = 32
/** How long one box may take. Asking it again is always safe. */
const patienceMs = 4_000

interface Needs {
  readonly boxes: BoxLink
  readonly book: Pick<Scorebook, 'keepShard' | 'forgetShard'>
  readonly after: (delayMs: number, run: () => void) => void
  readonly report: Report
  /** Whether this is still what the board goes by: not once the poll is deleted. */
  readonly living: (state: BoardState) => boolean
}

export class Circle {
  readonly #needs: Needs
  /** Questions that no box has answered yet, given up or not. */
  #unanswered = 0

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** Whether something is on its way that would found a box again. */
  get busy(): boolean {
    return this.#unanswered > 0
  }

  /** A shard that joins has today's definition. */
  join(state: BoardState, shard: number): void {
    const known = state.shards.get(shard) ?? unheard
    this.#keep(state, shard, { ...known, adopted: state.definition.poll.version })
  }

  /** Tells the boxes that joined of the newest definition; true once all have confirmed it. */
  tell(state: BoardState): Promise<boolean> {
    const { definition } = state
    const { id: pollId, version } = definition.poll
    return this.#each(state, behind(state), async (shard) => {
      await this.#needs.boxes.adopt({ pollId, shard }, definition)
      const known = state.shards.get(shard) ?? unheard
      this.#keep(state, shard, { ...known, adopted: Math.max(known.adopted, version) })
    })
  }

  /** Makes every box that joined wait; true if none of them holds a ballot. */
  async hold(state: BoardState): Promise<boolean> {
    let empty = true
    const asked = await this.#each(state, [...state.shards.keys()], async (shard) => {
      if (!(await this.#needs.boxes.hold({ pollId: state.definition.poll.id, shard }))) empty = false
    })
    return asked && empty
  }

  /** Freezes every index below `shards`, never-used ones too: a first voter still on the way would land in one. True
   *  once all have answered; `take` is given each final tally. */
  freeze(
    state: BoardState,
    take: (final: { readonly shard: number } & Pick<Shard, 'version' | 'tally'>) => void,
  ): Promise<boolean> {
    const { definition } = state
    const { id: pollId, version: adopted } = definition.poll
    const waiting = everyShard(state.definition.poll).filter((shard) => !state.shards.get(shard)?.frozen)
    return this.#each(state, waiting, async (shard) => {
      if (!this.#needs.living(state)) throw new Error('the poll has been deleted')
      const { version, tally } = await this.#needs.boxes.freeze({ pollId, shard }, definition)
      if (!this.#needs.living(state)) throw new Error('the poll has been deleted')
      take({ shard, version, tally })
      // A late answer must not take back what was reported since: an erasure after the freeze.
      const known = state.shards.get(shard) ?? unheard
      const newest = known.version > version ? known : { version, tally }
      this.#keep(state, shard, { ...newest, adopted: Math.max(known.adopted, adopted), frozen: true })
    })
  }

  /** The result is final: boxes that kept rankings for the runoff must hear of it, however long that takes. */
  announce(state: BoardState): void {
    for (const [shard, known] of state.shards)
      if (known.version > 0) this.#keep(state, shard, { ...known, adopted: 0 })
  }

  /** Takes every box away that may hold something; true once none is left. A close asks those that never joined, too. */
  destroy(state: BoardState): Promise<boolean> {
    const { id: pollId, phase } = state.definition.poll
    const asked =
      phase === 'closing' || phase === 'closed' ? everyShard(state.definition.poll) : [...state.shards.keys()]
    return this.#each(state, asked, async (shard) => {
      await this.#needs.boxes.destroy({ pollId, shard })
      this.#needs.book.forgetShard(shard)
      state.shards.delete(shard)
    })
  }

  #keep(state: BoardState, shard: number, kept: Shard): void {
    this.#needs.book.keepShard(shard, kept)
    state.shards.set(shard, kept)
  }

  /** Reports the boxes that could not be asked and returns whether there were none. */
  async #each(
    state: BoardState,
    shards: readonly number[],
    ask: (shard: number) => Promise<void>,
  ): Promise<boolean> {
    let all = true
    for (let at = 0; at < shards.length; at += boxesAtOnce) {
      await Promise.all(
        shards.slice(at, at + boxesAtOnce).map((shard) =>
          this.#answered(ask(shard)).catch((error: unknown) => {
            all = false
            this.#needs.report({ type: 'box-failed', pollId: state.definition.poll.id, error: String(error) })
          }),
        ),
      )
    }
    return all
  }

  /** An answer that never comes must not end the retries. */
  #answered(answer: Promise<void>): Promise<void> {
    const { promise, reject } = Promise.withResolvers<void>()
    this.#unanswered++
    const settled = () => void this.#unanswered--
    answer.then(settled, settled)
    this.#needs.after(patienceMs, () => reject(new Error(`a box did not answer within ${patienceMs} ms`)))
    return Promise.race([answer, promise])
  }
}

/** Shards that have joined and not confirmed the newest definition. */
export const behind = ({ shards, definition }: BoardState): number[] =>
  [...shards].flatMap(([shard, { adopted }]) => (adopted < definition.poll.version ? [shard] : []))

const unheard: Shard = { version: 0, tally: null, adopted: 0, frozen: false }
