// What any operation may refuse, whatever it does.
import type { Reason } from './schemas/problem.ts'

/** A key that is presented and not valid is refused everywhere; it can be used too often; a dependency can be away or have
 *  too much to do; and there are bugs. */
export const always = [
  'key-invalid',
  'rate-limited',
  'overloaded',
  'unavailable',
  'unexpected',
] as const satisfies readonly Reason[]

/** Resources that speak several formats. */
export const negotiated = [...always, 'not-acceptable'] as const satisfies readonly Reason[]

/** An owner's, about a poll. */
export const owned = [
  ...negotiated,
  'key-required',
  'poll-not-found',
  'scope-missing',
] as const satisfies readonly Reason[]

export const operated = [...negotiated, 'key-required'] as const satisfies readonly Reason[]

/** A POST that is done once by an `Idempotency-Key`. */
export const repeated = [
  'header-invalid',
  'body-too-large',
  'body-malformed',
  'idempotency-key-reused',
  'idempotency-key-in-flight',
] as const satisfies readonly Reason[]

/** With a body. */
export const bodied = [
  'body-malformed',
  'body-too-large',
  'media-type-unsupported',
] as const satisfies readonly Reason[]
