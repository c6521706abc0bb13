// What a voter may ask of an owner: what is held about them, and that it goes. The body names them, so that no address
// or log line does.

import { type Context, Hono } from 'hono'
import type { OwnPollOrder } from '../../application/own-poll.ts'
import type { Scope } from '../../application/ports.ts'
import type { VoterName } from '../../domain/voter/named-voter.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { readBody } from '../../representation/read-body.ts'
import { namesOne, voterBody } from '../../representation/voter-body.ts'
import { answer } from '../answer.ts'
import { unkept } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { ownedPoll } from '../owned-poll.ts'
import type { AnyRefusal } from '../problems.ts'

export const voters = new Hono<Http>()
  .post('/:pollId/voters/erase', async (c) => {
    const order = await orderOf(c, c.req.param('pollId'), 'polls:write')
    if (!order.ok) return refused(c, order.refusal)
    const erased = await c.get('services').eraseVoter(order.value, signalOf(c))
    if (!erased.ok) return refused(c, erased.refusal)
    return answer(c, { pollId: order.value.pollId, erased: erased.value }, 200, unkept)
  })

  .post('/:pollId/voters/export', async (c) => {
    const order = await orderOf(c, c.req.param('pollId'), 'ballots:read')
    if (!order.ok) return refused(c, order.refusal)
    const held = await c.get('services').exportVoter(order.value, signalOf(c))
    if (!held.ok) return refused(c, held.refusal)
    const ballots = held.value.map(({ revisions, ...ballot }) => ({
      ...ballot,
      revisions: revisions.map((each) => ({ ...each, castAt: new Date(each.castAt).toISOString() })),
    }))
    return answer(c, { pollId: order.value.pollId, ballots }, 200, unkept)
  })

const orderOf = async (
  c: Context<Http>,
  pollId: string,
  scope: Scope,
): Promise<Result<OwnPollOrder & { readonly voter: VoterName }, AnyRefusal>> => {
  const owned = await ownedPoll(c, pollId, scope)
  if (!owned.ok) return owned
  const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
  if (!body.ok) return body
  const parsed = voterBody.safeParse(body.value)
  if (!parsed.success) return refuse({ reason: 'voter-invalid', errors: faultsOf(parsed.error) })
  if (!namesOne(parsed.data))
    return refuse({
      reason: 'voter-invalid',
      errors: [{ pointer: '', detail: 'must have exactly one member' }],
    })
  return accept({ pollId, workspaceId: owned.value.workspaceId, voter: parsed.data })
}
