// Invites: computed codes, shown once, revoked by serial.

import { Hono } from 'hono'
import { lastInvite } from '../../domain/voter/invite.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { invitesBody } from '../../representation/invites-body.ts'
import { readBody } from '../../representation/read-body.ts'
import { answer } from '../answer.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { ownedPoll } from '../owned-poll.ts'
import { wholeNumber } from '../query.ts'
import { respond } from '../respond.ts'

export const invites = new Hono<Http>()
  .post('/:pollId/invites', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = invitesBody.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'invites-invalid', errors: faultsOf(parsed.error) })

    const issued = await c
      .get('services')
      .issueInvites({ ...owned.value, count: parsed.data.count }, signalOf(c))
    if (!issued.ok) return refused(c, issued.refusal)
    const { first, codes } = issued.value
    const headers = { 'Cache-Control': 'no-store' }
    if (c.get('speech').mediaType !== 'text/csv') return answer(c, { first, codes }, 201, headers)
    const lines = codes.map((code, at) => `${first + at},${code}\r\n`)
    return c.body(`serial,code\r\n${lines.join('')}`, 201, {
      ...headers,
      'Content-Type': 'text/csv; charset=utf-8',
      Vary: 'Accept',
    })
  })

  .delete('/:pollId/invites/:serial', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const serial = wholeNumber(c.req.param('serial'), 1, lastInvite)
    if (serial === null)
      return refused(c, { reason: 'query-invalid', detail: 'The serial must be a whole number.' })
    const order = { ...owned.value, change: { kind: 'revoke-invite', serial } } as const
    const revoked = await c.get('services').changePoll(order, signalOf(c))
    return revoked.ok ? respond(c, null, 204, { 'Cache-Control': 'no-store' }) : refused(c, revoked.refusal)
  })
