// Joins the live feed to the page: browser on one side, bars and words on the other.
import { announcer } from './announce.ts'
import { type Fetched, type LiveNeeds, type LiveState, watchResults } from './live.ts'
import { paint } from './paint.ts'

/** @param whenFinal called once, when nothing will change any more. */
export const watch = (main: HTMLElement, whenFinal: () => void = () => {}): void => {
  const announce = announcer(main)
  const live = watchResults(
    browser(main.dataset.poll ?? '', main.dataset.receipt ?? ''),
    Number(main.dataset.version ?? 0),
    (results) => {
      main.dataset.version = String(results.version)
      announce(results, paint(main, results))
    },
    (state) => {
      showState(main, state)
      if (state === 'final') whenFinal()
    },
  )
  document.addEventListener('visibilitychange', () => (document.hidden ? live.pause() : live.resume()))
  if (document.hidden) live.pause()
}

const states = {
  connecting: 'Open',
  live: 'Live',
  reconnecting: 'Reconnecting…',
  paused: 'Paused',
  final: 'Final results',
  refused: 'Open',
} as const satisfies Record<LiveState, string>

const showState = (main: HTMLElement, state: LiveState): void => {
  main.dataset.feed = state
  const place = main.querySelector('[data-state]')
  if (place !== null) place.textContent = states[state]
  if (state !== 'final') return
  main.dataset.status = 'closed'
  main.querySelector('[data-change]')?.remove()
}

const browser = (pollId: string, receipt: string): LiveNeeds => {
  const results = new URL(`/v1/polls/${encodeURIComponent(pollId)}/results`, location.href)
  return {
    random: Math.random,
    after: (ms, task) => {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
    openSocket: ({ message, closed }) => {
      const url = new URL(`${results.href}/live`)
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
      if (receipt !== '') url.searchParams.set('receipt', receipt)
      const socket = new WebSocket(url)
      socket.onmessage = ({ data }) => message(String(data))
      socket.onclose = closed // also follows an error
      return socket
    },
    fetchResults: async (etag): Promise<Fetched> => {
      const answer = await fetch(results, {
        cache: 'no-store', // the browser's cache would hide the 304
        headers: {
          Accept: 'application/json',
          ...(etag !== null && { 'If-None-Match': etag }),
          ...(receipt !== '' && { 'Edgepoll-Receipt': receipt }),
        },
        signal: AbortSignal.timeout(10_000),
      }).catch(() => null)
      return answer === null ? { kind: 'failed', retryAfterMs: 0 } : read(answer)
    },
  }
}

const read = async (answer: Response): Promise<Fetched> => {
  const pollAfterMs = seconds(answer, 'Edgepoll-Poll-After')
  if (answer.status === 304) return { kind: 'same', pollAfterMs }
  if (answer.ok) {
    const results = await answer.json().catch(() => null)
    if (results !== null) return { kind: 'fresh', results, etag: answer.headers.get('ETag'), pollAfterMs }
  }
  return [401, 403, 404, 410].includes(answer.status)
    ? { kind: 'refused' }
    : { kind: 'failed', retryAfterMs: seconds(answer, 'Retry-After') }
}

const seconds = (answer: Response, header: string): number =>
  Math.min(60, Number(answer.headers.get(header)) || 0) * 1000
