// First answers: what a request with an Idempotency-Key was answered, so that a repeat of it gets the same.

/** One request, as it is named. */
export interface Claim {
  /** Hash of the caller's key, the route and the Idempotency-Key, hex. */
  readonly id: string
  readonly workspaceId: string
  /** Hash of what is asked, hex. */
  readonly fingerprint: string
  /** When it is claimed, milliseconds since the epoch. */
  readonly at: number
}

/** What is known of a request that was claimed before. */
export type Known =
  | { readonly kind: 'under-way'; readonly fingerprint: string }
  | { readonly kind: 'answered'; readonly fingerprint: string; readonly sealed: string }

/** Nobody has asked this before: do it, then say how it went. */
export interface First {
  readonly kind: 'first'
  /** Rejects where no store keeps it; the claim then ends by itself. */
  keep(sealed: string): Promise<void>
  /** Nothing was done: the next who asks is the first. Rejects like `keep`. */
  release(): Promise<void>
}

export interface FirstAnswers {
  /** Rejects with `Unavailable` where no store can be asked. */
  claim(claim: Claim, signal: AbortSignal): Promise<First | Known>
}

/** A store of them. */
export interface AnswerStore {
  /** null: it is the caller's. Atomic: of several at once one gets it. */
  claim(claim: Claim, signal: AbortSignal): Promise<Known | null>
  /** Puts the answer in the place of the claim, or where nothing is; another's claim or answer stands. */
  keep(claim: Claim, sealed: string, signal: AbortSignal): Promise<void>
  /** Takes the claim back; another's, or an answer, stands. */
  release(claim: Claim, signal: AbortSignal): Promise<void>
}

/** A claim ends by itself after this: whoever made it has crashed, because no request takes so long. */
export const claimMs = 60_000
/** How long a first answer is kept. */
export const keptMs = 24 * 60 * 60_000
