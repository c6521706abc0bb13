// The edge's side of the relays: finds a leaf that has room, and passes its 101 on.
import type { NoSocket, Relays, ViewerOrder } from '../application/live-feed.ts'
import { addressOf } from '../domain/voter/network.ts'
import { toHex } from '../kernel/bytes.ts'
import { hash } from '../kernel/hash.ts'
import { locationHint } from '../kernel/location-hint.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { until } from '../kernel/until.ts'
import { firstLeaf } from './plan.ts'
import { entryUrl, type NoEntry, type RelayAddress, relayName } from './protocol.ts'

/** The two methods of a Durable Object namespace that finding a relay needs. */
export interface RelayNamespace<Id = unknown> {
  idFromName(name: string): Id
  get(
    id: Id,
    options?: { locationHint?: DurableObjectLocationHint },
  ): { fetch(request: Request): Promise<Response> }
}

/** A leaf that is full sends viewers on; the fourth of them does not. */
const mostTries = 4
/** Sockets of one network address at one leaf: a lecture hall behind one router, and no more. All of them are sent to the
 *  same leaf as long as it has room. */
const mostOfOne = 1_000

export const relays = <Id>(namespace: RelayNamespace<Id>, random: Pick<Random, 'fraction'>): Relays => {
  const leafAt = (address: RelayAddress, region: string | null) => {
    const hint = locationHint(region)
    return namespace.get(
      namespace.idFromName(relayName(address)),
      hint === undefined ? {} : { locationHint: hint },
    )
  }

  const knock = async (order: ViewerOrder, index: number, from: string | null): Promise<Response> => {
    const { pollId, judged, holds, region, mostViewers, upgrade } = order
    const address: RelayAddress = { pollId, kind: 'leaf', index }
    const url = entryUrl({ address, judged, holds, from, region, mostViewers, mostOfOne })
    return leafAt(address, region).fetch(new Request(url, upgrade))
  }

  return {
    async open(order, signal) {
      const from = order.address === null ? null : keyOf(order.pollId, order.address)
      let { leaves } = order
      let index = firstLeaf(leaves, order.region, from === null ? random.fraction() : placeOf(from))
      for (let tries = 0; tries < mostTries; tries++) {
        const answer = await until(signal, knock(order, index, from)).catch((cause: unknown) => {
          throw new Unavailable('a relay', cause)
        })
        if (answer.status === 101) return accept(answer)
        const no: NoEntry = await answer.json()
        if (no.reason !== 'full') return refuse(no)
        leaves = Math.max(leaves, no.leaves)
        index = another(index, leaves, random.fraction())
      }
      return overloaded
    },
  }
}

const overloaded: Result<never, NoSocket> = refuse({ reason: 'overloaded', retryAfterSeconds: 2 })

/** Any other leaf, where there is one. */
const another = (index: number, leaves: number, chance: number): number =>
  leaves < 2 ? 0 : (index + 1 + Math.floor(chance * (leaves - 1))) % leaves

/** Stands for an address at one poll: nothing raw is kept. Sixteen hex digits. */
const keyOf = (pollId: string, address: string): string =>
  toHex(hash('viewer', pollId, addressOf(address)).subarray(0, 8))

/** Where in [0, 1) an address belongs, always the same. */
const placeOf = (key: string): number => Number.parseInt(key.slice(0, 8), 16) / 2 ** 32
