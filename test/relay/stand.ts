// A board's feeder and its relays in one process, with a hand on time and on every call between them.
import type { Event } from '../../src/application/events.ts'
import type { Shown } from '../../src/application/live-feed.ts'
import type { Feeder } from '../../src/relay/feeder.ts'
import type { Entry, NoEntry, RelayAddress } from '../../src/relay/protocol.ts'
import { type LeafStand, type LocalRelays, localRelays } from '../support/relays.ts'
import { type SqliteStorage, sqliteStorage } from '../support/sqlite-storage.ts'
import { aTimeline, type Timeline } from '../support/timeline.ts'
import type { FakeViewer } from '../support/viewers.ts'

export const pollId = 'poll_of_these_tests'

export interface RelayStand {
  readonly time: Timeline
  readonly relays: LocalRelays
  readonly storage: SqliteStorage
  readonly events: Event[]
  /** The board's; `restart` makes another over the same storage. */
  feeder: Feeder
  restart(): void
  /** What the board shows now. */
  newest: Shown
  /** Whether the board says that there is no such poll. */
  gone: boolean
  /** The board publishes: so many ballots, under the next version. */
  publish(changes?: Partial<Shown> & { readonly ballots?: number }): void
  leaf(index?: number): LeafStand
  /** A viewer comes to a leaf: its socket, or why there is none. */
  enter(index?: number, changes?: Partial<Entry>): Promise<FakeViewer | NoEntry>
  /** As `enter`, where there is room. */
  watch(index?: number, changes?: Partial<Entry>): Promise<FakeViewer>
}

export const aRelayStand = (): RelayStand => {
  const time = aTimeline()
  const storage = sqliteStorage()
  const events: Event[] = []
  const relays = localRelays({
    time,
    report: (event) => void events.push(event),
    board: () => ({
      follow: async (relay, viewers) =>
        stand.gone ? null : stand.feeder.follow(relay, viewers, stand.newest),
    }),
  })
  const leafAt = (index = 0): RelayAddress => ({ pollId, kind: 'leaf', index })
  const stand: RelayStand = {
    time,
    relays,
    storage,
    events,
    feeder: relays.feeder(storage),
    restart() {
      stand.feeder = relays.feeder(storage)
      stand.feeder.resume(pollId, stand.newest)
    },
    newest: shown(0),
    gone: false,
    publish({ ballots, ...changes } = {}) {
      stand.newest = { ...shown(stand.newest.version + 1, ballots), ...changes }
      stand.feeder.publish(stand.newest)
    },
    leaf: (index) => relays.leaf(leafAt(index)),
    async enter(index, changes) {
      const { leaf, sockets } = stand.leaf(index)
      const entry = { ...anybody, address: leafAt(index), ...changes }
      const before = sockets.viewers.length
      const no = await leaf.enter(entry, (seat) => sockets.accept(seat, entry.from))
      const viewer = sockets.viewers[before]
      if (no !== null) return no
      if (viewer === undefined) throw new Error('let in without a socket')
      return viewer
    },
    async watch(index, changes) {
      const viewer = await stand.enter(index, changes)
      if ('reason' in viewer) throw new Error(viewer.reason)
      return viewer
    },
  }
  return stand
}

const anybody = {
  judged: 1,
  holds: 0,
  from: null,
  region: null,
  mostViewers: 10_000_000,
  mostOfOne: 1_000,
  format: 'json',
} as const

const shown = (version: number, ballots = version): Shown => ({
  pollId,
  version,
  final: false,
  document: documentOf(version, ballots),
})

export const documentOf = (version: number, ballots = version, final = false): string =>
  JSON.stringify({
    pollId,
    version,
    asOf: '2026-11-24T12:00:00.000Z',
    final,
    ballots,
    erased: 0,
    questions: [{ id: 'stars', type: 'text', ballots }],
  })
