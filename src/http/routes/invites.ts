// Invites: computed codes, shown once, revoked by serial.

import { Hono } from 'hono'
import { lastInvite } from '../../domain/voter/invite.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { invitesBody } from '../../representation/invites-body.ts'
import { issuedInvite } from '../../representation/issued-invite.ts'
import { readBody } from '../../representation/read-body.ts'
import { answer } from '../answer.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { ownedPoll } from '../owned-poll.ts'
import { type ListTerms, pageAsked, pageEnd } from '../page-asked.ts'
import { wholeNumber } from '../query.ts'
import { respond } from '../respond.ts'

const list: ListTerms = { name: 'invites', place: /^\d{1,13}$/, most: 1_000, usual: 100 }

export const invites = new Hono<Http>()
  .get('/:pollId/invites', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'polls:read')
    if (!owned.ok) return refused(c, owned.refusal)
    const asked = pageAsked(c, list)
    if (!asked.ok) return refused(c, asked.refusal)
    const { limit, after } = asked.value
    const order = { ...owned.value, limit, after: Number(after ?? 0) }
    const found = await c.get('services').listInvites(order, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { invites, next } = found.value
    const { nextCursor, headers } = pageEnd(c, list, next === null ? null : String(next))
    return answer(c, { data: invites.map(issuedInvite), nextCursor }, 200, headers)
  })

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
    const revoked = await c.get('services').revokeInvite({ ...owned.value, serial }, signalOf(c))
    return revoked.ok ? respond(c, null, 204, { 'Cache-Control': 'no-store' }) : refused(c, revoked.refusal)
  })
