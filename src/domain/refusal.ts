// Everything voting says no with. The wire's status and words for each are in http/problems.ts.

/** Where in the input, as an RFC 6901 pointer, and what is wrong there. */
export interface Fault {
  readonly pointer: string
  readonly detail: string
}

export type VotingRefusal =
  | { readonly reason: 'poll-not-found' }
  | { readonly reason: 'ballot-not-found' }
  | { readonly reason: 'ballot-invalid'; readonly errors: readonly Fault[] }
  | { readonly reason: 'ballot-erased' }
  | { readonly reason: 'ballot-too-large' }
  | { readonly reason: 'revisions-exhausted' }
  | { readonly reason: 'voter-id-required' }
  | { readonly reason: 'invite-required' }
  | { readonly reason: 'invite-invalid' }
  | { readonly reason: 'token-invalid' }
  | { readonly reason: 'challenge-required' }
  | { readonly reason: 'challenge-failed' }
  | { readonly reason: 'already-voted' }
  | { readonly reason: 'poll-not-open' }
  | { readonly reason: 'poll-closed' }
  | { readonly reason: 'questions-frozen' }
  | { readonly reason: 'version-changed' }
  | { readonly reason: 'results-hidden' }
  | { readonly reason: 'idempotency-key-reused' }
  | { readonly reason: 'outcome-unknown' }
  | { readonly reason: 'too-many-sockets' }
  | { readonly reason: 'audience-full' }
  | { readonly reason: 'overloaded'; readonly retryAfterSeconds: number }

export type PollRefusal = { readonly reason: 'poll-invalid'; readonly errors: readonly Fault[] }

export type AccessRefusal =
  | { readonly reason: 'key-required' }
  | { readonly reason: 'key-invalid' }
  | { readonly reason: 'scope-missing'; readonly scope: string }

/** What managing keys is refused with. */
export type KeyRefusal =
  | { readonly reason: 'key-not-found' }
  | { readonly reason: 'key-exceeds'; readonly detail: string }
  | { readonly reason: 'key-over' }
  | { readonly reason: 'last-key' }

/** What managing webhooks is refused with. */
export type WebhookRefusal =
  | { readonly reason: 'webhook-not-found' }
  | { readonly reason: 'webhook-disabled' }
  | { readonly reason: 'delivery-not-found' }
  | { readonly reason: 'delivery-forgotten' }

/** Beyond what the plan of a workspace has. */
export type PlanRefusal = { readonly reason: 'plan-limit'; readonly detail: string }

export type Refusal = VotingRefusal | PollRefusal | AccessRefusal | KeyRefusal | WebhookRefusal | PlanRefusal
