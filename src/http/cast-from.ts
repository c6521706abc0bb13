// A ballot from a body that has been read, whatever it came in: its shape checked, then cast for the voter that the
// request shows.
import type { Context } from 'hono'
import type { Cast } from '../application/cast-ballot.ts'
import { type Result, refuse } from '../kernel/result.ts'
import { ballotBody } from '../representation/ballot-body.ts'
import { faultsOf } from '../representation/faults.ts'
import type { Http } from './http.ts'
import type { AnyRefusal } from './problems.ts'
import { originOf } from './request-headers.ts'
import { voterShown } from './voter-shown.ts'

export interface BallotSent {
  readonly pollId: string
  readonly body: unknown
  /** Whether it may only change a ballot that is there. */
  readonly revisionOnly: boolean
}

export const castFrom = async (
  c: Context<Http>,
  { pollId, body, revisionOnly }: BallotSent,
  signal: AbortSignal,
): Promise<Result<Cast, AnyRefusal>> => {
  const parsed = ballotBody.safeParse(body)
  if (!parsed.success) return refuse({ reason: 'ballot-invalid', errors: faultsOf(parsed.error) })
  const { answers, ...beside } = parsed.data
  const shown = voterShown(c, beside)
  if (!shown.ok) return shown
  const order = { pollId, answers, revisionOnly, ...shown.value, ...originOf(c.req.raw) }
  return c.get('services').castBallot(order, signal)
}

/** What an answer says of a cast beside the ballot itself. */
export const castHeaders = ({ kind, retrySafe }: Cast): Readonly<Record<string, string>> => ({
  'Cache-Control': 'no-store',
  ...(kind === 'replayed' && { 'Idempotency-Replayed': 'true' }),
  ...(!retrySafe && { 'Edgepoll-Retry-Safe': 'false' }),
})
