// A line by WebSocket: frames as they come, a ping now and then, and what a close code means.
import type { Ending, OpenLine } from './line.ts'
import { type After, timer } from './timer.ts'

/** What is used of a browser's socket. */
export interface Socket {
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send(text: string): void
  close(): void
}

interface Needs {
  openSocket(url: string): Socket
  readonly after: After
}

/** Twenty pings cost what one request does. */
export const pingMs = 30_000
const laterMs = 5_000

/** @param live the address of the poll's live results, http or https. */
export const socketLine =
  ({ openSocket, after }: Needs, live: URL): OpenLine =>
  (_version, hear) => {
    const socket = openSocket(live.href.replace('http', 'ws'))
    const ping = timer(after)
    const pingLater = (): void =>
      ping.set(pingMs, () => {
        socket.send('ping')
        pingLater()
      })
    socket.onopen = pingLater
    socket.onmessage = ({ data }) => hear.heard(String(data))
    // Also follows an error.
    socket.onclose = ({ code, reason }) => {
      ping.clear()
      hear.ended(endingOf(code, reason), code === 1013 ? laterMs : 0)
    }
    return {
      close: () => {
        ping.clear()
        socket.close()
      },
    }
  }

/** After 1008 and 1009 only the reason may say to come back: what was done here is not wanted. */
const endingOf = (code: number, reason: string): Ending => {
  if (code === 1000) return 'spent'
  return (code === 1008 || code === 1009) && !reason.includes('connect again') ? 'refused' : 'lost'
}
