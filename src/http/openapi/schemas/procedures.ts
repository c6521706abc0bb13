// What the Connect protocol says no with.
import { z } from '@hono/zod-openapi'
import { listOf, named } from '../words.ts'

export const connectError = named(
  'ConnectError',
  z.object({
    code: z.string().describe('One of the protocol’s own.'),
    message: z.string().optional().describe('This occurrence of it, and what to do.'),
    details: listOf(
      'More of it.',
      z.object({
        type: z.string().describe('The message that `value` holds.'),
        value: z.string().describe('The message, base64.'),
        debug: z.unknown().optional().describe('The message as JSON, for people.'),
      }),
    ).optional(),
  }),
  { description: 'An error of the Connect protocol.' },
)
