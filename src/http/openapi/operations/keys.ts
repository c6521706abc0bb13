// Keys and the audit log.
import { createRoute, z } from '@hono/zod-openapi'
import { bodied, negotiated, repeated } from '../always.ts'
import { shown } from '../examples.ts'
import { body, spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { keyPath, once, paged } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { auditPage, key, keyChange, keyDraft, keyPage, newKey, rotation } from '../schemas/key.ts'
import { owner } from '../security.ts'

const about = { tags: ['Keys'], ...owner('keys:write') }
const managed = [...negotiated, 'key-required', 'scope-missing'] as const

const shownOnce = {
  description: 'The new key. Its secret is shown here and never again.',
  headers: headers('Location', 'Idempotency-Replayed', ...unkept),
  content: spoken({ schema: newKey, examples: ['new-key'] }),
}

const asItIs = {
  description: 'The key.',
  headers: headers(...unkept),
  content: spoken({ schema: key, examples: ['key'] }),
}

const issueKey = createRoute({
  operationId: 'issueKey',
  summary: 'Make a key',
  description: 'It can do no more than the key that asks.',
  ...about,
  method: 'post',
  path: '/v1/keys',
  request: {
    headers: once,
    body: body({ schema: keyDraft, examples: ['key-draft'] }),
  },
  responses: {
    201: shownOnce,
    ...refusals(...managed, ...bodied, ...repeated, 'key-draft-invalid', 'key-exceeds'),
  },
})

const listKeys = createRoute({
  operationId: 'listKeys',
  summary: 'List keys',
  description: 'Of the workspace, newest first; a test key sees test keys.',
  ...about,
  method: 'get',
  path: '/v1/keys',
  request: { query: z.object(paged) },
  responses: {
    200: {
      description: 'A page of keys.',
      headers: headers('Link', ...unkept),
      content: spoken({ schema: keyPage, examples: ['key-page'] }),
    },
    ...refusals(...managed, 'query-invalid'),
  },
})

const readKey = createRoute({
  operationId: 'readKey',
  summary: 'Read a key',
  description: 'Everything but its secret.',
  ...about,
  method: 'get',
  path: '/v1/keys/{keyId}',
  request: { params: keyPath },
  responses: { 200: asItIs, ...refusals(...managed, 'key-not-found', 'query-invalid') },
})

const renameKey = createRoute({
  operationId: 'renameKey',
  summary: 'Rename a key',
  description: 'What it may do cannot be changed: make another one.',
  ...about,
  method: 'patch',
  path: '/v1/keys/{keyId}',
  request: {
    params: keyPath,
    body: {
      required: true,
      content: {
        'application/merge-patch+json': { schema: keyChange, examples: shown('key-patch') },
        'application/json': { schema: keyChange },
        'application/vnd.msgpack': { schema: keyChange },
      },
    },
  },
  responses: { 200: asItIs, ...refusals(...managed, ...bodied, 'key-not-found', 'key-draft-invalid') },
})

const rotateKey = createRoute({
  operationId: 'rotateKey',
  summary: 'Replace a key',
  description:
    'By a new one of the same name, mode and scopes, and good for as long. The old one still opens for the overlap.',
  ...about,
  method: 'post',
  path: '/v1/keys/{keyId}/rotate',
  request: {
    params: keyPath,
    headers: once,
    body: { ...body({ schema: rotation, examples: ['key-rotation'] }), required: false },
  },
  responses: {
    201: shownOnce,
    ...refusals(
      ...managed,
      ...bodied,
      ...repeated,
      'key-not-found',
      'key-draft-invalid',
      'key-exceeds',
      'key-over',
    ),
  },
})

const revokeKey = createRoute({
  operationId: 'revokeKey',
  summary: 'Revoke a key',
  description:
    'At once here, within 60 s everywhere. The last live key that can manage keys stays, unless forced.',
  ...about,
  method: 'delete',
  path: '/v1/keys/{keyId}',
  request: {
    params: keyPath,
    query: z.object({
      force: z
        .enum(['true', 'false'])
        .optional()
        .openapi({ description: 'Whether also the last one that can manage keys.', default: 'false' }),
    }),
  },
  responses: {
    204: { description: 'It is revoked.', headers: headers(...unkept) },
    ...refusals(...managed, 'key-not-found', 'last-key', 'query-invalid'),
  },
})

const readAuditLog = createRoute({
  operationId: 'readAuditLog',
  summary: 'Read the audit log',
  description: 'What keys of the workspace have changed, newest first.',
  ...about,
  method: 'get',
  path: '/v1/audit-log',
  request: {
    query: z.object({
      ...paged,
      mode: z
        .enum(['live', 'test'])
        .optional()
        .openapi({ description: 'What live keys did or what test keys did; by default those like the key.' }),
    }),
  },
  responses: {
    200: {
      description: 'A page of entries.',
      headers: headers('Link', ...unkept),
      content: spoken({ schema: auditPage, examples: ['audit-page'] }),
    },
    ...refusals(...managed, 'query-invalid'),
  },
})

export const keyOperations = [issueKey, listKeys, readKey, renameKey, rotateKey, revokeKey, readAuditLog]
