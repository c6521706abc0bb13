// The whole of what we say when we say no: RFC 9457 problem documents. A refusal without a row does not compile.
import type { QuestionRefusal } from '../application/list-texts.ts'
import type { Fault, Refusal } from '../domain/refusal.ts'
import type { VoterRefusal } from '../domain/voter/named-voter.ts'
import type { BodyRefusal } from '../representation/read-body.ts'

/** What HTTP itself refuses, whatever the resource. */
export type ProtocolRefusal =
  | BodyRefusal
  | VoterRefusal
  | { readonly reason: 'not-found' }
  | { readonly reason: 'method-not-allowed'; readonly allow: string }
  | { readonly reason: 'not-acceptable'; readonly offers: string }
  | { readonly reason: 'header-invalid'; readonly detail: string }
  | { readonly reason: 'query-invalid'; readonly detail: string }
  | { readonly reason: 'upgrade-required' }
  | { readonly reason: 'precondition-required' }
  | { readonly reason: 'workspace-not-found' }
  | { readonly reason: 'workspace-invalid'; readonly errors: readonly Fault[] }
  | { readonly reason: 'invites-invalid'; readonly errors: readonly Fault[] }
  | QuestionRefusal
  | { readonly reason: 'key-draft-invalid'; readonly errors: readonly Fault[] }
  | { readonly reason: 'webhook-invalid'; readonly errors: readonly Fault[] }
  | { readonly reason: 'idempotency-key-in-flight' }
  | { readonly reason: 'archive-behind' }
  | { readonly reason: 'origin-not-allowed' }
  | { readonly reason: 'rate-limited'; readonly retryAfterSeconds: number }
  | { readonly reason: 'unavailable' }
  | { readonly reason: 'unexpected' }

export type AnyRefusal = Refusal | ProtocolRefusal

export interface Problem {
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 406
    | 409
    | 410
    | 412
    | 413
    | 415
    | 422
    | 426
    | 428
    | 429
    | 500
    | 503
  readonly title: string
  /** What it means and what to do about it. */
  readonly detail: string
}

export const problems = {
  'poll-not-found': {
    status: 404,
    title: 'There is no such poll',
    detail: 'No poll has this id, or it is not yours.',
  },
  'ballot-not-found': {
    status: 404,
    title: 'There is no such ballot',
    detail: 'This voter has not voted in this poll, or no ballot of it has this id.',
  },
  'ballot-invalid': {
    status: 422,
    title: 'This ballot does not fit the poll',
    detail: 'Mend what `errors` points at and send it again.',
  },
  'ballot-erased': {
    status: 410,
    title: 'This ballot has been erased',
    detail: 'Its answers are gone for good; `proof` shows its erasure in the log.',
  },
  'invite-required': {
    status: 401,
    title: 'An invite code is required',
    detail: 'Send `inviteCode` beside `answers`.',
  },
  'invite-invalid': {
    status: 403,
    title: 'This invite code is not valid',
    detail: 'It is mistyped, of another poll, or revoked.',
  },
  'token-invalid': {
    status: 401,
    title: 'A valid voter token is required',
    detail:
      'Send `voterToken`: a JWT signed with a key of the poll, its `aud` the poll id, with `sub` and `exp`.',
  },
  'challenge-required': {
    status: 403,
    title: 'Please show that you are a person',
    detail: 'Solve the challenge and send `challengeToken` beside `answers`.',
  },
  'challenge-failed': {
    status: 403,
    title: 'The challenge was not passed',
    detail: 'Solve a fresh challenge: each token is good once, for five minutes.',
  },
  'invites-invalid': {
    status: 422,
    title: 'These invites cannot be made',
    detail: 'Send `count`, a whole number from 1 to 100000.',
  },
  'archive-behind': {
    status: 503,
    title: 'The archive has not caught up yet',
    detail:
      'Every ballot is safe and counted; the export is complete in a moment. Try again after `Retry-After` seconds.',
  },
  'question-not-found': {
    status: 404,
    title: 'There is no such question',
    detail: 'The poll has no question with this id.',
  },
  'question-not-text': {
    status: 422,
    title: 'This is no text question',
    detail: 'Only what was written to questions of type `text` is listed; for others see the results.',
  },
  'questions-frozen': {
    status: 409,
    title: 'The questions cannot change any more',
    detail: 'A ballot has been cast: questions and `dedupe` stand. Everything else may still be changed.',
  },
  'version-changed': {
    status: 412,
    title: 'The poll has changed in the meantime',
    detail: 'Read it again and send your change with its new `ETag` in `If-Match`.',
  },
  'precondition-required': {
    status: 428,
    title: 'A precondition is required',
    detail: 'Send the poll’s `ETag` in `If-Match`, or `*` to change whatever is there.',
  },
  'ballot-too-large': {
    status: 413,
    title: 'This ballot is too large',
    detail: 'Its answers may take 64 KiB as JSON, whatever format they come in.',
  },
  'revisions-exhausted': {
    status: 409,
    title: 'This ballot has been revised too often',
    detail: 'A ballot may be revised 1,000 times. The last revision stands.',
  },
  'voter-id-required': {
    status: 400,
    title: 'A Voter-Id is required',
    detail: 'Send a header `Voter-Id` of 16 to 128 visible characters that this voter keeps.',
  },
  'already-voted': {
    status: 409,
    title: 'This voter has already voted',
    detail: 'The first ballot stands; this poll takes no other from the same voter.',
  },
  'poll-not-open': {
    status: 409,
    title: 'This poll is not open yet',
    detail: 'Ballots are taken once it is open: see its `status` and `opensAt`.',
  },
  'poll-closed': {
    status: 409,
    title: 'This poll is closed',
    detail: 'It takes no more ballots; its results stay.',
  },
  'results-hidden': {
    status: 403,
    title: 'These results are not shown now',
    detail:
      "See the poll's `results`: after-vote wants a receipt in `Edgepoll-Receipt`, after-close the end of the poll.",
  },
  'too-many-sockets': {
    status: 429,
    title: 'Too many watch from this address',
    detail:
      'As many sockets as one address may have are open. Read `/results`, or watch as `text/event-stream`.',
  },
  'audience-full': {
    status: 503,
    title: 'As many watch as may',
    detail: 'No more sockets are opened for this poll now. Read `/results`, or watch as `text/event-stream`.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key was used for something else',
    detail: 'The same key must come with the same content. Use a fresh key for a new request.',
  },
  'idempotency-key-in-flight': {
    status: 409,
    title: 'The first request with this Idempotency-Key is still under way',
    detail: 'Send it again in a moment: then it gets the first answer.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'We cannot say whether this ballot was counted',
    detail: 'Send it again with the same keys: it is counted at most once.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    detail: 'Nothing was done. Send it again with the same keys after `Retry-After` seconds.',
  },
  'poll-invalid': {
    status: 422,
    title: 'This is not a valid poll',
    detail: 'Mend what `errors` points at and send it again.',
  },
  'voter-invalid': {
    status: 422,
    title: 'This does not name a voter of the poll',
    detail: 'Mend what `errors` points at and send it again.',
  },
  'workspace-not-found': {
    status: 404,
    title: 'There is no such workspace',
    detail: 'No workspace has this id.',
  },
  'workspace-invalid': {
    status: 422,
    title: 'This is not a valid workspace',
    detail: 'Mend what `errors` points at and send it again.',
  },
  'key-required': {
    status: 401,
    title: 'An API key is required',
    detail: 'Send `Authorization: Bearer ep_live_…`.',
  },
  'key-invalid': {
    status: 401,
    title: 'This API key is not valid',
    detail: 'It is unknown, expired, revoked, or not for this surface.',
  },
  'scope-missing': {
    status: 403,
    title: 'This API key may not do that',
    detail: 'It lacks the scope that this route asks for.',
  },
  'key-not-found': {
    status: 404,
    title: 'There is no such key',
    detail: 'No key has this id, or it is not yours.',
  },
  'key-draft-invalid': {
    status: 422,
    title: 'This is not a valid key',
    detail: 'Mend what `errors` points at and send it again.',
  },
  'key-exceeds': {
    status: 403,
    title: 'A key gives no more than it has',
    detail: 'The key asked for has a scope or a mode that the key that asks has not.',
  },
  'key-over': {
    status: 409,
    title: 'This key is over',
    detail: 'It is revoked, expired or already replaced: see its `replacedBy`.',
  },
  'last-key': {
    status: 409,
    title: 'This is the last key that can manage keys',
    detail: 'Nobody could make another one afterwards. Make one first, or send `?force=true`.',
  },
  'webhook-not-found': {
    status: 404,
    title: 'There is no such webhook',
    detail: 'No webhook has this id, or it is not yours.',
  },
  'webhook-invalid': {
    status: 422,
    title: 'This is not a valid webhook',
    detail: 'Mend what `errors` points at and send it again.',
  },
  'webhook-disabled': {
    status: 409,
    title: 'This webhook is disabled',
    detail: 'Nothing is sent there: see its `disabledReason`, and enable it first with `PATCH`.',
  },
  'delivery-not-found': {
    status: 404,
    title: 'There is no such delivery',
    detail: 'No delivery of this webhook has this id. They are kept for 90 days.',
  },
  'delivery-forgotten': {
    status: 409,
    title: 'The body of this delivery is no longer kept',
    detail: 'Bodies are kept for 14 days. What it told of can be read from the API.',
  },
  'body-malformed': {
    status: 400,
    title: 'The body cannot be read',
    detail: 'Send well-formed JSON in UTF-8.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    detail: 'Ballots may have 64 KiB, other bodies 1 MiB.',
  },
  'media-type-unsupported': {
    status: 415,
    title: 'This media type is not understood',
    detail: 'Send `Content-Type: application/json`.',
  },
  'not-found': { status: 404, title: 'There is nothing here', detail: 'No route has this path.' },
  'method-not-allowed': {
    status: 405,
    title: 'This resource does not take that method',
    detail: 'See the `Allow` header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'None of the formats asked for can be had',
    detail: 'Send an `Accept` that allows application/json.',
  },
  'header-invalid': {
    status: 400,
    title: 'A header is not as it must be',
    detail: 'See which, and mend it.',
  },
  'query-invalid': {
    status: 400,
    title: 'The query is not as it must be',
    detail: 'See which parameter, and mend it.',
  },
  'upgrade-required': {
    status: 426,
    title: 'This resource speaks WebSocket',
    detail: 'Connect with a WebSocket client, or ask for `text/event-stream`.',
  },
  'origin-not-allowed': {
    status: 403,
    title: 'This page may not do that here',
    detail: 'Its origin is not the poll’s own, nor among its `allowedOrigins`.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many calls',
    detail:
      'Nothing was done. Come back after `Retry-After` seconds; `RateLimit` says what is left of the plan’s quota, where it was the plan’s.',
  },
  'plan-limit': {
    status: 403,
    title: 'The plan has no room for this',
    detail: 'It is beyond what the plan of the workspace has: see `GET /v1/usage`.',
  },
  unavailable: {
    status: 503,
    title: 'A part of the service cannot be reached',
    detail: 'Try again after `Retry-After` seconds; repeats are safe.',
  },
  unexpected: {
    status: 500,
    title: 'Something unexpected went wrong',
    detail: 'It has been recorded under the request id in `instance`.',
  },
} as const satisfies Record<AnyRefusal['reason'], Problem>

/** The problem document of a refusal, its status, and the headers that go with it. */
export const problemOf = (refusal: AnyRefusal, origin: string, requestId: string) => {
  const { status, title, detail } = problems[refusal.reason]
  const body = {
    type: `${origin}/problems/${refusal.reason}`,
    title,
    status,
    detail: detailOf(refusal) ?? detail,
    instance: `urn:uuid:${requestId}`,
    code: refusal.reason,
    ...('errors' in refusal && { errors: refusal.errors }),
    ...('scope' in refusal && { scope: refusal.scope }),
  }
  return { status, body, headers: headersOf(refusal) }
}

/** What is said of this occurrence; null: what is said of all. */
const detailOf = (refusal: AnyRefusal): string | null => {
  if (refusal.reason === 'question-not-text')
    return `The question is of type \`${refusal.type}\`; only texts are listed.`
  return 'detail' in refusal ? refusal.detail : null
}

const headersOf = (refusal: AnyRefusal): Readonly<Record<string, string>> => {
  switch (refusal.reason) {
    case 'key-required':
    case 'key-invalid':
    case 'invite-required':
    case 'token-invalid':
      return { 'WWW-Authenticate': 'Bearer realm="edgepoll"' }
    case 'method-not-allowed':
      return { Allow: refusal.allow }
    case 'media-type-unsupported':
      return { 'Accept-Post': refusal.accepts }
    case 'upgrade-required':
      return { Upgrade: 'websocket' }
    case 'overloaded':
    case 'rate-limited':
      return { 'Retry-After': String(refusal.retryAfterSeconds) }
    case 'too-many-sockets':
    case 'audience-full':
      return { 'Retry-After': '30' }
    case 'outcome-unknown':
    case 'archive-behind':
    case 'unavailable':
      return { 'Retry-After': '1' }
    default:
      return {}
  }
}
