// Keys and the audit log, as owners send and get them.
import { z } from '@hono/zod-openapi'
import { scopes } from '../../../application/ports.ts'
import { keyBody, keyPatch } from '../../../representation/key-body.ts'
import { rotationBody } from '../../../representation/rotation-body.ts'
import { described, listOf, named } from '../words.ts'
import { time } from './scalars.ts'

export const keyDraft = described(
  'KeyDraft',
  keyBody,
  {
    name: { description: 'What it is for, up to 200 code points.', maxLength: 200 },
    scopes: { description: 'What it may do: no more than the key that asks.', uniqueItems: true },
    mode: 'Which data it works on; that of the key that asks, unless said. A test key gives test keys only.',
    expiresAt: 'When it ends by itself; null: never.',
  },
  'A key, as it is asked for.',
)

export const keyChange = described(
  'KeyPatch',
  keyPatch,
  { name: { description: 'Its new name.', maxLength: 200 } },
  'What is to change.',
)

export const rotation = described(
  'KeyRotation',
  rotationBody,
  { overlapSeconds: 'How long the old key still opens: a day, unless said; at most thirty.' },
  'How a key is replaced.',
)

const keyId = z
  .string()
  .regex(/^key_[0-9a-hjkmnp-tv-z]{16}$/)
  .describe('The key’s id, the public half of how it is written.')

const members = {
  id: keyId,
  name: z.string().describe('What it is for.'),
  mode: z
    .enum(['live', 'test'])
    .describe('Which data it works on. Tests see nothing of what is live, and live keys nothing of tests.'),
  scopes: listOf('What it may do.', z.enum(scopes)),
  createdAt: time.describe('When it was made.'),
  expiresAt: time.nullable().describe('When it ends by itself; null: never.'),
  revokedAt: time.nullable().describe('When it was revoked.'),
  lastUsedAt: time.nullable().describe('When it was last used, to about ten minutes.'),
  replacedBy: z.string().nullable().describe('The key that a rotation put in its place.'),
}

export const key = named('Key', z.object(members), { description: 'A key, without its secret.' })

export const newKey = named(
  'NewKey',
  z.object({
    ...members,
    apiKey: z.string().describe('The key as it is presented. Shown here and never again.'),
  }),
  { description: 'A new key.' },
)

const nextCursor = z.string().nullable().describe('The `cursor` of the next page; null: there is none.')

export const keyPage = named(
  'KeyPage',
  z.object({ data: listOf('Newest first, those that are over included.', key), nextCursor }),
  { description: 'A page of keys.' },
)

const auditEntry = named(
  'AuditEntry',
  z.object({
    id: z
      .string()
      .regex(/^aud_[0-9a-hjkmnp-tv-z]{26}$/)
      .describe('The entry’s id.'),
    at: time.describe('When it was done.'),
    actor: z.string().describe('The key that did it, by its id, or `operator`.'),
    action: z.string().describe('What was done, as `poll.close`.'),
    target: z
      .string()
      .describe('The id of what it was done to; of a part of a poll both, as `poll_…/bal_…`.'),
    requestId: z.string().describe('As `X-Request-Id` said.'),
  }),
  { description: 'Something that was changed.' },
)

export const auditPage = named(
  'AuditPage',
  z.object({ data: listOf('Newest first.', auditEntry), nextCursor }),
  { description: 'A page of the audit log.' },
)
