// The events as numbers: counted here, told to the Meter every ten seconds behind somebody's request. What an isolate has
// counted and not told when it ends is lost; how far boxes are is told whole, so that nothing of it can be.
import type { Event, Report } from '../../application/events.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Batch, BoxStanding, LeafStanding, Standings } from '../meter/protocol.ts'
import { recordEvent } from '../record-event.ts'
import { Recorder } from '../recorder.ts'

interface Needs {
  readonly clock: Clock
  /** Names this isolate; nobody else ever has the same. */
  readonly source: string
  readonly flush: (batch: Batch) => Promise<void>
  readonly stand: (standings: Standings) => Promise<void>
  /** How long to count before telling. */
  readonly everyMs: number
  /** Keeps the platform from ending a flush with the request it goes on behind. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Tells of what nothing comes after; without it whoever ends a piece of work says `flush`. */
  readonly after?: (delayMs: number, run: () => Promise<void>) => void
}

export interface MetricsSink {
  readonly report: Report
  /** Tells everything now; resolves whether or not that could be done. */
  flush(): Promise<void>
}

/** How long one flush may say nothing before the next tries: whoever began it may have been cancelled. */
const flightMs = 10_000
/** A batch that has not been taken for so long is given up: the Meter keeps its sources for three times as long. */
const givenUpAfterMs = 5 * 60_000
/** Boxes and relays of an isolate that stand differently since the last flush. */
const mostStandings = 5_000
const openForMs = 60_000
const mostOpen = 1_000

export const metricsSink = ({
  clock,
  source,
  flush,
  stand,
  everyMs,
  waitUntil,
  after,
}: Needs): MetricsSink => {
  const recorder = new Recorder()
  const open = new Map<string, { readonly dependency: string; readonly at: number }>()
  const dependencies = new Set<string>()
  let boxes = new Map<string, BoxStanding>()
  let leaves = new Map<string, LeafStanding>()
  let colo = ''
  let flushedAt = clock.now()
  let flightUntil = 0
  let timerUntil = 0
  let pending: { readonly batch: Batch; readonly madeAt: number } | null = null
  let sequence = 0

  const note = (event: Event): void => {
    if (event.type === 'box-stood') {
      const { type, pollId, shard, ...standing } = event
      const name = `${pollId}:${shard}`
      if (boxes.size < mostStandings || boxes.has(name)) boxes.set(name, { name, ...standing })
    } else if (event.type === 'leaf-stood') {
      const { relay: name, viewers, at } = event
      if (leaves.size < mostStandings || leaves.has(name)) leaves.set(name, { name, viewers, at })
    } else if (event.type === 'breaker-moved') {
      const { dependency, object, to } = event
      const key = `${dependency} ${object}`
      dependencies.add(dependency)
      if (to === 'closed') open.delete(key)
      else if (open.size < mostOpen) open.set(key, { dependency, at: clock.now() })
    } else if (event.type === 'request') colo = event.colo
    recordEvent(recorder, event)
  }

  const standing = (now: number) => {
    for (const [key, { at }] of open) if (now - at > openForMs) open.delete(key)
    const all = [...open.values()]
    for (const name of dependencies)
      recorder.stand(
        'edgepoll_breakers_open',
        all.filter(({ dependency }) => dependency === name).length,
        name,
      )
  }

  /** The batch to tell: the one that was not taken, or a new one. */
  const next = (now: number): Batch | null => {
    if (pending !== null && now - pending.madeAt > givenUpAfterMs) {
      pending = null
      recorder.count('edgepoll_telemetry_dropped_total', 1, 'flush')
    }
    if (pending === null && !recorder.isEmpty) {
      standing(now)
      pending = { batch: { source, sequence: ++sequence, colo, ...recorder.take() }, madeAt: now }
    }
    return pending?.batch ?? null
  }

  const tellBatch = async (now: number) => {
    const batch = next(now)
    if (batch === null) return
    await flush(batch)
    if (pending?.batch === batch) pending = null
  }

  /** What stands has no sequence: what could not be told is told with what has changed since. */
  const tellStandings = async () => {
    if (boxes.size + leaves.size === 0) return
    const told = { boxes, leaves }
    boxes = new Map()
    leaves = new Map()
    try {
      await stand({ boxes: [...told.boxes.values()], leaves: [...told.leaves.values()] })
    } catch (error) {
      boxes = new Map([...told.boxes, ...boxes])
      leaves = new Map([...told.leaves, ...leaves])
      throw error
    }
  }

  const tell = async (): Promise<void> => {
    const now = clock.now()
    flushedAt = now
    flightUntil = now + flightMs
    await Promise.allSettled([tellBatch(now), tellStandings()])
    flightUntil = 0
  }

  const tellWhenDue = (): void => {
    const now = clock.now()
    if (now - flushedAt >= everyMs && now >= flightUntil) waitUntil(tell())
    else if (after !== undefined && now >= timerUntil) {
      timerUntil = now + 2 * everyMs
      after(everyMs, () => {
        timerUntil = 0
        return tell()
      })
    }
  }

  return {
    report: (event) => {
      note(event)
      // It is part of a request, whose own event follows.
      if (event.type !== 'remembered') tellWhenDue()
    },
    flush: tell,
  }
}
