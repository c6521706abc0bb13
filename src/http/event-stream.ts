// Server-sent events: a stream that is made as the client takes it, so that nothing waits for a slow one.
import type { Snapshot } from '../application/ports.ts'

/** Whether a client asks for them by name. */
export const wantsEvents = (accept: string | undefined): boolean =>
  /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept ?? '')

export const eventHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store, no-transform',
} as const

/** The events of what is followed. `retryMs`: how long the client waits before it comes back. `stop` is called when the client
 *  has gone. */
export const eventStream = (
  followed: AsyncGenerator<Snapshot | null, void>,
  { retryMs, stop }: { readonly retryMs: number; readonly stop: () => void },
): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      start: (stream) => stream.enqueue(encoder.encode(`retry: ${retryMs}\n\n`)),
      async pull(stream) {
        const next = await followed.next()
        if (next.done === true) stream.close()
        else stream.enqueue(next.value === null ? heartbeat : eventOf(next.value))
      },
      cancel: stop,
    },
    { highWaterMark: 1 },
  )

const encoder = new TextEncoder()
const heartbeat = encoder.encode(':\n\n')

/** Made once a publication, as long as the isolate remembers it. */
const eventOf = (snapshot: Snapshot): Uint8Array => {
  const known = events.get(snapshot)
  if (known !== undefined) return known
  const event = encoder.encode(`event: results\nid: ${snapshot.version}\ndata: ${snapshot.document}\n\n`)
  events.set(snapshot, event)
  return event
}

const events = new WeakMap<Snapshot, Uint8Array>()
