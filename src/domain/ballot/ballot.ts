// A ballot: one voter's answers, and the words used about it on its way.
import type { Bytes } from '../../kernel/bytes.ts'
import type { Dedupe } from '../poll/poll.ts'
import type { Answers } from '../tally/rule.ts'

/** A checked ballot on its way into its box. Keys are 16-byte keyed hashes: nothing of the voter travels raw. */
export interface BallotCast {
  /** Whose quota it uses. */
  readonly voterKey: Bytes
  /** Which ballot it is about: only an equal one is a replay, a conflict or a revision. */
  readonly ballotKey: Bytes
  /** Keyed hash of the Idempotency-Key, where there was one. */
  readonly requestKey: Bytes | null
  /** Canonical JSON of the checked answers: equal answers are equal text. */
  readonly answers: string
  /** The invite it was cast with, which may have been revoked since. */
  readonly invite: number | null
  /** Whether it may only change a ballot that is there. */
  readonly revisionOnly: boolean
  /** The version of the poll that it was checked against, and the rule that its keys were made by. */
  readonly pollVersion?: number
  readonly dedupeBy?: Dedupe['by']
  /** Two letters, ISO 3166-1, as the platform reports; for breakdowns only. */
  readonly country: string | null
}

/** What an accepted ballot is known by, for ever. */
export interface AcceptedBallot {
  readonly id: string
  readonly pollId: string
  readonly revision: number
  /** Milliseconds since the epoch, on the box's clock. */
  readonly castAt: number
  readonly shard: number
  /** Position of this revision in the shard's log, from 1, without gaps. */
  readonly seq: number
  /** Hex of H(salt ‖ answers). */
  readonly commitment: string
}

/** `accepted` is new, `revised` replaced an earlier revision, `replayed` is the first answer again. */
export interface CastOutcome {
  readonly kind: 'accepted' | 'revised' | 'replayed'
  readonly ballot: AcceptedBallot
}

/** A voter's own ballot, as they cast it. */
export interface OwnBallot {
  readonly ballot: AcceptedBallot
  readonly answers: Answers
}

/** One event of a box's log as the archive receives it: the ballot's current state. */
export interface ArchivedBallot {
  readonly id: string
  readonly revision: number
  readonly castAt: number
  /** null when erased. */
  readonly answers: Answers | null
  readonly country: string | null
  readonly shard: number
  /** Of this revision. */
  readonly seq: number
  /** Hex; opens the commitment. null when erased. */
  readonly salt: string | null
}
