// A branch: stands between a poll's board and up to a hundred leaves, so that the board tells forty and not three thousand.
import type { Feed } from '../application/live-feed.ts'
import { Feeder, type FeederNeeds } from './feeder.ts'
import { worthTelling } from './plan.ts'
import type { RelayAddress } from './protocol.ts'

export interface BranchNeeds extends FeederNeeds {
  /** Asks the board to feed this branch, and tells it how many watch; null: no such poll. */
  readonly follow: (branch: RelayAddress, viewers: number) => Promise<Feed | null>
}

/** What ends a poll is told again until every leaf has it, even where the branch itself ends in the middle. */
const lastAgainMs = 5_000

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

  /** The newest from the board; answers how many watch below, or are about to. */
  push(feed: Feed): number {
    this.#take(feed)
    this.#told = this.#feeder.viewers
    if (!this.#feeder.idle || this.#asking > 0) return Math.max(1, this.#told)
    this.#feed = null // from now on nobody feeds this branch
    return 0
  }

  /** A leaf asks to be fed, or tells how many watch there; null: no such poll. */
  async follow(address: RelayAddress, leaf: string, viewers: number): Promise<Feed | null> {
    if (this.#feed === null) {
      this.#asking++
      try {
        await this.#ask(address, viewers)
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

  /** What the alarm calls: whoever has not heard of the end yet is told again. */
  async wake(address: RelayAddress): Promise<void> {
    if (this.#feeder.idle) return
    this.#needs.storage.wakeAt(this.#needs.clock.now() + lastAgainMs)
    const feed = await this.#needs.follow(address, this.#feeder.viewers)
    this.#take(feed ?? { pollId: address.pollId, snapshot: null, terms: 0, leaves: 1, viewers: 0 })
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
    if ((feed.snapshot === null || feed.snapshot.final) && !this.#feeder.idle)
      this.#needs.storage.wakeAt(this.#needs.clock.now() + lastAgainMs)
    this.#feeder.pass(feed)
  }
}
