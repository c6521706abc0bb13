// Deleting what was kept long enough, by the operator's hand.
import { createRoute, z } from '@hono/zod-openapi'
import { operated, repeated } from '../always.ts'
import { spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { once } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { forgotten, retired } from '../schemas/retention.ts'
import { operator } from '../security.ts'

const dryRun = z
  .enum(['true', 'false'])
  .optional()
  .openapi({ description: 'Only says what would go.', default: 'false' })

const retirePolls = createRoute({
  operationId: 'retirePolls',
  summary: 'Delete polls that were kept long enough',
  description:
    'A step of the round that the schedule makes every hour: up to 20 old polls, of which those go that closed longer ago than their workspace keeps them. Repeating it is safe.',
  tags: ['Operator'],
  ...operator,
  method: 'post',
  path: '/v1/operator/retention/polls',
  request: {
    headers: once,
    query: z.object({
      cursor: z.string().optional().openapi({ description: 'The `nextCursor` of the step before.' }),
      dryRun,
    }),
  },
  responses: {
    200: {
      description: 'What went.',
      headers: headers(...unkept, 'Idempotency-Replayed'),
      content: spoken({ schema: retired, examples: ['retired'] }),
    },
    ...refusals(...operated, ...repeated, 'query-invalid'),
  },
})

const forgetRows = createRoute({
  operationId: 'forgetRows',
  summary: 'Delete rows that are old',
  description: 'A batch of each kind. Repeating it is safe.',
  tags: ['Operator'],
  ...operator,
  method: 'post',
  path: '/v1/operator/retention/rows',
  request: { headers: once, query: z.object({ dryRun }) },
  responses: {
    200: {
      description: 'How many rows went.',
      headers: headers(...unkept, 'Idempotency-Replayed'),
      content: spoken({ schema: forgotten, examples: ['forgotten'] }),
    },
    ...refusals(...operated, ...repeated, 'query-invalid'),
  },
})

export const retentionOperations = [retirePolls, forgetRows]
