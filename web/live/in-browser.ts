// Follows a poll's results in a browser: its sockets, its fetch, its clock, and what it knows of tab and network.
import { httpLine } from './http-line.ts'
import { socketLine } from './socket-line.ts'
import type { After } from './timer.ts'
import { type Watcher, watchResults } from './watch-results.ts'

export interface WatchedPoll extends Watcher {
  /** The address of the poll's results, as its `urls.results`. */
  readonly results: string | URL
  /** Shows the results of a poll that shows them after voting; empty: none. */
  readonly receipt: string
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** Begins at once.
 *  @example watchPoll({ results: poll.urls.results, receipt: '', version: 0, onResults: paint, onState: say }) */
export const watchPoll = ({ receipt, signal, ...watched }: WatchedPoll): void => {
  const results = new URL(watched.results, location.href)
  const live = new URL(results)
  live.pathname += '/live'
  if (receipt !== '') live.searchParams.set('receipt', receipt) // sockets of browsers send no headers
  const { visible, online, stop } = watchResults(
    {
      lines: [
        socketLine({ openSocket: (url) => new WebSocket(url), after }, live),
        httpLine(fetch, live, (version) => ({ Accept: 'text/event-stream', 'Last-Event-ID': `${version}` })),
        httpLine(fetch, results, () => (receipt === '' ? {} : { 'Edgepoll-Receipt': receipt })),
      ],
      after,
      random: Math.random,
    },
    watched,
  )
  const on = (target: EventTarget, name: string, hear: () => void): void =>
    target.addEventListener(name, hear, signal && { signal })
  const look = (): void => visible(!document.hidden)
  on(document, 'visibilitychange', look)
  on(window, 'offline', () => online(false))
  on(window, 'online', () => online(true))
  signal?.addEventListener('abort', stop)
  look()
}

const after: After = (ms, task) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}
