// A ballot from the page's script: as POST /v1/polls/{id}/ballots, except that the cookie says who votes.

import type { Context } from 'hono'
import { ballotBody } from '../../representation/ballot-body.ts'
import { ballotDocument } from '../../representation/ballot-document.ts'
import { faultsOf } from '../../representation/faults.ts'
import { readJson } from '../../representation/read-json.ts'
import { castHeaders } from '../cast-from.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { idempotencyKey, originOf } from '../request-headers.ts'
import { shownAs } from '../voter-shown.ts'
import { recoverReceipt } from './recover-receipt.ts'
import { keepReceipt, voterOf } from './voter-cookies.ts'

export const castJson = async (c: Context<Http>, pollId: string): Promise<Response> => {
  const key = idempotencyKey(c.req.raw.headers)
  if (!key.ok) return refused(c, key.refusal)
  const body = await readJson(c.req.raw, bodyLimits.ballot)
  if (!body.ok) return refused(c, body.refusal)
  const parsed = ballotBody.safeParse(body.value)
  if (!parsed.success) return refused(c, { reason: 'ballot-invalid', errors: faultsOf(parsed.error) })

  const { answers, ...beside } = parsed.data
  const shown = shownAs(c, { voterId: voterOf(c), idempotencyKey: key.value }, beside)
  const cast = await c
    .get('services')
    .castBallot({ pollId, answers, revisionOnly: false, ...shown, ...originOf(c.req.raw) }, signalOf(c))
  if (!cast.ok) {
    if (cast.refusal.reason === 'already-voted') await recoverReceipt(c, pollId, shown)
    return refused(c, cast.refusal)
  }
  const { kind, ballot, receipt } = cast.value
  keepReceipt(c, pollId, receipt)
  return c.json(ballotDocument(ballot, receipt), kind === 'accepted' ? 201 : 200, castHeaders(cast.value))
}
