// Workspaces: made, read and changed by the operator; their own read and changed by owners.

import { type Context, Hono } from 'hono'
import type * as z from 'zod'
import { requireKey, requireOperator, requireOwner } from '../../application/identify-caller.ts'
import type { Workspace, WorkspaceChange } from '../../application/ports.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { readBody } from '../../representation/read-body.ts'
import { ownWorkspacePatch, workspaceBody, workspacePatch } from '../../representation/workspace-body.ts'
import { answer } from '../answer.ts'
import { keyed, unkept } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import type { AnyRefusal } from '../problems.ts'

export const workspaces = new Hono<Http>()
  .post('/', async (c) => {
    const operator = requireOperator(c.get('caller'))
    if (!operator.ok) return refused(c, operator.refusal)
    const body = await bodyOf(c, workspaceBody)
    if (!body.ok) return refused(c, body.refusal)
    const { workspace, apiKey } = await c.get('services').createWorkspace(body.value, signalOf(c))
    const { id, name, plan, retentionDays } = workspace
    c.set('target', id)
    return answer(c, { id, name, plan, retentionDays, apiKey }, 201, { 'Cache-Control': 'no-store' })
  })

  .get('/:workspaceId', async (c) => {
    const operator = requireOperator(c.get('caller'))
    return operator.ok ? read(c, c.req.param('workspaceId')) : refused(c, operator.refusal)
  })

  .patch('/:workspaceId', async (c) => {
    const operator = requireOperator(c.get('caller'))
    if (!operator.ok) return refused(c, operator.refusal)
    return change(c, c.req.param('workspaceId'), workspacePatch)
  })

export const ownWorkspace = new Hono<Http>()
  .get('/', async (c) => {
    const owner = requireKey(c.get('caller'))
    return owner.ok ? read(c, owner.value.accountId) : refused(c, owner.refusal)
  })

  .patch('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'keys:write')
    if (!owner.ok) return refused(c, owner.refusal)
    if (owner.value.mode === 'test')
      return refused(c, {
        reason: 'key-exceeds',
        detail: 'A test key does not change what live polls go by.',
      })
    c.set('target', owner.value.accountId)
    return change(c, owner.value.accountId, ownWorkspacePatch)
  })

const read = async (c: Context<Http>, workspaceId: string): Promise<Response> => {
  const workspace = isWorkspaceId(workspaceId)
    ? await c.get('services').readWorkspace(workspaceId, signalOf(c))
    : null
  return answerWith(c, workspace, keyed)
}

const change = async (
  c: Context<Http>,
  workspaceId: string,
  shape: z.ZodType<PatchBody>,
): Promise<Response> => {
  const body = await bodyOf(c, shape)
  if (!body.ok) return refused(c, body.refusal)
  const { name, retentionDays } = body.value
  const named: WorkspaceChange = {
    ...(name !== undefined && { name }),
    ...(retentionDays !== undefined && { retentionDays }),
  }
  const changed = isWorkspaceId(workspaceId)
    ? await c.get('services').changeWorkspace(workspaceId, named, signalOf(c))
    : null
  return answerWith(c, changed, unkept)
}

interface PatchBody {
  readonly name?: string | undefined
  readonly retentionDays?: number | null | undefined
}

/** What is no id of ours Postgres may not even take, as U+0000. */
const isWorkspaceId = (text: string): boolean => /^ws_\w{1,40}$/.test(text)

const answerWith = (
  c: Context<Http>,
  workspace: Workspace | null,
  headers: Readonly<Record<string, string>>,
): Response => {
  if (workspace === null) return refused(c, { reason: 'workspace-not-found' })
  const { createdAt, ...rest } = workspace
  const document = { ...rest, createdAt: new Date(createdAt).toISOString() }
  return answer(c, document, 200, headers)
}

const bodyOf = async <Body>(c: Context<Http>, shape: z.ZodType<Body>): Promise<Result<Body, AnyRefusal>> => {
  const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
  if (!body.ok) return body
  const parsed = shape.safeParse(body.value)
  if (parsed.success) return accept(parsed.data)
  return refuse({ reason: 'workspace-invalid', errors: faultsOf(parsed.error) })
}
