// Workspaces: made by the operator.

import { Hono } from 'hono'
import { requireOperator } from '../../application/identify-caller.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { readBody } from '../../representation/read-body.ts'
import { workspaceBody } from '../../representation/workspace-body.ts'
import { answer } from '../answer.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'

export const workspaces = new Hono<Http>().post('/', async (c) => {
  const operator = requireOperator(c.get('caller'))
  if (!operator.ok) return refused(c, operator.refusal)
  const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
  if (!body.ok) return refused(c, body.refusal)
  const parsed = workspaceBody.safeParse(body.value)
  if (!parsed.success) return refused(c, { reason: 'workspace-invalid', errors: faultsOf(parsed.error) })
  const { workspace, apiKey } = await c.get('services').createWorkspace(parsed.data, signalOf(c))
  const { id, name, plan } = workspace
  c.set('target', id)
  return answer(c, { id, name, plan, apiKey }, 201, { 'Cache-Control': 'no-store' })
})
