// What the verbs need from the world. Rooms of rank 3 are these, runtime/ introduces them.
import type { BallotCast, CastOutcome } from '../domain/ballot/ballot.ts'
import type { ReceiptClaims } from '../domain/ballot/receipt.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { PollTally } from '../domain/tally/tally.ts'
import type { Result } from '../kernel/result.ts'
import type { BallotMessage } from './ballot-message.ts'

/** Polls as their scoreboards know them: the source of truth. */
export interface PollBook {
  /** null: no such poll. Rejects when the scoreboard cannot be asked. */
  find(pollId: string, signal: AbortSignal): Promise<CountingDefinition | null>
}

export interface Scoreboards {
  /** Makes the poll durable. Waits up to 500 ms for Postgres to know it too; the scoreboard repeats that until it does. */
  create(definition: CountingDefinition, signal: AbortSignal): Promise<void>
  /** The newest publication, or null where there is no such poll. */
  snapshot(pollId: string, signal: AbortSignal): Promise<Snapshot | null>
  /** Hands a WebSocket upgrade to the poll's scoreboard; its answer is passed on untouched. */
  watch(pollId: string, upgrade: Request): Promise<Response>
}

/** Where a ballot box is: the poll, and 0 … shards − 1. */
export interface BoxAddress {
  readonly pollId: string
  readonly shard: number
}

/** A box's whole tally. A board keeps the highest version of each shard; nobody ever adds a delta. */
export interface TallyReport extends BoxAddress {
  /** The log seq the tally folds up to. */
  readonly version: number
  readonly tally: PollTally
}

/** What a box asks of its poll's scoreboard. */
export interface BoardLink {
  /** Makes the shard known and brings what counting needs; null: no such poll. */
  join(address: BoxAddress): Promise<CountingDefinition | null>
  /** Returns the version of this shard that the board has made durable so far. */
  report(report: TallyReport): Promise<{ readonly durable: number }>
}

/** One publication of a poll's results, serialised once for every reader. */
export interface Snapshot {
  readonly pollId: string
  /** Rises with each publication; 0 before the first ballot. */
  readonly version: number
  readonly final: boolean
  /** The results document of docs/design/api.md as JSON text. */
  readonly document: string
}

export interface BallotBoxes {
  /** Puts a checked ballot into its box; answers after the commit is durable. */
  cast(
    definition: CountingDefinition,
    cast: BallotCast,
    signal: AbortSignal,
  ): Promise<Result<CastOutcome, VotingRefusal>>
  /** Moves a box's archive cursor over the log events `first` … `last` it had sent. */
  confirm(pollId: string, shard: number, first: number, last: number): Promise<void>
}

export interface ReceiptBook {
  /** A compact JWS over the claims; equal claims give equal receipts. */
  sign(claims: ReceiptClaims): Promise<string>
  /** The claims of a receipt that one of our keys signed; null for anything else. */
  verify(receipt: string): Promise<ReceiptClaims | null>
}

/** An API key as stored: the secret half only as a hash. Times are milliseconds since the epoch. */
export interface KeyRecord {
  readonly id: string
  readonly workspaceId: string
  readonly plan: Plan
  readonly mode: KeyMode
  readonly scopes: readonly Scope[]
  /** SHA-256 of the secret half, hex. */
  readonly secretHash: string
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

export const plans = ['free', 'pro', 'enterprise'] as const
export type Plan = (typeof plans)[number]
export type KeyMode = 'live' | 'test'

export const scopes = [
  'polls:read',
  'polls:write',
  'results:read',
  'ballots:read',
  'exports:read',
  'webhooks:write',
  'keys:write',
] as const
export type Scope = (typeof scopes)[number]

export interface KeyRing {
  /** null: no such key. Rejects when Postgres cannot be asked and nothing is remembered. */
  find(keyId: string, signal: AbortSignal): Promise<KeyRecord | null>
}

export interface Workspaces {
  create(workspace: Workspace, key: KeyRecord, signal: AbortSignal): Promise<void>
}

export interface Workspace {
  readonly id: string
  readonly name: string
  readonly plan: Plan
  readonly createdAt: number
}

/** Postgres, as the archive worker and the scoreboards use it. */
export interface PollRecords {
  /** Upserts the poll unless a higher version is there. */
  record(poll: Poll, signal: AbortSignal): Promise<void>
}

export interface BallotRecords {
  /** Stores what the messages say, once, however often they come. Returns the rows written. */
  store(messages: readonly BallotMessage[], signal: AbortSignal): Promise<number>
}

/** One dependency's answer to "are you there?". */
export interface HealthCheck {
  readonly name: 'counting' | 'postgres' | 'redis'
  check(signal: AbortSignal): Promise<void>
}
