// Workspaces: what the operator and owners see and change of them.
import { createRoute, z } from '@hono/zod-openapi'
import { bodied, negotiated, operated } from '../always.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { refusals } from '../refusals.ts'
import { ownWorkspaceChange, workspaceChange, workspaceRead } from '../schemas/owner.ts'
import { anyKey, operator, owner } from '../security.ts'

const answered = (description: string) => ({
  description,
  headers: headers(...unkept),
  content: spoken({ schema: workspaceRead, examples: ['workspace-read'] }),
})

const workspacePath = z.object({
  workspaceId: z
    .string()
    .openapi({ description: 'The workspace.', example: 'ws_hmd5kygk64ejhmq1cg26dw72br' }),
})

const shorter =
  'A retention that grows shorter holds for polls that closed long ago too: the next round, within an hour, deletes them.'

const readOwnWorkspace = createRoute({
  operationId: 'readOwnWorkspace',
  summary: 'Read one’s workspace',
  description: 'Of the key. Any key of it will do.',
  tags: ['Workspaces'],
  ...anyKey,
  method: 'get',
  path: '/v1/workspace',
  responses: {
    200: answered('The workspace.'),
    ...refusals(...negotiated, 'key-required', 'workspace-not-found'),
  },
})

const changeOwnWorkspace = createRoute({
  operationId: 'changeOwnWorkspace',
  summary: 'Change how long one’s polls are kept',
  description: shorter,
  tags: ['Workspaces'],
  ...owner('keys:write'),
  method: 'patch',
  path: '/v1/workspace',
  request: { body: body({ schema: ownWorkspaceChange, examples: ['retention-patch'] }) },
  responses: {
    200: answered('The workspace as it is now.'),
    ...refusals(
      ...negotiated,
      ...bodied,
      'key-required',
      'scope-missing',
      'key-exceeds',
      'workspace-invalid',
      'workspace-not-found',
    ),
  },
})

const readWorkspace = createRoute({
  operationId: 'readWorkspace',
  summary: 'Read a workspace',
  description: 'Any workspace.',
  tags: ['Operator'],
  ...operator,
  method: 'get',
  path: '/v1/workspaces/{workspaceId}',
  request: { params: workspacePath },
  responses: { 200: answered('The workspace.'), ...refusals(...operated, 'workspace-not-found') },
})

const changeWorkspace = createRoute({
  operationId: 'changeWorkspace',
  summary: 'Change a workspace',
  description: `What is not named stays. ${shorter}`,
  tags: ['Operator'],
  ...operator,
  method: 'patch',
  path: '/v1/workspaces/{workspaceId}',
  request: { params: workspacePath, body: body({ schema: workspaceChange, examples: ['retention-patch'] }) },
  responses: {
    200: answered('The workspace as it is now.'),
    ...refusals(...operated, ...bodied, 'workspace-invalid', 'workspace-not-found'),
  },
})

export const workspaceOperations = [readOwnWorkspace, changeOwnWorkspace, readWorkspace, changeWorkspace]
