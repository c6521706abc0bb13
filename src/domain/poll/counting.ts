// What an edge and a ballot box must know to take a ballot: the poll and its secret.
import type { Bytes } from '../../kernel/bytes.ts'
import type { Poll } from './poll.ts'

/** Travels by RPC only and stays in an isolate's memory at most 60 s: never in KV, a cache, Postgres, Redis or a
 *  message, so that deleting it at the scoreboard makes every key and id under it unreadable. */
export interface CountingDefinition {
  readonly poll: Poll
  /** 32 bytes. */
  readonly secret: Bytes
  /** Serials of invites that are no longer good. */
  readonly revokedInvites: readonly number[]
}
