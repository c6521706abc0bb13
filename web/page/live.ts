// Follows a poll's results: by WebSocket, by polling where sockets fail, and never backwards.
import type { Results } from '../../src/domain/tally/results.ts'
import { merged, readFrame } from './frames.ts'

/** What the watcher needs of the browser; a test gives it four functions. */
export interface LiveNeeds {
  openSocket(on: SocketEvents): { close(): void }
  fetchResults(etag: string | null): Promise<Fetched>
  /** Runs `task` after `ms` unless cancelled. */
  after(ms: number, task: () => void): Cancel
  /** In [0, 1). */
  random(): number
}

export interface SocketEvents {
  message(text: string): void
  /** Once: the socket closed or never opened. */
  closed(): void
}

export type Fetched =
  | {
      readonly kind: 'fresh'
      readonly results: Results
      readonly etag: string | null
      readonly pollAfterMs: number
    }
  | { readonly kind: 'same'; readonly pollAfterMs: number }
  | { readonly kind: 'failed'; readonly retryAfterMs: number }
  /** Not for this reader, or no longer there: asking again would change nothing. */
  | { readonly kind: 'refused' }

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused' | 'final' | 'refused'
type Cancel = () => void

export interface Watch {
  /** The tab is hidden: after a grace the line is given up. */
  pause(): void
  resume(): void
  stop(): void
}

const SILENCE_MS = 10_000 // a socket that has said nothing by then never will
const GRACE_MS = 10_000 // people flip between tabs; a reconnect costs the server more than ten seconds of frames
const BACKOFF_MS = 500
const BACKOFF_CAP_MS = 30_000
const SOCKET_TRIES = 3 // then sockets are taken to be blocked on the way
const POLLS_PER_TRY = 12 // polls between two further tries of a socket

/** @param shown the version the page already shows; nothing lower is ever passed on. */
export const watchResults = (
  needs: LiveNeeds,
  shown: number,
  onResults: (results: Results) => void,
  onState: (state: LiveState) => void,
): Watch => {
  let results: Results | null = null
  let version = shown
  let etag: string | null = null
  let failures = 0
  let gaps = 0
  let polls = 0
  let state: LiveState = 'connecting'
  let turn = 0 // callbacks of an earlier line find that it is no longer theirs
  let hangUp: Cancel = () => {}
  let grace: Cancel | null = null

  const enter = (next: LiveState): void => {
    if (next === state) return
    state = next
    onState(next)
  }

  const over = (): boolean => state === 'final' || state === 'refused'

  const leave = (): void => {
    turn++
    hangUp()
    hangUp = () => {}
  }

  const show = (next: Results): void => {
    const newer = next.version > version || (next.version === version && (results === null || next.final))
    if (newer) {
      version = next.version
      results = next
      onResults(next)
    }
    if (next.final) {
      leave()
      enter('final')
    } else enter('live')
  }

  const wait = (ms: number, task: () => void): void => {
    leave()
    hangUp = needs.after(ms, task)
  }

  const retry = (): void => {
    if (failures >= SOCKET_TRIES) wait(spread(), poll)
    else {
      enter('reconnecting')
      wait(needs.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** (failures + gaps)), connect)
    }
  }

  const connect = (): void => {
    leave()
    const mine = turn
    const lost = () => {
      if (mine !== turn) return
      failures++
      retry()
    }
    const silence = needs.after(SILENCE_MS, lost)
    const socket = needs.openSocket({
      message: (text) => {
        if (mine !== turn) return
        silence()
        receive(text)
      },
      closed: lost,
    })
    hangUp = () => {
      silence()
      socket.close()
    }
  }

  const receive = (text: string): void => {
    const frame = readFrame(text)
    if (frame === null) return
    if (frame.type === 'results') {
      failures = 0
      polls = 0
      show(frame.results)
    } else if (results === null || frame.from > version) {
      gaps++ // something is missing: a new line starts whole
      retry()
    } else if (frame.version > version) {
      gaps = 0
      show(merged(results, frame))
    }
  }

  const poll = (): void => {
    leave()
    const mine = turn
    needs.fetchResults(etag).then((fetched) => {
      if (mine !== turn) return
      polls++
      if (fetched.kind === 'refused') return enter('refused')
      if (fetched.kind === 'failed') {
        enter('reconnecting')
        return wait(fetched.retryAfterMs + spread(), poll)
      }
      if (fetched.kind === 'fresh') {
        etag = fetched.etag
        show(fetched.results)
      } else enter('live')
      if (over()) return
      wait(Math.max(fetched.pollAfterMs, spread()), polls % POLLS_PER_TRY === 0 ? connect : poll)
    })
  }

  /** Two to five seconds, so that an audience does not ask in step. */
  const spread = (): number => 2000 + needs.random() * 3000

  connect()
  return {
    pause: () => {
      if (over() || grace !== null) return
      grace = needs.after(GRACE_MS, () => {
        leave()
        enter('paused')
      })
    },
    resume: () => {
      grace?.()
      grace = null
      if (state !== 'paused') return
      failures = 0
      enter('reconnecting')
      connect()
    },
    stop: () => {
      grace?.()
      leave()
      state = 'final'
    },
  }
}
