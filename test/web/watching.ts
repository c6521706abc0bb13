// A watcher of results with a hand on its clock, its chance and its lines.
import type { Results } from '../../src/domain/tally/results.ts'
import type { Hearing, OpenLine } from '../../web/live/line.ts'
import { type LiveState, watchResults } from '../../web/live/watch-results.ts'
import { handClock } from './by-hand.ts'

export type Kind = 'socket' | 'stream' | 'question'

interface OpenedLine extends Hearing {
  readonly kind: Kind
  /** The version its reader held when it was opened. */
  readonly held: number
  hungUp: boolean
}

export const watching = ({ version = 0, random = 0.5 } = {}) => {
  const lines: OpenedLine[] = []
  const seen: Results[] = []
  const states: LiveState[] = []
  const clock = handClock()

  const opener =
    (kind: Kind): OpenLine =>
    (held, { heard, ended }) => {
      const line: OpenedLine = { kind, held, heard, ended, hungUp: false }
      lines.push(line)
      return {
        close: () => {
          line.hungUp = true
        },
      }
    }

  const watch = watchResults(
    {
      lines: [opener('socket'), opener('stream'), opener('question')],
      after: clock.after,
      random: () => random,
    },
    { version, onResults: (results) => seen.push(results), onState: (state) => states.push(state) },
  )

  const line = (): OpenedLine => {
    const last = lines.at(-1)
    if (last === undefined) throw new Error('no line was opened')
    return last
  }

  /** Every line of these kinds breaks at once, until one of another kind is opened. */
  const breakWhile = async (...kinds: readonly Kind[]): Promise<void> => {
    while (kinds.includes(line().kind)) await fail()
  }

  const fail = async (): Promise<void> => {
    const before = lines.length
    line().ended('lost', 0)
    for (let waited = 0; lines.length === before && waited < 60; waited++) await clock.pass(500)
    if (lines.length === before) throw new Error('nothing was tried again within half a minute')
  }

  return {
    watch,
    lines,
    line,
    kinds: () => lines.map(({ kind }) => kind),
    seen,
    shown: () => seen.map((results) => results.version),
    states,
    pass: clock.pass,
    waiting: clock.waiting,
    breakWhile,
    fail,
  }
}

export const choice = (id: string, votes: number) => ({
  id,
  type: 'choice' as const,
  ballots: votes,
  options: [{ id: 'a', votes, share: 1 }],
})

export const document = (version: number, final = false): Results => ({
  pollId: 'poll_1',
  version,
  asOf: '2026-11-24T12:00:00.000Z',
  final,
  ballots: version,
  erased: 0,
  questions: [choice('where', version), choice('when', version)],
})

export const frame = (type: 'results' | 'closed', results: Results): string =>
  JSON.stringify({ type, ...results })

export const delta = (from: number, version: number, changed: Record<string, unknown>): string =>
  JSON.stringify({
    type: 'delta',
    from,
    version,
    asOf: '2026-11-24T12:00:01.000Z',
    ballots: version,
    changed,
  })
