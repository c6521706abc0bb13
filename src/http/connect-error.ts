// A refusal as Connect says no: a code of the protocol, and our own problem beside it as a header and as a detail.
import { Code, ConnectError } from '@connectrpc/connect'
import type { Context } from 'hono'
import { ProblemSchema } from '../representation/procedures.ts'
import type { Http } from './http.ts'
import { type AnyRefusal, type Problem, problemOf, problems } from './problems.ts'

export const connectError = (c: Context<Http>, refusal: AnyRefusal): ConnectError => {
  const { body, headers } = problemOf(refusal, new URL(c.req.url).origin, c.get('requestId'))
  const { type, code, title, instance, detail, errors = [] } = body
  c.set('code', code)
  return new ConnectError(
    detail ?? title,
    codeOf(refusal.reason),
    { ...headers, 'Cache-Control': 'no-store', 'Edgepoll-Problem': code },
    [{ desc: ProblemSchema, value: { type, code, title, instance, errors: [...errors] } }],
  )
}

const codeOf = (reason: AnyRefusal['reason']): Code => exceptions[reason] ?? codes[problems[reason].status]

/** Where a status means several things. */
const exceptions: Partial<Record<AnyRefusal['reason'], Code>> = {
  'already-voted': Code.AlreadyExists,
  'idempotency-key-reused': Code.FailedPrecondition,
  'body-too-large': Code.ResourceExhausted,
}

const codes: Readonly<Record<Problem['status'], Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  405: Code.Unimplemented,
  406: Code.Unimplemented,
  409: Code.FailedPrecondition,
  410: Code.NotFound,
  412: Code.Aborted,
  413: Code.ResourceExhausted,
  415: Code.Unimplemented,
  422: Code.InvalidArgument,
  426: Code.Unimplemented,
  428: Code.FailedPrecondition,
  429: Code.ResourceExhausted,
  500: Code.Internal,
  503: Code.Unavailable,
}
