// Every ballot box of a world, and the way to them: the platform's namespace, over the network.
import type { BoxAddress, BoxLink } from '../../../src/application/ports.ts'
import type { BoxNamespace } from '../../../src/ballot-box/client.ts'
import { type BallotBoxRpc, boxName } from '../../../src/ballot-box/protocol.ts'
import type { Route } from '../../support/simulated/network.ts'
import { plainCopy } from '../../support/simulated/plain-copy.ts'
import type { Caller } from '../../support/simulated/stateful-object.ts'
import { type BoxLinks, type BoxStand, standBox } from './box-stand.ts'
import type { Ground } from './ground.ts'
import { remote } from './remote.ts'

export interface Boxes {
  namespaceFor(caller: Caller): BoxNamespace<string>
  linkFor(caller: Caller): BoxLink
  /** Every box that was ever asked for. */
  all(): readonly BoxStand[]
}

export const boxesOf = (ground: Ground, links: BoxLinks): Boxes => {
  const stands = new Map<string, BoxStand>()
  const standOf = (address: BoxAddress): BoxStand => {
    const name = boxName(address)
    const known = stands.get(name)
    if (known !== undefined) return known
    const made = standBox(ground, links, address)
    stands.set(name, made)
    return made
  }
  const stub = (caller: Caller, name: string): BallotBoxRpc =>
    remote<BallotBoxRpc>(methods, (method, args) => {
      const sentAt = ground.schedule.now
      return ground.network.call(routes[method] ?? plainRoute, caller, () =>
        standOf(addressOf(name)).ask(method, plainCopy(args), sentAt),
      )
    })
  return {
    namespaceFor: (caller) => ({ idFromName: (name) => name, get: (name) => stub(caller, name) }),
    linkFor: (caller) => ({
      adopt: (address, definition) => stub(caller, boxName(address)).adopt(address, definition),
      hold: (address) => stub(caller, boxName(address)).hold(address),
      freeze: (address, definition) => stub(caller, boxName(address)).freeze(address, definition),
      firsts: (address, question, continuing) =>
        stub(caller, boxName(address)).firsts(address, question, continuing),
      destroy: (address) => stub(caller, boxName(address)).destroy(address),
    }),
    all: () => [...stands.values()],
  }
}

const methods = [
  'cast',
  'find',
  'erase',
  'prove',
  'log',
  'checkpoint',
  'standing',
  'audit',
  'resend',
  'confirm',
  'adopt',
  'hold',
  'freeze',
  'firsts',
  'destroy',
] as const satisfies readonly (keyof BallotBoxRpc)[]

const plainRoute: Route = { name: 'box' }

const routes: { readonly [Method in keyof BallotBoxRpc]?: Route } = {
  cast: {
    name: 'box.cast',
    requestLost: 'cast-request-lost',
    requestLate: 'cast-request-late',
    replyLost: 'cast-reply-lost',
  },
  confirm: { name: 'box.confirm', requestLost: 'confirm-lost', requestLate: 'confirm-late' },
  adopt: { name: 'box.adopt', requestLost: 'adopt-request-lost' },
  hold: { name: 'box.hold', replyLost: 'hold-reply-lost' },
  freeze: {
    name: 'box.freeze',
    requestLost: 'freeze-request-lost',
    replyLost: 'freeze-reply-lost',
    replyLate: 'freeze-reply-late',
  },
  firsts: { name: 'box.firsts', requestLost: 'firsts-request-lost' },
  destroy: { name: 'box.destroy', replyLost: 'destroy-reply-lost' },
}

const addressOf = (name: string): BoxAddress => {
  const at = name.lastIndexOf(':')
  return { pollId: name.slice(0, at), shard: Number(name.slice(at + 1)) }
}
