// Problem documents (RFC 9457), and the rows they are made from.
import { z } from '@hono/zod-openapi'
import { problems } from '../../problems.ts'
import { named } from '../words.ts'
import { proof } from './proof.ts'

export type Reason = keyof typeof problems

export const reasons = Object.keys(problems) as readonly Reason[] // its own keys

const fault = named(
  'Fault',
  z.object({
    pointer: z.string().describe('Where in the input, as an RFC 6901 pointer.'),
    detail: z.string().describe('What is wrong there, as a sentence.'),
  }),
  { description: 'One thing that is wrong with the input.' },
)

export const problem = named(
  'Problem',
  z.object({
    type: z.url().describe('Resolves to what the problem means and what to do about it: `/problems/{code}`.'),
    title: z.string().describe('The problem in general, the same each time.'),
    status: z.int().describe('The status of the answer.'),
    detail: z.string().describe('This occurrence of it, and what to do.'),
    instance: z
      .string()
      .regex(/^urn:uuid:[0-9a-f-]{36}$/)
      .describe('The request’s id. `X-Request-Id` carries it too.'),
    code: z.string().describe('What programs decide by.'),
    errors: z.array(fault).max(100).optional().describe('Every fault of the input, the first hundred.'),
    scope: z.string().optional().describe('The scope that the key lacks.'),
    proof: proof.optional(),
  }),
  { description: 'Why a request was refused.' },
)

/** What a problem's `type` resolves to. */
export const problemRow = named(
  'ProblemRow',
  z.object({
    code: z.enum(reasons).describe('What programs decide by.'),
    status: z.int().describe('The status it is answered with.'),
    title: z.string().describe('The problem in general.'),
    detail: z.string().describe('What it means and what to do about it.'),
  }),
  { description: 'A problem, in general.' },
)
