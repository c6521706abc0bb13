// What boxes, boards and relays ask of each other and of the world, each question with an end: one that is never answered must not
// keep a first voter, a report or an alarm waiting for ever. Whoever asks repeats it by alarm, so that an answer that comes
// too late is the same as one that was lost.
import type { Feed } from '../application/live-feed.ts'
import type { BoardLink, BoxLink } from '../application/ports.ts'
import type { BoxNeeds } from '../ballot-box/needs.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FeederNeeds } from '../relay/feeder.ts'
import { within } from '../resilience/patience.ts'
import type { BoardNeeds } from '../scoreboard/board.ts'

const second = 1_000

/** The timer of a question ends with it: one that is left over would keep an object awake, and its bill running. */
const ending = (clock: Clock, ownMs: number) => {
  const always = new AbortController().signal
  return <Answer>(question: () => Promise<Answer>): Promise<Answer> =>
    within({ clock, ownMs, marginMs: 0 }, always, question)
}

/** A first voter waits for `join`; nobody waits for a report. */
export const protectBoardLink = (board: BoardLink, clock: Clock): BoardLink => {
  const joining = ending(clock, 5 * second)
  const reporting = ending(clock, 5 * second)
  return {
    join: (address) => joining(() => board.join(address)),
    report: (tally) => reporting(() => board.report(tally)),
  }
}

/** What the queue does not take stays in the box. */
export const protectSend = (send: BoxNeeds['send'], clock: Clock): BoxNeeds['send'] => {
  const sending = ending(clock, 10 * second)
  return (messages) => sending(() => send(messages))
}

/** A board's circle stops waiting by itself after 4 s, and knows from these what is still on its way: an adopt or a freeze
 *  that comes after all would found a box of a poll that is deleted. So they end late, when nothing can come any more. */
export const protectBoxLink = (box: BoxLink, clock: Clock): BoxLink => {
  const founding = ending(clock, 60 * second)
  const counting = ending(clock, 15 * second)
  return {
    adopt: (address, definition) => founding(() => box.adopt(address, definition)),
    hold: (address) => founding(() => box.hold(address)),
    freeze: (address, definition) => founding(() => box.freeze(address, definition)),
    firsts: (address, questionId, continuing) => counting(() => box.firsts(address, questionId, continuing)),
    destroy: (address) => counting(() => box.destroy(address)),
  }
}

/** What feeds an audience. A push that is never answered would not be repeated where nothing newer comes, as after the end;
 *  and all who come to a leaf wait for the same answer from above. */
export const protectPush = (push: FeederNeeds['push'], clock: Clock): FeederNeeds['push'] => {
  const telling = ending(clock, 5 * second)
  return (child, feed) => telling(() => push(child, feed))
}

export const protectFollow = <Order extends readonly unknown[]>(
  follow: (...order: Order) => Promise<Feed | null>,
  clock: Clock,
): ((...order: Order) => Promise<Feed | null>) => {
  const asking = ending(clock, 5 * second)
  return (...order) => asking(() => follow(...order))
}

/** The archive gives up after 5 and 30 s by itself; this is for one that does not answer at all. */
export const protectRecords = (records: BoardNeeds['records'], clock: Clock): BoardNeeds['records'] => {
  const recording = ending(clock, 6 * second)
  const removing = ending(clock, 31 * second)
  return {
    record: (poll) => recording(() => records.record(poll)),
    remove: (death) => removing(() => records.remove(death)),
  }
}
