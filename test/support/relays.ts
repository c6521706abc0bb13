// Relays in this process: real leaves, branches and feeders, and calls between them as RPC carries them.
import type { Report } from '../../src/application/events.ts'
import type { Feed } from '../../src/application/live-feed.ts'
import type { ObjectStorage } from '../../src/kernel/object-storage.ts'
import { Branch } from '../../src/relay/branch.ts'
import type { RelayNamespace } from '../../src/relay/client.ts'
import { Feeder } from '../../src/relay/feeder.ts'
import { Leaf } from '../../src/relay/leaf.ts'
import { branchOf } from '../../src/relay/plan.ts'
import { childAddress, childName, entryOf, type RelayAddress, relayName } from '../../src/relay/protocol.ts'
import { encodeMsgpack } from '../../src/representation/msgpack.ts'
import { type SqliteStorage, sqliteStorage } from './sqlite-storage.ts'
import type { Timeline } from './timeline.ts'
import { type FakeSockets, fakeSockets } from './viewers.ts'

export interface LocalRelays {
  /** A feeder for a board over its storage. */
  feeder(storage: ObjectStorage): Feeder
  readonly namespace: RelayNamespace<string>
  readonly leaves: ReadonlyMap<string, LeafStand>
  readonly branches: ReadonlyMap<string, BranchStand>
  leaf(address: RelayAddress): LeafStand
  branch(address: RelayAddress): BranchStand
  /** Runs before each call; may throw, or take its time. */
  before: (what: 'push' | 'follow', relay: string) => Promise<void>
  /** Every call so far, in order. */
  readonly calls: string[]
}

export interface LeafStand {
  leaf: Leaf
  readonly sockets: FakeSockets
  /** The object ends and starts again: its memory is gone, its sockets are there. */
  evict(): void
}

export interface BranchStand {
  branch: Branch
  readonly storage: SqliteStorage
  restart(): void
}

interface Around {
  readonly time: Timeline
  readonly report: Report
  readonly board: (pollId: string) => { follow(relay: string, viewers: number): Promise<Feed | null> }
  /** Told of every call of a relay. */
  readonly hear?: (to: 'relay', name: string, method: string, args: readonly unknown[]) => { reply?: unknown }
}

export const localRelays = ({ time, report, board, hear = () => ({}) }: Around): LocalRelays => {
  const { clock, after } = time
  const leaves = new Map<string, LeafStand>()
  const branches = new Map<string, BranchStand>()

  const call = async <Answer>(
    what: 'push' | 'follow',
    relay: string,
    ask: () => Answer | Promise<Answer>,
  ) => {
    relays.calls.push(`${what} ${relay}`)
    await relays.before(what, relay)
    return structuredClone(await ask())
  }
  const push = (child: string, feed: Feed) =>
    call('push', child, () => {
      const address = childAddress(feed.pollId, child)
      const told = address.kind === 'leaf' ? relays.leaf(address).leaf : relays.branch(address).branch
      return answered(hear('relay', relayName(address), 'push', [address, feed]), () =>
        told.push(structuredClone(feed)),
      )
    })

  const aLeaf = (): LeafStand => {
    const sockets = fakeSockets()
    const make = () =>
      new Leaf({
        sockets,
        clock,
        after,
        report,
        encode: encodeMsgpack,
        follow: (leaf, viewers, _region, holds) =>
          call('follow', childName(leaf), () => {
            const index = branchOf(leaf.index)
            if (index === null) return board(leaf.pollId).follow(childName(leaf), viewers)
            const above: RelayAddress = { pollId: leaf.pollId, kind: 'branch', index }
            const args = [above, childName(leaf), viewers, holds] as const
            return answered(hear('relay', relayName(above), 'follow', args), () =>
              relays.branch(above).branch.follow(...args),
            )
          }),
      })
    const stand: LeafStand = {
      leaf: make(),
      sockets,
      evict() {
        stand.leaf = make()
      },
    }
    return stand
  }

  const aBranch = (): BranchStand => {
    const storage = sqliteStorage()
    const make = () =>
      new Branch({
        storage,
        clock,
        after,
        report,
        push,
        follow: (branch, viewers) =>
          call('follow', childName(branch), () => board(branch.pollId).follow(childName(branch), viewers)),
      })
    const stand: BranchStand = {
      branch: make(),
      storage,
      restart() {
        stand.branch = make()
      },
    }
    return stand
  }

  const found = <Stand>(stands: Map<string, Stand>, address: RelayAddress, make: () => Stand): Stand => {
    const name = relayName(address)
    const known = stands.get(name) ?? make()
    stands.set(name, known)
    return known
  }

  const relays: LocalRelays = {
    feeder: (storage) => new Feeder({ storage, clock, after, push, report }),
    namespace: {
      idFromName: (name) => name,
      get: () => ({
        async fetch(request) {
          const entry = entryOf(request)
          const { leaf, sockets } = relays.leaf(entry.address)
          const said = hear('relay', relayName(entry.address), 'fetch', [entry])
          const no = await answered(said, () => leaf.enter(entry, (seat) => sockets.accept(seat, entry.from)))
          if (no !== null) return Response.json(no, { status: 503 })
          return switching()
        },
      }),
    },
    leaves,
    branches,
    leaf: (address) => found(leaves, address, aLeaf),
    branch: (address) => found(branches, address, aBranch),
    before: async () => {},
    calls: [],
  }
  return relays
}

const answered = async <Answer>(
  said: { reply?: unknown },
  ask: () => Answer | Promise<Answer>,
): Promise<Answer> => {
  const answer = await ask()
  said.reply = structuredClone(answer)
  return answer
}

/** A 101, which only the platform can make. */
export const switching = (): Response => {
  const response = new Response(null, { headers: { 'Cache-Control': 'no-store' } })
  return Object.defineProperties(response, { status: { value: 101 }, clone: { value: () => response } })
}
