// Usage: what a workspace has used of its plan.
import { createRoute } from '@hono/zod-openapi'
import { negotiated } from '../always.ts'
import { spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { refusals } from '../refusals.ts'
import { usage } from '../schemas/usage.ts'
import { anyKey } from '../security.ts'

const readUsage = createRoute({
  operationId: 'readUsage',
  summary: 'Read what the plan gives, and what is used of it',
  description: 'Of the key’s workspace. Any key of it will do.',
  tags: ['Usage'],
  ...anyKey,
  method: 'get',
  path: '/v1/usage',
  responses: {
    200: {
      description: 'What is used.',
      headers: headers('Edgepoll-Stale', ...unkept),
      content: spoken({ schema: usage, examples: ['usage'] }),
    },
    ...refusals(...negotiated, 'key-required', 'query-invalid'),
  },
})

export const usageOperations = [readUsage]
