// A branch: stands between a poll's board and up to a hundred leaves, so that the board tells forty and not three thousand.
import type { Feed } from '../application/live-feed.ts'
import { Feeder, type FeederNeeds } from './feeder.ts'
import { worthTelling } from './plan.ts'
import type { RelayAddress } from './protocol.ts'

export interface BranchNeeds extends FeederNeeds {
  /** Asks the board to feed this branch, and tells it how many watch; null: no such poll. */
  readonly follow: (branch: RelayAddress, viewers: number) => Promise<Feed | null>
}

/** How long the board waits until all leaves have been told. */
const patienceMs = 1_000

export class Branch {
  readonly #needs: BranchNeeds
  readonly #feeder: Feeder
  /** null: not fed. */
  #feed: Feed | null = null
  #told = 0
  /** Leaves that wait for the board's answer. */
  #asking = 0

  constructor(needs: BranchNeeds) {
    this.#needs = needs
    this.#feeder = new Feeder(needs)
  }

  /** The newest from the board. Answers how many watch below, or are about to, once all leaves have been told; rejects when
   *  one has not: so the board, which knows when it starts again, is the one that sees to it. */
  async push(feed: Feed): Promise<number> {
    this.#take(feed)
    if (this.#feeder.behind) {
      const late = Promise.withResolvers<void>()
      this.#needs.after(patienceMs, late.resolve)
      await Promise.race([this.#feeder.caughtUp(), late.promise])
    }
    if (this.#feeder.behind) throw new Error('not all leaves have been told yet')
    this.#told = this.#feeder.viewers
    if (!this.#feeder.idle || this.#asking > 0) return Math.max(1, this.#told)
    this.#feed = null // from now on nobody feeds this branch
    return 0
  }

  /** A leaf asks to be fed, or tells how many watch there; null: no such poll. */
  async follow(address: RelayAddress, leaf: string, viewers: number, holds: number): Promise<Feed | null> {
    if ((this.#feed?.snapshot?.version ?? -1) < holds) {
      this.#asking++
      try {
        await this.#ask(address, Math.max(viewers, this.#feeder.viewers))
      } finally {
        this.#asking--
      }
    }
    const snapshot = this.#feed?.snapshot ?? null
    if (snapshot === null) return null
    const feed = this.#feeder.follow(leaf, viewers, snapshot)
    const total = this.#feeder.viewers
    if (worthTelling(this.#told, total)) void this.#ask(address, total).catch(() => undefined)
    return feed
  }

  async #ask(address: RelayAddress, viewers: number): Promise<void> {
    const feed = await this.#needs.follow(address, viewers)
    this.#told = viewers
    if (feed !== null) this.#take(feed)
  }

  #take(feed: Feed): void {
    const known = this.#feed?.snapshot?.version ?? -1
    if (feed.snapshot !== null && feed.snapshot.version < known) return
    this.#feed = feed.snapshot === null ? null : feed
    this.#feeder.pass(feed)
  }
}
