// Virtual time: a queue of what is to happen, run in order, each event to the end of everything it set in motion.

export interface Schedule {
  /** Milliseconds since the epoch, true time; fractions keep apart what happens in one millisecond. */
  readonly now: number
  /** How many events have been run. */
  readonly events: number
  after(delayMs: number, run: () => void): Timer
  /** Resolves after a while; rejects with the signal's reason as soon as it is aborted. */
  pause(delayMs: number, signal?: AbortSignal): Promise<void>
  /** Runs everything due up to a moment, and what that brings up to then. */
  runUntil(time: number): Promise<void>
}

export interface Timer {
  cancel(): void
}

interface Event {
  readonly at: number
  readonly order: number
  run: (() => void) | null
}

export const scheduleFrom = (startsAt: number): Schedule => {
  const heap: Event[] = []
  let now = startsAt
  let order = 0
  let events = 0

  const after = (delayMs: number, run: () => void): Timer => {
    const event: Event = { at: now + Math.max(0, delayMs), order: order++, run }
    push(heap, event)
    return {
      cancel: () => {
        event.run = null
      },
    }
  }

  return {
    get now() {
      return now
    },
    get events() {
      return events
    },
    after,
    pause: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const stop = () => {
          timer.cancel()
          reject(signal?.reason)
        }
        const timer = after(delayMs, () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        })
        signal?.addEventListener('abort', stop, { once: true })
      }),
    async runUntil(time) {
      await settled()
      for (let next = heap[0]; next !== undefined && next.at <= time; next = heap[0]) {
        pop(heap)
        if (next.run === null) continue
        now = next.at
        events++
        next.run()
        await settled()
      }
      now = Math.max(now, time)
    },
  }
}

/** When no microtask is left: a turn of the event loop comes only then. Nothing in a simulation waits for a thread. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const before = (one: Event, other: Event) =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

const push = (heap: Event[], event: Event): void => {
  let at = heap.length
  heap.push(event)
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !before(event, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = event
}

const pop = (heap: Event[]): void => {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  while (true) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const child = right !== undefined && left !== undefined && before(right, left) ? right : left
    if (child === undefined || !before(child, last)) break
    heap[at] = child
    at = child === left ? 2 * at + 1 : 2 * at + 2
  }
  heap[at] = last
}
