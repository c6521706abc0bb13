// What every client did and saw, in order: the only thing the checker believes beside what is stored in the end.
import type { PollAudit } from '../../src/application/audit-poll.ts'
import type { AcceptedBallot, ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import type { Results } from '../../src/domain/tally/results.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'

/** Whoever stands behind requests, as a client shows itself. */
export interface VoterFacts {
  readonly voterId: string | null
  readonly address: string
  readonly inviteCode: string | null
  readonly voterToken: string | null
}

/** One ballot somebody means to cast. Repeats of it are the same intent; its answers hold words no other intent has. */
export interface Intent {
  readonly id: number
  readonly pollId: string
  readonly voter: VoterFacts
  readonly idempotencyKey: string | null
  /** As sent. */
  readonly answers: Readonly<Record<string, unknown>>
  /** Canonical, as checked answers are stored; null: they do not fit the poll. */
  readonly text: string | null
  readonly revisionOnly: boolean
}

export type CastEnd =
  | {
      readonly kind: 'accepted' | 'revised' | 'replayed'
      readonly ballot: AcceptedBallot
      readonly receipt: string
    }
  | { readonly kind: 'refused'; readonly reason: string }
  /** No answer, or one that says so: the ballot may be in. */
  | { readonly kind: 'unknown'; readonly why: string }

/** One request; `end` is null while nobody has heard of it. Times are true times. */
export interface CastRecord {
  readonly intent: Intent
  readonly sentAt: number
  answeredAt: number
  end: CastEnd | null
}

export interface FindRecord {
  readonly intent: Intent
  readonly sentAt: number
  readonly answeredAt: number
  /** null: the voter was told that there is none. */
  readonly own: {
    readonly ballot: AcceptedBallot
    readonly answers: Answers
    readonly receipt: string
  } | null
}

/** A results document somebody saw, read or pieced together from frames. */
export interface Sighting {
  readonly client: string
  readonly pollId: string
  readonly sentAt: number
  readonly seenAt: number
  readonly version: number
  readonly results: Results
  readonly by: 'read' | 'frame'
  /** Of a delta: the version it goes on from, and the one the viewer had. */
  readonly gap: { readonly from: number; readonly held: number } | null
}

export interface OwnerRecord {
  readonly what: 'open' | 'edit' | 'close' | 'erase' | 'revoke' | 'delete'
  readonly pollId: string
  readonly sentAt: number
  answeredAt: number
  /** What it was about: a ballot id, a serial. */
  readonly about: string | number | null
  /** null: no answer. `closing`: closed, and not final yet. */
  outcome: 'done' | 'closing' | 'refused' | null
}

export interface ExportRecord {
  readonly pollId: string
  readonly sentAt: number
  readonly answeredAt: number
  readonly rows: readonly ArchivedBallot[]
  readonly archived: number
  readonly accepted: number
}

export interface History {
  readonly intents: Intent[]
  readonly casts: CastRecord[]
  readonly finds: FindRecord[]
  readonly sightings: Sighting[]
  readonly owners: OwnerRecord[]
  readonly exports: ExportRecord[]
  readonly audits: PollAudit[]
}

export const emptyHistory = (): History => ({
  intents: [],
  casts: [],
  finds: [],
  sightings: [],
  owners: [],
  exports: [],
  audits: [],
})

/** How many requests were made. */
export const operationsOf = ({ casts, finds, sightings, owners, exports }: History): number =>
  casts.length +
  finds.length +
  sightings.filter(({ by }) => by === 'read').length +
  owners.length +
  exports.length

/** Requests whose voters were told that the ballot is in. */
export const acknowledged = (
  casts: readonly CastRecord[],
): readonly { readonly cast: CastRecord; readonly ballot: AcceptedBallot; readonly receipt: string }[] =>
  casts.flatMap((cast) =>
    cast.end !== null && 'ballot' in cast.end
      ? [{ cast, ballot: cast.end.ballot, receipt: cast.end.receipt }]
      : [],
  )
