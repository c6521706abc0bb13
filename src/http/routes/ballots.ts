// Ballots: the vote path, a voter's own ballot, and erasure by the owner.

import { type Context, Hono } from 'hono'
import { ballotDocument } from '../../representation/ballot-document.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { readBody } from '../../representation/read-body.ts'
import { answer } from '../answer.ts'
import { unkept } from '../cache-policy.ts'
import { castFrom, castHeaders } from '../cast-from.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { ownedPoll } from '../owned-poll.ts'
import { respond } from '../respond.ts'
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
    const own = await c
      .get('services')
      .readOwnBallot({ pollId: c.req.param('pollId'), ...shown.value }, signalOf(c))
    if (!own.ok) return refused(c, own.refusal)
    const { ballot, answers, receipt } = own.value
    const document = { ...ballotDocument(ballot, receipt), answers }
    return answer(c, document, 200, unkept, 'ownBallot')
  })

  .delete('/:pollId/ballots/:ballotId', async (c) => {
    const { pollId, ballotId } = c.req.param()
    const owned = await ownedPoll(c, pollId, 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const erased = await c.get('services').eraseBallot({ ...owned.value, ballotId }, signalOf(c))
    return erased.ok ? respond(c, null, 204, { 'Cache-Control': 'no-store' }) : refused(c, erased.refusal)
  })

const cast = async (c: Context<Http>, pollId: string, revisionOnly: boolean): Promise<Response> => {
  const poll = await c.get('services').readPoll({ pollId }, signalOf(c))
  if (!poll.ok) return refused(c, poll.refusal)
  const body = await readBody(c.req.raw, bodyLimits.ballot, bodyFormats.ballotDraft)
  if (!body.ok) return refused(c, body.refusal)
  const done = await castFrom(c, { pollId, body: body.value, revisionOnly }, signalOf(c))
  if (!done.ok) return refused(c, done.refusal)
  const { kind, ballot, receipt } = done.value
  const status = kind === 'accepted' ? 201 : 200
  return answer(c, ballotDocument(ballot, receipt), status, castHeaders(done.value), 'ballot')
}
