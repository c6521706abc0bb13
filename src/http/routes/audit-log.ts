// The audit log: what was changed, by which key, newest first.
import { Hono } from 'hono'
import { requireOwner } from '../../application/identify-caller.ts'
import { tenantOf } from '../../application/tenant.ts'
import { answer } from '../answer.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { pageAsked, pageEnd } from '../list-query.ts'

export const auditLog = new Hono<Http>().get('/', async (c) => {
  const owner = requireOwner(c.get('caller'), 'keys:write')
  if (!owner.ok) return refused(c, owner.refusal)
  const page = pageAsked(c, 'aud', ['mode'])
  if (!page.ok) return refused(c, page.refusal)
  const { mode = owner.value.mode } = c.req.query()
  if (mode !== 'live' && mode !== 'test')
    return refused(c, { reason: 'query-invalid', detail: '`mode` must be live or test.' })
  if (owner.value.mode === 'test' && mode === 'live')
    return refused(c, { reason: 'query-invalid', detail: 'A test key sees what test keys did: `mode=test`.' })

  const workspaceId = tenantOf(owner.value.accountId, mode)
  const { limit, after } = page.value
  const place = after === null ? null : { at: after.createdAt, id: after.id }
  const { entries, next } = await c
    .get('services')
    .listActions({ workspaceId, limit, after: place }, signalOf(c))
  const data = entries.map(({ workspaceId: _own, at, ...entry }) => ({
    ...entry,
    at: new Date(at).toISOString(),
  }))
  const { nextCursor, headers } = pageEnd(c, next === null ? null : { createdAt: next.at, id: next.id })
  return answer(c, { data, nextCursor }, 200, headers)
})
