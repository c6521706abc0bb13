// What travels between board, branches, leaves and edge: names, the methods of a Relay object, and a viewer's entry.
import type { Feed } from '../application/live-feed.ts'

/** A leaf holds sockets; a branch feeds up to a hundred leaves. */
export interface RelayAddress {
  readonly pollId: string
  readonly kind: 'leaf' | 'branch'
  readonly index: number
}

export const relayName = ({ pollId, kind, index }: RelayAddress): string => `${pollId}/${kind}/${index}`

/** How a feeder knows one of its own: `leaf/17`. */
export const childName = ({ kind, index }: Omit<RelayAddress, 'pollId'>): string => `${kind}/${index}`

export const childAddress = (pollId: string, child: string): RelayAddress => {
  const [kind, index] = child.split('/')
  return { pollId, kind: kind === 'branch' ? 'branch' : 'leaf', index: Number(index) }
}

/** The methods of a Relay object. */
export interface RelayRpc {
  /** The newest from above. Answers, once it is passed on, how many watch here; 0: it need not be told any more. */
  push(address: RelayAddress, feed: Feed): Promise<number>
  /** A leaf asks its branch to be fed, or tells it how many watch now; it must have version
   *  `holds` at least; null: no such poll. */
  follow(address: RelayAddress, leaf: string, viewers: number, holds: number): Promise<Feed | null>
}

export type SocketFormat = 'json' | 'msgpack'

/** What an edge has decided of a viewer, and a leaf must know. */
export interface Entry {
  readonly address: RelayAddress
  /** The version of the poll by whose terms the viewer may watch. */
  readonly judged: number
  /** The version it has seen already, 0 for none: it is never sent a lower one. */
  readonly holds: number
  /** Stands for the network address, where it is known. */
  readonly from: string | null
  readonly region: string | null
  /** How many may watch this poll, and from one address. */
  readonly mostViewers: number
  readonly mostOfOne: number
  readonly format: SocketFormat
}

/** Why a leaf opens no socket. */
export type NoEntry =
  /** Another leaf may have room: there are `leaves`. */
  | { readonly reason: 'full'; readonly leaves: number }
  /** The edge judged by terms that are no more. */
  | { readonly reason: 'terms-changed' }
  | { readonly reason: 'too-many-sockets' }
  | { readonly reason: 'audience-full' }
  | { readonly reason: 'poll-not-found' }

const subprotocols: Readonly<Record<string, SocketFormat>> = {
  'edgepoll.json': 'json',
  'edgepoll.msgpack': 'msgpack',
}

/** The first subprotocol of a client's list that is ours; null: none, and JSON is spoken. */
export const subprotocolOf = (offered: string | null): string | null =>
  offered
    ?.split(',')
    .map((name) => name.trim())
    .find((name) => Object.hasOwn(subprotocols, name)) ?? null

export const formatOf = (subprotocol: string | null): SocketFormat =>
  (subprotocol === null ? undefined : subprotocols[subprotocol]) ?? 'json'

/** The address an upgrade is sent to. */
export const entryUrl = (entry: Omit<Entry, 'format'>): string => {
  const query = new URLSearchParams({ entry: JSON.stringify(entry) })
  return `https://relay.invalid/live?${query}`
}

/** What `entryUrl` wrote; only edges of ours reach an object. */
export const entryOf = (request: Request): Entry => ({
  ...JSON.parse(new URL(request.url).searchParams.get('entry') ?? ''),
  format: formatOf(subprotocolOf(request.headers.get('sec-websocket-protocol'))),
})
