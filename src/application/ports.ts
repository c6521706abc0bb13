// What the verbs need from the world. Rooms of rank 3 are these, runtime/ introduces them.
import type { BallotCast, CastOutcome, OwnBallot } from '../domain/ballot/ballot.ts'
import type { ReceiptClaims } from '../domain/ballot/receipt.ts'
import type { PollChange } from '../domain/poll/change-poll.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { AccountKey, OptionId, Poll, PollStatus, QuestionId } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Answers } from '../domain/tally/rule.ts'
import type { FirstsAmong } from '../domain/tally/runoff.ts'
import type { PollTally } from '../domain/tally/tally.ts'
import type { NamedVoter } from '../domain/voter/named-voter.ts'
import type { VoterKeys } from '../domain/voter/voter-keys.ts'
import type { Result } from '../kernel/result.ts'
import type { BallotMessage } from './ballot-message.ts'

/** Polls as their scoreboards know them: the source of truth. */
export interface PollBook {
  /** null: no such poll. Rejects when the scoreboard cannot be asked. */
  find(pollId: string, signal: AbortSignal): Promise<CountingDefinition | null>
}

export interface Scoreboards {
  /** Makes the poll durable. Waits up to 500 ms for Postgres to know it too; the scoreboard repeats that until it does.
   *  Where the id is taken, answers with the poll that was made first, as it was then; `fingerprint` says whether that
   *  was the same order, and `again` that it is not this one. */
  create(
    definition: CountingDefinition,
    fingerprint: string,
    signal: AbortSignal,
  ): Promise<{ readonly poll: Poll; readonly fingerprint: string; readonly again?: boolean } | null>
  /** Answers once every box that has joined counts by the change. */
  change(pollId: string, change: PollChange, signal: AbortSignal): Promise<Result<Poll, VotingRefusal>>
  /** null: no such poll. Waits up to 5 s for `final`, then goes on by itself. */
  close(pollId: string, signal: AbortSignal): Promise<ClosingState | null>
  /** Deletes the poll with all its ballots. false: no such poll. */
  remove(pollId: string, signal: AbortSignal): Promise<boolean>
  /** Deletes it where it closed before a time. false: it did not, or there is no such poll. */
  retire(pollId: string, closedBefore: number, signal: AbortSignal): Promise<boolean>
  /** Reserves serials for new invites; null: no such poll. */
  issueInvites(
    pollId: string,
    count: number,
    signal: AbortSignal,
  ): Promise<{ readonly first: number; readonly definition: CountingDefinition } | null>
  /** The newest publication; its value is null where there is no such poll. */
  snapshot(pollId: string, signal: AbortSignal): Promise<Remembered<Snapshot>>
}

export type { PollChange }

export interface ClosingState {
  readonly poll: Poll
  /** Whether every ballot of the poll is in the published result. */
  readonly final: boolean
}

/** A poll that is no more. Its late messages are dropped while the tombstone stands. */
export interface PollDeath {
  readonly pollId: string
  readonly workspaceId: string
  readonly deletedAt: number
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

/** What a poll's scoreboard asks of its boxes. */
export interface BoxLink {
  /** Takes over a newer definition; answers once it counts by it. */
  adopt(address: BoxAddress, definition: CountingDefinition): Promise<void>
  /** Makes voters wait until the next `adopt`; false where a ballot is there already. */
  hold(address: BoxAddress): Promise<boolean>
  /** Lets nothing land any more and answers with the final tally, ballots still waiting included. */
  freeze(address: BoxAddress, definition: CountingDefinition): Promise<TallyReport>
  /** "Firsts among these options", over the ballots of this shard. */
  firsts(address: BoxAddress, questionId: QuestionId, continuing: readonly OptionId[]): Promise<FirstsAmong>
  /** Forgets everything: the poll is deleted. */
  destroy(address: BoxAddress): Promise<void>
}

/** A log entry as anybody may see it: it commits to the answers and does not hold them. */
export interface PublicEntry {
  readonly kind: 'cast' | 'revise' | 'erase'
  readonly shard: number
  readonly seq: number
  readonly ballotId: string
  readonly revision: number
  /** RFC 3339, UTC. */
  readonly castAt: string
  readonly commitment: string
}

export interface LogCheckpoint extends BoxAddress {
  readonly seq: number
  /** Chain hash after the entry at `seq`, hex. */
  readonly head: string
}

/** Recompute `head = H(previous, leaf(entry))`, then fold the leaves: the checkpoint's head must come out. */
export interface InclusionProof {
  readonly entry: PublicEntry
  readonly previous: string
  readonly leaves: readonly string[]
  /** null: none has been made after the entry yet. */
  readonly checkpoint: LogCheckpoint | null
}

/** Part of a shard's log. */
export interface LogPage {
  readonly entries: readonly PublicEntry[]
  /** The seq to go on after, or null at the end. */
  readonly next: number | null
  /** Where the log stands now. */
  readonly standing: BoxStanding
}

export interface BoxStanding extends BoxAddress {
  readonly seq: number
  readonly head: string
  /** Log entries up to this one are known to be in Postgres. */
  readonly archived: number
  /** Ballots that have answers here. */
  readonly ballots: number
}

/** What a box asks of its poll's scoreboard. */
export interface BoardLink {
  /** Makes the shard known and brings what counting needs; null: no such poll. */
  join(address: BoxAddress): Promise<CountingDefinition | null>
  /** Returns the version of this shard that the board has made durable so far, and whether the result is final. */
  report(report: TallyReport): Promise<{ readonly durable: number; readonly final?: boolean }>
}

/** An answer, and what its reader should know about where it came from. */
export interface Remembered<Value> {
  /** null: known to be absent. */
  readonly value: Value | null
  readonly from: 'isolate' | 'colo' | 'kv' | 'redis' | 'origin'
  /** How long ago the source of truth said so, ms. */
  readonly ageMs: number
  /** Whether it stands in for a source that cannot be asked. */
  readonly stale: boolean
}

/** Polls as anybody may see them. */
export interface PollViews {
  /** What is fresh here, at once; null: `find` must look further. */
  recall(pollId: string): Remembered<Poll> | null
  find(pollId: string, signal: AbortSignal): Promise<Remembered<Poll>>
  /** A change that was made here. */
  learn(poll: Poll): Promise<void>
  forget(pollId: string): Promise<void>
}

/** Publications from the nearest memory. */
export interface RememberedResults extends Pick<Scoreboards, 'snapshot'> {
  /** What is fresh here, at once; null: `snapshot` must look further. */
  recall(pollId: string): Remembered<Snapshot> | null
  forget(pollId: string): Promise<void>
}

/** One publication of a poll's results, serialised once for every reader. */
export interface Snapshot {
  readonly pollId: string
  /** Rises with each publication; 0 before the first ballot. */
  readonly version: number
  readonly final: boolean
  /** The results document of docs/design/api.md as JSON text. */
  readonly document: string
  /** JSON text of the `Pairwise` of the poll's rankings, which the document leaves out; null: it has none. */
  readonly pairwise: string | null
  /** How many watch it live, as far as is known, and over how many leaves they are spread. */
  readonly viewers?: number
  readonly leaves?: number
}

export interface BallotBoxes {
  /** Puts a checked ballot into its box; answers after the commit is durable. */
  cast(
    definition: CountingDefinition,
    cast: BallotCast,
    signal: AbortSignal,
    /** The voter's continent, two letters, where the platform knows it: a box is made near its first voter. */
    region: string | null,
  ): Promise<Result<CastOutcome, VotingRefusal>>
  /** The voter's own ballot, as it stands; null: there is none. */
  find(definition: CountingDefinition, keys: VoterKeys, signal: AbortSignal): Promise<OwnBallot | null>
  /** Erases a ballot for good. Doing it again changes nothing. */
  erase(
    definition: CountingDefinition,
    ballotId: string,
    signal: AbortSignal,
  ): Promise<Result<null, VotingRefusal>>
  /** All that a box holds of a voter. */
  held(address: BoxAddress, voter: NamedVoter, signal: AbortSignal): Promise<readonly HeldBallot[]>
  /** null: this poll has no such ballot. */
  prove(definition: CountingDefinition, ballotId: string, signal: AbortSignal): Promise<InclusionProof | null>
  log(address: BoxAddress, after: number, limit: number, signal: AbortSignal): Promise<LogPage>
  /** The newest checkpoint of a shard, made now if there are entries after the last; null: an empty log. */
  checkpoint(address: BoxAddress, signal: AbortSignal): Promise<LogCheckpoint | null>
  standing(address: BoxAddress, signal: AbortSignal): Promise<BoxStanding>
  /** Reads every ballot of the shard: for the reconciler. */
  audit(address: BoxAddress, signal: AbortSignal): Promise<ShardAudit>
  /** Sends the log after `seq` to the archive again. */
  resend(address: BoxAddress, seq: number, signal: AbortSignal): Promise<void>
  /** Moves a box's archive cursor over the log events `first` … `last` it had sent. */
  confirm(pollId: string, shard: number, first: number, last: number): Promise<void>
}

/** A ballot with everything that is kept of it. */
export interface HeldBallot {
  readonly id: string
  readonly shard: number
  readonly seq: number
  /** null: erased. */
  readonly answers: Answers | null
  readonly country: string | null
  readonly revisions: readonly {
    readonly revision: number
    readonly seq: number
    readonly castAt: number
    readonly commitment: string
  }[]
}

export interface ReceiptBook {
  /** A compact JWS over the claims; equal claims give equal receipts. */
  sign(claims: ReceiptClaims): Promise<string>
  /** The claims of a receipt that one of our keys signed; null for anything else. */
  verify(receipt: string): Promise<ReceiptClaims | null>
  /** Signs where a shard's log stands. */
  signCheckpoint(checkpoint: LogCheckpoint): Promise<string>
  /** The public keys, as a JWK set. */
  keys(): { readonly keys: readonly Readonly<Record<string, unknown>>[] }
}

/** Reads the tokens that owners sign for their voters. */
export interface TokenReader {
  /** `sub` of a token that one of the keys signed for this poll and that has not expired; null: anything else. */
  subject(token: string, keys: readonly AccountKey[], pollId: string): Promise<string | null>
}

/** Asks whether a voter is a person (Turnstile). */
export interface ChallengeVerifier {
  passed(token: string, address: string, signal: AbortSignal): Promise<boolean>
}

/** Notices networks that bring in new voters faster than people do. */
export interface Suspicion {
  /** Whether this network has been too quick with this poll in the last minute. */
  suspects(pollId: string, network: string): boolean
  /** A new voter of this network has voted. */
  note(pollId: string, network: string): Promise<void>
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
  /** null: no such workspace. */
  find(workspaceId: string, signal: AbortSignal): Promise<Workspace | null>
  /** The workspace as it is now; null: no such workspace. */
  change(workspaceId: string, change: WorkspaceChange, signal: AbortSignal): Promise<Workspace | null>
}

/** What is not named stays. */
export type WorkspaceChange = Partial<Pick<Workspace, 'name' | 'retentionDays'>>

export interface Workspace {
  readonly id: string
  readonly name: string
  readonly plan: Plan
  /** Days that a poll is kept after it closed; null: until its owner deletes it. */
  readonly retentionDays: number | null
  readonly createdAt: number
}

/** A poll as its scoreboard tells Postgres of it. */
export interface PollRecord extends Poll {
  /** Whether voters could ever vote in it, by the scoreboard's clock. */
  readonly opened?: boolean
}

/** Postgres, as the archive worker and the scoreboards use it. */
export interface PollRecords {
  /** Upserts the poll unless a higher version is there. Webhooks hear that it has opened or closed. */
  record(poll: PollRecord, signal: AbortSignal): Promise<void>
  /** Takes the poll and its ballots out and leaves a tombstone. Doing it again changes nothing. */
  remove(death: PollDeath, signal: AbortSignal): Promise<void>
}

/** Polls as Postgres has them. */
export interface PollReader {
  /** A workspace's polls that are not archived, newest first, after a place; `now` decides their status. */
  list(
    order: {
      readonly workspaceId: string
      readonly status: PollStatus | null
      readonly limit: number
      readonly after: { readonly createdAt: number; readonly id: string } | null
      readonly now: number
    },
    signal: AbortSignal,
  ): Promise<readonly Poll[]>
}

/** What a workspace has stored. */
export interface StoredUsage {
  /** Polls that are not deleted. */
  readonly polls: number
  /** Ballots that ever came into the archive, whatever became of them and of their polls. */
  readonly ballots: number
}

export interface UsageReader {
  stored(workspaceId: string, signal: AbortSignal): Promise<StoredUsage>
  /** How many polls a workspace has, counted no further than `most`. */
  polls(workspaceId: string, most: number, signal: AbortSignal): Promise<number>
}

/** Usage as it is remembered. */
export interface UsageBook {
  find(workspaceId: string, signal: AbortSignal): Promise<Remembered<StoredUsage>>
}

export interface BallotRecords {
  /** Stores what the messages say, once, however often they come; messages of deleted polls are dropped. Returns the
   *  rows written. */
  store(messages: readonly BallotMessage[], signal: AbortSignal): Promise<number>
}

/** The operator's: no workspace is asked for. What owners read is in ballot-pages.ts. */
export interface BallotReader {
  /** What Postgres holds of each shard that it has anything of. */
  audit(pollId: string, signal: AbortSignal): Promise<readonly ShardAudit[]>
  /** Polls that are not deleted, in the order of their ids, after one. */
  pollIds(after: string | null, limit: number, signal: AbortSignal): Promise<readonly string[]>
}

/** What box and Postgres must agree on. */
export interface ShardAudit {
  readonly shard: number
  /** Ballots that have answers. */
  readonly ballots: number
  /** Hex SHA-256 of `id:revision` of these ballots, joined by commas in the order of their ids, bytewise. */
  readonly digest: string
}

/** One dependency's answer to "are you there?". */
export interface HealthCheck {
  readonly name: 'counting' | 'postgres' | 'redis' | 'kv'
  check(signal: AbortSignal): Promise<void>
}
