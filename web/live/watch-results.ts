// Follows a poll's results by the best line there is: never backwards, and without tiring the server.
import type { Results } from '../../src/domain/tally/results.ts'
import { merged, readFrame } from './frames.ts'
import type { Ending, Line, OpenLine } from './line.ts'
import { type After, timer } from './timer.ts'

export interface LiveNeeds {
  /** Best first: a socket, a stream, a question at a time. */
  readonly lines: readonly OpenLine[]
  readonly after: After
  /** In [0, 1). */
  random(): number
}

export interface Watcher {
  /** The version that is shown already; nothing lower is ever passed on. */
  readonly version: number
  onResults(results: Results): void
  onState(state: LiveState): void
}

/** `paused`: nobody looks. `final`: nothing will change any more. `refused`: not for this reader, or gone. */
export type LiveState = 'live' | 'reconnecting' | 'paused' | 'final' | 'refused'

export interface Watch {
  /** Whether anybody looks. A while after nobody does, the line is given up; whoever looks again catches up at once. */
  visible(is: boolean): void
  /** What the browser thinks of its network. It may be wrong: without one, a line is still tried within half a minute. */
  online(is: boolean): void
  stop(): void
}

const greetingMs = 10_000 // a line that has said nothing by then never will
const silenceMs = 45_000 // a socket is pinged every 30 s, a stream's heart beats at least as often
const settledMs = 5_000 // a line that breaks sooner counts as one that never was
const graceMs = 10_000 // people flip between tabs; a reconnect costs the server more than ten seconds of frames
const questionMs = 3_000 // between two questions, where the answer does not say
const triesOfLine = 2 // then it is taken to be blocked on the way
const soonMs = 2_000 // for the first try of a line
const laterMs = 30_000 // once every line has failed
const probeMs = 120_000 // about so long after a worse line works, the best is tried again

/** Everybody who lost a good line at one moment is back within this, unless it fails again: longer than a person would
 *  choose, because a leaf of relays must take thousands in. */
export const returnWithinMs = soonMs * 2

export const watchResults = ({ lines, after, random }: LiveNeeds, watcher: Watcher): Watch => {
  const enough = lines.length * triesOfLine
  let { version } = watcher
  let results: Results | null = null
  let state: LiveState | null = null // nothing has been heard yet
  let failures = 0 // also says which line is next: so many tries of each, and then of the first again
  let home = 0 // the failures to go on from where the best line was only tried
  let turn = 0 // callbacks of an earlier line find that it is no longer theirs
  let line: Line | null = null
  const [due, settling, probe, grace] = [timer(after), timer(after), timer(after), timer(after)]

  const enter = (next: LiveState): void => {
    if (next === state) return
    state = next
    watcher.onState(next)
  }

  const leave = (): void => {
    turn++
    line?.close()
    line = null
    due.clear()
    settling.clear()
  }

  /** Nothing follows but what is asked for. */
  const rest = (next: LiveState): void => {
    leave()
    probe.clear()
    grace.clear()
    enter(next)
  }

  const choice = (): number => Math.floor(failures / triesOfLine) % lines.length

  const open = (): void => {
    leave()
    const mine = turn
    due.set(greetingMs, lost)
    try {
      line =
        lines[choice()]?.(version, {
          heard: (text) => mine === turn && heard(text),
          ended: (ending, afterMs) => mine === turn && ended(ending, afterMs),
        }) ?? null
    } catch {
      lost() // such lines are not to be had here
    }
  }

  const lost = (): void => ended('lost', 0)

  const heard = (text: string): void => {
    due.clear()
    due.set(silenceMs, lost)
    settling.set(settledMs, settled)
    enter('live')
    const frame = readFrame(text)
    if (frame?.type === 'results') show(frame.results)
    if (frame?.type !== 'delta') return
    if (results === null || frame.from > results.version)
      lost() // something is missing: a new line begins with the whole
    else if (frame.version > results.version) show(merged(results, frame))
  }

  const show = (next: Results): void => {
    const isNews = next.version > version || (next.version === version && (results === null || next.final))
    if (results === null || next.version >= results.version) results = next
    if (isNews) {
      version = next.version
      watcher.onResults(next)
    }
    if (next.final) rest('final')
  }

  const settled = (): void => {
    failures = choice() * triesOfLine
    home = 0
    if (failures === 0) probe.clear()
    else probe.set(probeMs * (0.5 + random()), tryBest)
  }

  /** Once, and then back to what works. */
  const tryBest = (): void => {
    home = failures
    failures = triesOfLine - 1
    open()
  }

  const ended = (ending: Ending, afterMs: number): void => {
    leave()
    if (ending === 'refused') rest(ending)
    else due.set(ending === 'done' ? untilNext(afterMs) : untilRetry(ending, afterMs), open)
  }

  /** Spread, so that an audience does not ask in step. ms */
  const untilNext = (afterMs: number): number => {
    settled()
    return (afterMs || questionMs) * (1 + random() / 2)
  }

  /** Full jitter: an audience that was lost together does not return together. ms */
  const untilRetry = (ending: Ending, afterMs: number): number => {
    enter('reconnecting')
    failures = Math.max(home, ending === 'spent' ? (choice() + 1) * triesOfLine : failures + 1)
    // Who says when to come again is there: the last line is then not given up for the others.
    if (afterMs > 0) failures = Math.min(failures, enough - 1)
    const withinMs = failures < enough ? soonMs * 2 ** (failures % triesOfLine) : laterMs
    return afterMs + random() * Math.max(afterMs, withinMs)
  }

  const isWatching = (): boolean => state !== 'final' && state !== 'refused' && state !== 'paused'

  /** As if for the first time: tab or network may be another by now. */
  const startOver = (withinMs: number): void => {
    leave()
    failures = home = 0
    enter('reconnecting')
    due.set(random() * withinMs, open)
  }

  open()
  return {
    visible: (is) => {
      if (is) {
        grace.clear()
        if (state === 'paused') startOver(0)
      } else if (isWatching()) grace.set(graceMs, () => rest('paused'))
    },
    online: (is) => {
      if (isWatching()) startOver(is ? 1000 : laterMs)
    },
    stop: () => {
      state = 'final' // and nobody is told
      rest(state)
    },
  }
}
