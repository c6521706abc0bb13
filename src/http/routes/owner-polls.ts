// Polls as their owner works with them: lists, changes, opening, closing, archiving, deleting.

import { type Context, Hono } from 'hono'
import { requireOwner } from '../../application/identify-caller.ts'
import type { PollChange } from '../../domain/poll/change-poll.ts'
import type { Poll } from '../../domain/poll/poll.ts'
import { cursorOf, placeOf } from '../../representation/cursor.ts'
import { entityTag, versionsNamed } from '../../representation/entity-tag.ts'
import { select } from '../../representation/fields.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { pollFields } from '../../representation/messages.ts'
import { pollDocument } from '../../representation/poll-document.ts'
import { patchedDraft } from '../../representation/poll-patch.ts'
import { readBody } from '../../representation/read-body.ts'
import { answer, representationOf } from '../answer.ts'
import { keyed } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { ownedPoll } from '../owned-poll.ts'
import { fieldsAsked, wholeNumber } from '../query.ts'
import { respond } from '../respond.ts'
import { viewpoint } from '../viewpoint.ts'

const statuses = ['draft', 'scheduled', 'open', 'closed'] as const

export const ownerPolls = new Hono<Http>()
  .get('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'polls:read')
    if (!owner.ok) return refused(c, owner.refusal)
    const fields = fieldsAsked(c, pollFields, ['limit', 'cursor', 'status'])
    if (!fields.ok) return refused(c, fields.refusal)
    const { limit: limitText = '20', cursor, status: statusText } = c.req.query()
    const limit = wholeNumber(limitText, 1, 100)
    const after = cursor === undefined ? null : placeOf(cursor)
    const status = statuses.find((each) => each === statusText) ?? null
    const detail =
      limit === null
        ? '`limit` must be a whole number from 1 to 100.'
        : cursor !== undefined && after === null
          ? '`cursor` is none that this list gave out.'
          : statusText !== undefined && status === null
            ? `\`status\` must be one of ${statuses.join(', ')}.`
            : null
    if (limit === null || detail !== null)
      return refused(c, { reason: 'query-invalid', detail: detail ?? '' })

    const { workspaceId } = owner.value
    const page = await c.get('services').listPolls({ workspaceId, status, limit, after }, signalOf(c))
    const nextCursor = page.next === null ? null : cursorOf(page.next)
    const data = page.polls.map((poll) => {
      const document = pollDocument(poll, viewpoint(c, true))
      return fields.value === null ? document : select(document, fields.value)
    })
    const headers = {
      ...keyed,
      ...(nextCursor !== null && { Link: `<${nextLink(c.req.url, nextCursor)}>; rel="next"` }),
    }
    return answer(c, { data, nextCursor }, 200, headers, 'pollPage')
  })

  .patch('/:pollId', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const ifMatch = c.req.header('if-match')
    if (ifMatch === undefined) return refused(c, { reason: 'precondition-required' })
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.pollPatch)
    if (!body.ok) {
      const { refusal } = body
      return refused(
        c,
        refusal,
        refusal.reason === 'media-type-unsupported' ? { 'Accept-Patch': refusal.accepts } : {},
      )
    }

    const ifVersions = versionsNamed(ifMatch, 'poll')
    const edit = patchedDraft(body.value)
    const changed = await c.get('services').editPoll({ ...owned.value, ifVersions, edit }, signalOf(c))
    if (!changed.ok) return refused(c, changed.refusal)
    return answerChanged(c, changed.value)
  })

  .post('/:pollId/open', (c) => change(c, c.req.param('pollId'), { kind: 'open' }))

  .post('/:pollId/archive', (c) => change(c, c.req.param('pollId'), { kind: 'archive' }))

  .post('/:pollId/close', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const closed = await c.get('services').closePoll(owned.value, signalOf(c))
    if (!closed.ok) return refused(c, closed.refusal)
    const { poll, final } = closed.value
    const document = { ...pollDocument(poll, viewpoint(c, true)), final }
    const tag = entityTag('poll', poll.version, representationOf(c))
    return answer(c, document, final ? 200 : 202, { ETag: tag, 'Cache-Control': 'no-store' }, 'poll')
  })

  .delete('/:pollId', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'polls:write')
    if (!owned.ok) return refused(c, owned.refusal)
    const deleted = await c.get('services').deletePoll(owned.value, signalOf(c))
    return deleted.ok ? respond(c, null, 204, { 'Cache-Control': 'no-store' }) : refused(c, deleted.refusal)
  })

const change = async (c: Context<Http>, pollId: string, change: PollChange): Promise<Response> => {
  const owned = await ownedPoll(c, pollId, 'polls:write')
  if (!owned.ok) return refused(c, owned.refusal)
  const changed = await c.get('services').changePoll({ ...owned.value, change }, signalOf(c))
  if (!changed.ok) return refused(c, changed.refusal)
  return answerChanged(c, changed.value)
}

const answerChanged = (c: Context<Http>, poll: Poll): Response => {
  const tag = entityTag('poll', poll.version, representationOf(c))
  return answer(
    c,
    pollDocument(poll, viewpoint(c, true)),
    200,
    { ETag: tag, 'Cache-Control': 'no-store' },
    'poll',
  )
}

const nextLink = (url: string, cursor: string): string => {
  const next = new URL(url)
  next.searchParams.set('cursor', cursor)
  return next.toString()
}
