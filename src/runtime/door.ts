// Whether a request may come in, by what it would ask of the dependencies: said before its body is read, its key looked
// up, or anything is begun.
import { retryAfterSeconds } from '../admission/priority.ts'
import type { Door } from '../http/door.ts'
import type { BallotWindows } from './ballot-windows.ts'
import { type Footing, shedReporter } from './guard.ts'
import type { Guards } from './protect.ts'

export const door = (
  { boxes, boards, everyPostgres: postgres }: Pick<Guards, 'boxes' | 'boards' | 'everyPostgres'>,
  windows: BallotWindows,
  { clock, random, report, shedding }: Footing,
): Door => {
  const shed = shedReporter('the door', clock, report)
  return ({ priority, pollId, plan }) => {
    if (!shedding) return null
    const full = {
      ballots: () => (pollId !== null && windows.full(pollId)) || boxes.full('ballots'),
      close: () => boards.full('close', plan),
      // Most are answered from memory, which costs as little as a refusal; the others learn it where they ask.
      'live-reads': () => false,
      'owner-writes': () => boards.full('owner-writes', plan),
      lists: () => postgres.full('lists', plan),
      exports: () => postgres.full('exports', plan) || boxes.full('exports', plan),
    }
    if (!full[priority]()) return null
    shed(priority)
    return retryAfterSeconds(priority, random.fraction())
  }
}
