// Polls: made with a key, read by anybody.
import { type Context, Hono } from 'hono'
import { requireOwner } from '../../application/identify-caller.ts'
import type { PollChange } from '../../domain/poll/change-poll.ts'
import type { Poll } from '../../domain/poll/poll.ts'
import { entityTag, namesTag } from '../../representation/entity-tag.ts'
import { faultsOf } from '../../representation/faults.ts'
import { pollDocument } from '../../representation/poll-document.ts'
import { draftOf, pollDraft } from '../../representation/poll-draft.ts'
import { readJson } from '../../representation/read-json.ts'
import { cacheHeaders } from '../cache-policy.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'

export const polls = new Hono<Http>()
  .post('/', async (c) => {
    const owner = requireOwner(c.var.caller, 'polls:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const body = await readJson(c.req.raw, bodyLimits.other)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = pollDraft.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'poll-invalid', errors: faultsOf(parsed.error) })

    const { workspaceId } = owner.value
    const order = { workspaceId, draft: draftOf(parsed.data), open: parsed.data.status === 'open' }
    const made = await c.var.services.createPoll(order, c.var.signal)
    if (!made.ok) return refused(c, made.refusal)
    const document = documentOf(c, made.value, true)
    return c.json(document, 201, {
      Location: document.urls.self,
      ETag: entityTag('poll', made.value.version),
      'Cache-Control': 'no-store',
    })
  })

  .get('/:pollId', async (c) => {
    const { caller } = c.var
    const workspaceId = caller.kind === 'owner' ? caller.workspaceId : null
    const found = await c.var.services.readPollFor(
      { pollId: c.req.param('pollId'), workspaceId },
      c.var.signal,
    )
    if (!found.ok) return refused(c, found.refusal)
    const { poll, owned } = found.value
    const document = documentOf(c, poll, owned)
    // The status can change by the clock alone, so it is part of what the tag names.
    const tag = entityTag('poll', poll.version, `${document.status}-${owned ? 'full' : 'public'}-json`)
    const headers = { ETag: tag, Vary: 'Accept', ...cacheHeaders(c, 'poll', found.value) }
    if (namesTag(c.req.header('if-none-match') ?? null, tag)) return c.body(null, 304, headers)
    return c.json(document, 200, headers)
  })

  .post('/:pollId/open', (c) => change(c, c.req.param('pollId'), { kind: 'open' }))

  .post('/:pollId/archive', (c) => change(c, c.req.param('pollId'), { kind: 'archive' }))

  .post('/:pollId/close', async (c) => {
    const owner = requireOwner(c.var.caller, 'polls:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const { workspaceId } = owner.value
    const closed = await c.var.services.closePoll(
      { pollId: c.req.param('pollId'), workspaceId },
      c.var.signal,
    )
    if (!closed.ok) return refused(c, closed.refusal)
    const { poll, final } = closed.value
    return c.json({ ...documentOf(c, poll, true), final }, final ? 200 : 202, { 'Cache-Control': 'no-store' })
  })

  .delete('/:pollId', async (c) => {
    const owner = requireOwner(c.var.caller, 'polls:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const { workspaceId } = owner.value
    const deleted = await c.var.services.deletePoll(
      { pollId: c.req.param('pollId'), workspaceId },
      c.var.signal,
    )
    return deleted.ok ? c.body(null, 204) : refused(c, deleted.refusal)
  })

const change = async (c: Context<Http>, pollId: string, change: PollChange): Promise<Response> => {
  const owner = requireOwner(c.var.caller, 'polls:write')
  if (!owner.ok) return refused(c, owner.refusal)
  const { workspaceId } = owner.value
  const changed = await c.var.services.changePoll({ pollId, workspaceId, change }, c.var.signal)
  if (!changed.ok) return refused(c, changed.refusal)
  return c.json(documentOf(c, changed.value, true), 200, {
    ETag: entityTag('poll', changed.value.version),
    'Cache-Control': 'no-store',
  })
}

const documentOf = (c: Context<Http>, poll: Poll, owner: boolean) =>
  pollDocument(poll, { owner, origin: new URL(c.req.url).origin, now: c.var.services.clock.now() })
