// Polls: made with a key, read by anybody. What else their owner does is in owner-polls.

import { Hono } from 'hono'
import { requireOwner } from '../../application/identify-caller.ts'
import { entityTag, namesTag } from '../../representation/entity-tag.ts'
import { faultsOf } from '../../representation/faults.ts'
import { select } from '../../representation/fields.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { pollFields } from '../../representation/messages.ts'
import { pollDocument } from '../../representation/poll-document.ts'
import { draftOf, pollDraft } from '../../representation/poll-draft.ts'
import { readBody } from '../../representation/read-body.ts'
import { answer, representationOf } from '../answer.ts'
import { cacheHeaders, varies } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { fieldsAsked } from '../query.ts'
import { idempotencyKey } from '../request-headers.ts'
import { respond } from '../respond.ts'
import { viewpoint } from '../viewpoint.ts'

export const polls = new Hono<Http>()
  .post('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'polls:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const key = idempotencyKey(c.req.raw.headers)
    if (!key.ok) return refused(c, key.refusal)
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.pollDraft)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = pollDraft.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'poll-invalid', errors: faultsOf(parsed.error) })

    const { workspaceId, plan } = owner.value
    const order = {
      workspaceId,
      plan,
      draft: draftOf(parsed.data),
      open: parsed.data.status === 'open',
      idempotencyKey: key.value,
    }
    const made = await c.get('services').createPoll(order, signalOf(c))
    if (!made.ok) return refused(c, made.refusal)
    const { poll, again } = made.value
    const document = pollDocument(poll, viewpoint(c, true))
    const headers = {
      Location: document.urls.self,
      ETag: entityTag('poll', poll.version, representationOf(c)),
      'Cache-Control': 'no-store',
      ...(again && { 'Idempotency-Replayed': 'true' }),
    }
    return answer(c, document, 201, headers, 'poll')
  })

  .get('/:pollId', async (c) => {
    const caller = c.get('caller')
    const workspaceId = caller.kind === 'owner' ? caller.workspaceId : null
    const found = await c
      .get('services')
      .readPollFor({ pollId: c.req.param('pollId'), workspaceId }, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const fields = fieldsAsked(c, pollFields)
    if (!fields.ok) return refused(c, fields.refusal)
    const { poll, owned } = found.value
    const document = pollDocument(poll, viewpoint(c, owned))
    // The status can change by the clock alone, so it is part of what the tag names.
    const seen = `${document.status}-${owned ? 'full' : 'public'}`
    const tag = entityTag('poll', poll.version, `${seen}-${representationOf(c, fields.value)}`)
    const headers = { ETag: tag, ...varies, ...cacheHeaders(c, poll.id, 'poll', found.value) }
    if (namesTag(c.req.header('if-none-match') ?? null, tag)) return respond(c, null, 304, headers)
    const chosen = fields.value === null ? document : Object(select(document, fields.value))
    return answer(c, chosen, 200, headers, 'poll')
  })
