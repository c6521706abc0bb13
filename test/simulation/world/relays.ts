// Every relay of a world: real leaves and branches in objects of the simulated platform, and the way to them.
import type { Feed } from '../../../src/application/live-feed.ts'
import { Branch } from '../../../src/relay/branch.ts'
import type { FeederNeeds } from '../../../src/relay/feeder.ts'
import { Leaf } from '../../../src/relay/leaf.ts'
import { branchOf } from '../../../src/relay/plan.ts'
import {
  childAddress,
  childName,
  type NoEntry,
  type RelayAddress,
  type RelayRpc,
  relayName,
} from '../../../src/relay/protocol.ts'
import type { Route } from '../../support/simulated/network.ts'
import { plainCopy } from '../../support/simulated/plain-copy.ts'
import { socketsOf, type Watcher } from '../../support/simulated/sockets.ts'
import { type Caller, StatefulObject } from '../../support/simulated/stateful-object.ts'
import type { Ground } from './ground.ts'
import { dispatch, remote } from './remote.ts'

export interface Relays {
  /** How a feeder tells its own. */
  pushFor(caller: Caller): FeederNeeds['push']
  /** Opens a viewer's socket, or says why not; `judged` is the version of the poll it was let in by, `holds`
   *  that of the results it has seen. Rejects when the
   *  relay ended meanwhile. */
  watch(leaf: RelayAddress, judged: number, holds: number, watcher: Watcher): Promise<NoEntry | null>
  all(): readonly { readonly object: StatefulObject<Shell> }[]
}

/** The object's shell, as workers/count/relay.ts has it. */
interface Shell extends RelayRpc {
  watch(judged: number, holds: number, watcher: Watcher): Promise<NoEntry | null>
  wake(): Promise<void>
}

interface Links {
  readonly follow: (
    caller: Caller,
    pollId: string,
  ) => (relay: string, viewers: number) => Promise<Feed | null>
}

export const relaysOf = (ground: Ground, links: Links): Relays => {
  const stands = new Map<string, { readonly object: StatefulObject<Shell> }>()
  const standOf = (address: RelayAddress) => {
    const name = relayName(address)
    const known = stands.get(name) ?? { object: aRelay(ground, links, relays, stub, address) }
    stands.set(name, known)
    return known
  }
  const stub = (caller: Caller, address: RelayAddress): RelayRpc =>
    remote<RelayRpc>(['push', 'follow'], (method, args) =>
      ground.network.call(routes[method], caller, () =>
        standOf(address).object.call((shell) => dispatch(shell, method, plainCopy(args))),
      ),
    )
  const relays: Relays = {
    pushFor: (caller) => async (child, feed) => {
      const address = childAddress(feed.pollId, child)
      return stub(caller, address).push(address, feed)
    },
    watch: (leaf, judged, holds, watcher) =>
      standOf(leaf).object.call((shell) => shell.watch(judged, holds, watcher)),
    all: () => [...stands.values()],
  }
  return relays
}

const routes: Readonly<Record<keyof RelayRpc, Route>> = {
  push: {
    name: 'relay.push',
    requestLost: 'push-request-lost',
    requestLate: 'push-request-late',
    replyLost: 'push-reply-lost',
  },
  follow: { name: 'relay.follow', requestLost: 'follow-request-lost', replyLost: 'follow-reply-lost' },
}

const aRelay = (
  ground: Ground,
  links: Links,
  relays: Pick<Relays, 'pushFor'>,
  stub: (caller: Caller, address: RelayAddress) => RelayRpc,
  address: RelayAddress,
): StatefulObject<Shell> => {
  const name = `relay ${relayName(address)}`
  const chance = ground.chance.fork(name)
  const sockets = socketsOf(ground.schedule, chance)
  return new StatefulObject<Shell>({
    ...ground,
    name,
    chance,
    make: (life) => {
      const mine = sockets.of(life)
      const around = { clock: life.clock, after: life.after, report: ground.report }
      const board = links.follow(life, address.pollId)
      const leaf = new Leaf({
        ...around,
        sockets: mine,
        encode: () => new Uint8Array(),
        follow: ({ index }, viewers, _region, holds) => {
          const branch = branchOf(index)
          const above: RelayAddress = { pollId: address.pollId, kind: 'branch', index: branch ?? 0 }
          return branch === null
            ? board(childName(address), viewers)
            : stub(life, above).follow(above, childName(address), viewers, holds)
        },
      })
      const branch =
        address.kind === 'leaf'
          ? null
          : new Branch({
              ...around,
              storage: life.storage,
              push: relays.pushFor(life),
              follow: (_branch, viewers) => board(childName(address), viewers),
            })
      return {
        push: async (_address, feed) => (branch ?? leaf).push(feed),
        follow: async (_address, child, viewers, holds) =>
          branch?.follow(address, child, viewers, holds) ?? null,
        watch: (judged, holds, watcher) =>
          leaf.enter({ ...anybody, address, judged, holds }, (seat) => mine.accept(watcher, seat)),
        wake: async () => {},
      }
    },
    holdsAnswers: ground.parts.objectsHoldAnswers,
    faults: {
      beforeDurable: 'relay-aborted-before-durable',
      beforeAnswer: 'relay-aborted-before-answer',
      // A relay sets no alarm.
      alarmFails: 'board-alarm-failed-7-times',
      alarmRepeats: 'board-alarm-came-twice',
    },
    crashed: (error) => ground.alarm('0', `${name} threw in a timer: ${String(error)}`),
    ended: (how) => {
      if (how === 'aborted') sockets.drop()
    },
  })
}

const anybody = { from: null, region: null, mostViewers: 1_000, mostOfOne: 1_000, format: 'json' } as const
