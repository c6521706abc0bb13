// Ballots: the vote path, a voter's own ballot, and erasure by the owner.
import { type Context, Hono } from 'hono'
import { ballotBody } from '../../representation/ballot-body.ts'
import { ballotDocument } from '../../representation/ballot-document.ts'
import { faultsOf } from '../../representation/faults.ts'
import { readJson } from '../../representation/read-json.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { ownedPoll } from '../owned-poll.ts'
import { originOf } from '../request-headers.ts'
import { voterShown } from '../voter-shown.ts'

export const ballots = new Hono<Http>()
  .post('/:pollId/ballots', (c) => cast(c, c.req.param('pollId'), false))

  .put('/:pollId/ballots/mine', (c) => cast(c, c.req.param('pollId'), true))

  .get('/:pollId/ballots/mine', async (c) => {
    const shown = voterShown(c, {
      inviteCode: c.req.header('invite-code'),
      voterToken: c.req.header('voter-token'),
    })
    if (!shown.ok) return refused(c, shown.refusal)
    const own = await c.var.services.readOwnBallot(
      { pollId: c.req.param('pollId'), ...shown.value },
      c.var.signal,
    )
    if (!own.ok) return refused(c, own.refusal)
    const { ballot, answers, receipt } = own.value
    return c.json({ ...ballotDocument(ballot, receipt), answers }, 200, {
      'Cache-Control': 'private, no-store',
    })
  })

  .delete('/:pollId/ballots/:ballotId', async (c) => {
    const { pollId, ballotId } = c.req.param()
    const owned = await ownedPoll(c, pollId, 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const erased = await c.var.services.eraseBallot({ ...owned.value, ballotId }, c.var.signal)
    return erased.ok ? c.body(null, 204) : refused(c, erased.refusal)
  })

const cast = async (c: Context<Http>, pollId: string, revisionOnly: boolean): Promise<Response> => {
  const poll = await c.var.services.readPoll({ pollId }, c.var.signal)
  if (!poll.ok) return refused(c, poll.refusal)
  const body = await readJson(c.req.raw, bodyLimits.ballot)
  if (!body.ok) return refused(c, body.refusal)
  const parsed = ballotBody.safeParse(body.value)
  if (!parsed.success) return refused(c, { reason: 'ballot-invalid', errors: faultsOf(parsed.error) })
  const { answers, ...beside } = parsed.data
  const shown = voterShown(c, beside)
  if (!shown.ok) return refused(c, shown.refusal)

  const order = { pollId, answers, revisionOnly, ...shown.value, ...originOf(c.req.raw) }
  const done = await c.var.services.castBallot(order, c.var.signal)
  if (!done.ok) return refused(c, done.refusal)
  const { kind, ballot, receipt, retrySafe } = done.value
  return c.json(ballotDocument(ballot, receipt), kind === 'accepted' ? 201 : 200, {
    'Cache-Control': 'no-store',
    ...(kind === 'replayed' && { 'Idempotency-Replayed': 'true' }),
    ...(!retrySafe && { 'Edgepoll-Retry-Safe': 'false' }),
  })
}
