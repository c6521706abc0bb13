// How many ballots of this isolate may be on their way to each box. A box that is busy says so; after that the rest is
// turned away here, before a body is read or a box is asked, and the window opens again as its answers come back well.
import type { Clock } from '../kernel/clock.ts'
import { ByKey } from '../resilience/by-key.ts'
import { ConcurrencyLimit, type Permit } from '../resilience/concurrency-limit.ts'

export interface BallotWindows {
  /** null: this box has enough to do, or `mostOfPoll` ballots of the poll are on their way already. */
  enter(pollId: string, shard: number, shards: number, mostOfPoll: number): Permit | null
  /** Whether every box of a poll has enough to do, so that no ballot of it could be let in. Cheap while all is calm. What is
   *  let in counts until it has found its box: many come at once, and none of them has been asked for yet. */
  full(pollId: string): boolean
}

interface PollWindows {
  readonly shards: number
  readonly boxes: Map<number, ConcurrencyLimit>
  /** All ballots of the poll that are on their way. */
  readonly all: ConcurrencyLimit
  /** When those were let in who have not come to a box yet, in that order. */
  coming: number[]
  /** When one of them last turned a ballot away. */
  fullAt: number
}

const pollsKnown = 1_000
/** After a while without trouble a poll is looked at no more. */
const troubleMs = 1_000

/** After which one that was let in is not coming any more: it was refused for something else. */
const comingMs = 1_000

/** A box works on 256 at once and answers within its own bound, 50 ms; an isolate that stands alone should keep it busy.
 *  What goes to a box in vain costs as much as a ballot: a window that is too wide is halved. */
const ofAll = { initial: 1e6, least: 1e6, most: 1e6, factor: 0.5, slowMs: 15_000, leaseMs: 15_000 }
const terms = { initial: 256, least: 8, most: 2_000, factor: 0.5, slowMs: 1_500, leaseMs: 15_000 }

export const ballotWindows = (clock: Clock): BallotWindows => {
  const polls = new ByKey<{ windows: PollWindows | null }>(pollsKnown, () => ({ windows: null }))
  return {
    enter(pollId, shard, shards, mostOfPoll) {
      const kept = polls.of(pollId)
      kept.windows ??= {
        shards,
        boxes: new Map(),
        all: new ConcurrencyLimit({ clock, ...ofAll }),
        coming: [],
        fullAt: Number.NEGATIVE_INFINITY,
      }
      const { windows } = kept
      windows.coming.shift()
      if (windows.all.underWay >= mostOfPoll) return null
      const box = windows.boxes.get(shard) ?? new ConcurrencyLimit({ clock, ...terms })
      windows.boxes.set(shard, box)
      const permit = box.enter()
      if (permit === null) {
        windows.fullAt = clock.now()
        return null
      }
      const place = windows.all.enter()
      return {
        done(how) {
          permit.done(how)
          place?.done('neutral')
        },
      }
    },
    full(pollId) {
      const windows = polls.known(pollId)?.windows
      const now = clock.now()
      if (windows === undefined || windows === null || now - windows.fullAt > troubleMs) return false
      const { boxes, shards } = windows
      if (boxes.size < shards) return false
      const gone = windows.coming.findIndex((since) => now - since <= comingMs)
      windows.coming = gone === -1 ? [] : windows.coming.slice(gone)
      const room = [...boxes.values()].reduce((sum, box) => sum + box.room, 0)
      if (room <= windows.coming.length) return true
      windows.coming.push(now)
      return false
    },
  }
}
