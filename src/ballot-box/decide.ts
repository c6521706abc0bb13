// What becomes of one ballot, in the order of docs/design/counting.md. Pure: the box asks, then writes.
import type { VotingRefusal } from '../domain/refusal.ts'

/** One acknowledged state of a ballot. Keys and commitments are hex. */
export interface StoredRevision {
  readonly revision: number
  readonly seq: number
  readonly castAt: number
  readonly requestKey: string | null
  readonly commitment: string
}

export interface StoredBallot {
  /** That of the first revision; the ballot's id is made of it. */
  readonly seq: number
  /** Canonical JSON; null once erased. */
  readonly answers: string | null
  readonly country: string | null
  /** Oldest first, never empty. */
  readonly revisions: readonly [StoredRevision, ...StoredRevision[]]
}

export interface Asked {
  readonly answers: string
  readonly requestKey: string | null
}

export interface Rules {
  readonly revisable: boolean
  /** Whether the request may only change a ballot that is there. */
  readonly revisionOnly: boolean
  /** Whether the invite it came with has been revoked. */
  readonly uninvited: boolean
  /** Why nothing new may land now, or null while the poll is open. */
  readonly shut: 'poll-not-open' | 'poll-closed' | null
  /** Whether the asked answers are those that a revision committed to. */
  matches(revision: StoredRevision): boolean
  /** Whether the voter may put in one more ballot; asked last, since counting may read rows. */
  quotaLeft(): boolean
}

export type Decision =
  | { readonly kind: 'cast' }
  | { readonly kind: 'revise'; readonly revision: number }
  | { readonly kind: 'replay'; readonly revision: StoredRevision }
  | { readonly kind: 'refuse'; readonly refusal: VotingRefusal }

/** Each is kept, so that its late retry is known; together they must fit a row of 2 MB, and be read at each cast. */
const mostRevisions = 1_000

export const decide = (stored: StoredBallot | null, asked: Asked, rules: Rules): Decision => {
  const retried = revisionOf(stored, asked.requestKey)
  if (retried !== null && !rules.matches(retried)) return no({ reason: 'idempotency-key-reused' })
  if (retried !== null) return { kind: 'replay', revision: retried }
  if (stored !== null && stored.answers === asked.answers) return { kind: 'replay', revision: newest(stored) }
  if (rules.uninvited) return no({ reason: 'invite-invalid' })
  if (rules.shut !== null) return no({ reason: rules.shut })
  if (rules.revisionOnly && stored?.answers == null) return no({ reason: 'ballot-not-found' })
  if (stored !== null && stored.answers !== null && rules.revisable) {
    if (stored.revisions.length > mostRevisions) return no({ reason: 'revisions-exhausted' })
    return { kind: 'revise', revision: newest(stored).revision + 1 }
  }
  if (stored !== null || !rules.quotaLeft()) return no({ reason: 'already-voted' })
  return { kind: 'cast' }
}

export const newest = (stored: StoredBallot): StoredRevision => stored.revisions.at(-1) ?? stored.revisions[0]

/** A late retry names the revision it made, even when newer ones followed. */
const revisionOf = (stored: StoredBallot | null, requestKey: string | null): StoredRevision | null =>
  requestKey === null ? null : (stored?.revisions.find((made) => made.requestKey === requestKey) ?? null)

const no = (refusal: VotingRefusal): Decision => ({ kind: 'refuse', refusal })
