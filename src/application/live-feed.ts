// What live viewers are told by, between the scoreboard and those who hold their sockets; and how an edge opens one.
import type { Result } from '../kernel/result.ts'
import type { Snapshot } from './ports.ts'

/** Results as viewers are shown them. */
export type Shown = Pick<Snapshot, 'pollId' | 'version' | 'final' | 'document'>

/** The newest of a poll, for whoever passes it on. */
export interface Feed {
  readonly pollId: string
  /** null: the poll is no more. */
  readonly snapshot: Shown | null
  /** Viewers who were let in by terms older than this version of the poll may not watch any more. */
  readonly terms: number
  /** Over how many leaves viewers are spread now. */
  readonly leaves: number
  /** How many watch the poll, as far as is known. */
  readonly viewers: number
}

/** A viewer that may watch, and what the edge knows of them. */
export interface ViewerOrder {
  readonly pollId: string
  /** The version of the poll by which this was judged. */
  readonly judged: number
  /** The version it has seen already, 0 for none. */
  readonly holds: number
  /** Over how many leaves viewers are spread, as the newest snapshot says. */
  readonly leaves: number
  /** The network address, where it is known. */
  readonly address: string | null
  /** The viewer's continent, two letters, where the platform knows it. */
  readonly region: string | null
  /** How many may watch this poll at once. */
  readonly mostViewers: number
  readonly upgrade: Request
}

export type NoSocket =
  | { readonly reason: 'poll-not-found' }
  /** Who may watch has changed since it was judged. */
  | { readonly reason: 'terms-changed' }
  | { readonly reason: 'too-many-sockets' }
  | { readonly reason: 'audience-full' }
  | { readonly reason: 'overloaded'; readonly retryAfterSeconds: number }

/** Those who hold viewers' sockets. */
export interface Relays {
  /** The 101 of whoever holds the socket from now on, to be passed on untouched. */
  open(order: ViewerOrder, signal: AbortSignal): Promise<Result<Response, NoSocket>>
}
