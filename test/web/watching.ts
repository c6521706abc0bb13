// A watcher of results with a hand on its clock, its lines and its answers.
import type { Results } from '../../src/domain/tally/results.ts'
import { type Fetched, type LiveState, type SocketEvents, watchResults } from '../../web/page/live.ts'

interface Line {
  readonly on: SocketEvents
  hungUp: boolean
}

export const watching = ({ version = 0, random = 0.5 } = {}) => {
  const lines: Line[] = []
  const seen: Results[] = []
  const states: LiveState[] = []
  const asked: (string | null)[] = []
  const answers: Fetched[] = []
  const timers = new Set<{ readonly at: number; readonly task: () => void }>()
  let now = 0

  const watch = watchResults(
    {
      openSocket: (on) => {
        const line = { on, hungUp: false }
        lines.push(line)
        return {
          close: () => {
            line.hungUp = true
          },
        }
      },
      fetchResults: async (etag) => {
        asked.push(etag)
        return answers.shift() ?? { kind: 'failed', retryAfterMs: 0 }
      },
      after: (ms, task) => {
        const timer = { at: now + ms, task }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
      random: () => random,
    },
    version,
    (results) => seen.push(results),
    (state) => states.push(state),
  )

  /** Time goes by; awaited, whatever was asked has been answered too. */
  const pass = (ms: number): Promise<void> => {
    const until = now + ms
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      timers.delete(next)
      now = next.at
      next.task()
    }
    now = until
    return new Promise((settled) => setImmediate(settled))
  }

  const line = (): SocketEvents => {
    const last = lines.at(-1)
    if (last === undefined) throw new Error('no line was opened')
    return last.on
  }

  const breakLines = async (): Promise<void> => {
    for (let tries = 0; tries < 3; tries++) {
      line().closed()
      await pass(5_000)
    }
  }

  return {
    watch,
    lines,
    line,
    seen,
    shown: () => seen.map((results) => results.version),
    states,
    asked,
    answers,
    pass,
    breakLines,
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
  JSON.stringify({ type: 'delta', from, version, ballots: version, changed })

export const fresh = (version: number, etag: string | null): Fetched => ({
  kind: 'fresh',
  results: document(version),
  etag,
  pollAfterMs: 0,
})
