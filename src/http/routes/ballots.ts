// Ballots: the vote path.
import { Hono } from 'hono'
import { ballotBody } from '../../representation/ballot-body.ts'
import { ballotDocument } from '../../representation/ballot-document.ts'
import { faultsOf } from '../../representation/faults.ts'
import { readJson } from '../../representation/read-json.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { countryOf, idempotencyKey, voterId } from '../request-headers.ts'

export const ballots = new Hono<Http>().post('/:pollId/ballots', async (c) => {
  const voter = voterId(c.req.raw.headers)
  if (!voter.ok) return refused(c, voter.refusal)
  const key = idempotencyKey(c.req.raw.headers)
  if (!key.ok) return refused(c, key.refusal)
  const body = await readJson(c.req.raw, bodyLimits.ballot)
  if (!body.ok) return refused(c, body.refusal)
  const parsed = ballotBody.safeParse(body.value)
  if (!parsed.success) return refused(c, { reason: 'ballot-invalid', errors: faultsOf(parsed.error) })

  const cast = await c.var.services.castBallot(
    {
      pollId: c.req.param('pollId'),
      answers: parsed.data.answers,
      voterId: voter.value,
      idempotencyKey: key.value,
      country: countryOf(c.req.raw),
    },
    c.var.signal,
  )
  if (!cast.ok) return refused(c, cast.refusal)
  const { kind, ballot, receipt } = cast.value
  return c.json(ballotDocument(ballot, receipt), kind === 'accepted' ? 201 : 200, {
    'Cache-Control': 'no-store',
    ...(kind === 'replayed' && { 'Idempotency-Replayed': 'true' }),
    ...(voter.value === null && key.value === null && { 'Edgepoll-Retry-Safe': 'false' }),
  })
})
