// The sockets of one object: frames arrive in order or not at all; they outlast an eviction, not an abort.
import type { Sockets as LeafSockets, Seat, Viewer } from '../../../src/relay/leaf.ts'
import type { Chance } from './chance.ts'
import type { Schedule } from './schedule.ts'
import type { Caller } from './stateful-object.ts'

/** The viewer's end. */
export interface Watcher {
  frame(text: string): void
  closed(code: number): void
}

export interface Sockets {
  /** As the object sees them: what it sends leaves when everything it has written is durable. */
  of(object: Caller): ObjectSockets
  /** The connections break: their viewers see it a little later. */
  drop(): void
}

export interface ObjectSockets extends LeafSockets {
  accept(watcher: Watcher, seat: Seat): Viewer
}

interface Open {
  readonly watcher: Watcher
  /** Kept beside the socket, as the platform keeps it. */
  seat: Seat
  /** When the last frame on its way arrives. */
  busyUntil: number
  broken: boolean
}

export const socketsOf = (schedule: Schedule, chance: Chance): Sockets => {
  const open = new Set<Open>()

  /** In order: nothing arrives before what was sent before it. */
  const arrive = (socket: Open, run: () => void) => {
    socket.busyUntil = Math.max(socket.busyUntil, schedule.now + chance.between(0.5, 15))
    schedule.after(socket.busyUntil - schedule.now, () => {
      if (!socket.broken) run()
    })
  }

  const endOf = (object: Caller, socket: Open): Viewer => ({
    get seat() {
      return socket.seat
    },
    set seat(next) {
      socket.seat = next
    },
    heardAt: null,
    send: (frame) => object.departs(() => arrive(socket, () => socket.watcher.frame(String(frame)))),
    close(code) {
      open.delete(socket)
      object.departs(() => arrive(socket, () => socket.watcher.closed(code)))
    },
  })

  return {
    of: (object) => ({
      accept(watcher, seat) {
        const socket = { watcher, seat, busyUntil: 0, broken: false }
        open.add(socket)
        return endOf(object, socket)
      },
      count: () => open.size,
      countFrom: () => 0,
      all: () => [...open].map((socket) => endOf(object, socket)),
    }),
    drop() {
      for (const socket of open) {
        socket.broken = true
        schedule.after(chance.between(1, 2_000), () => socket.watcher.closed(1006))
      }
      open.clear()
    },
  }
}
