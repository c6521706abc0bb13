// The shape of `POST /v1/workspaces`.
import * as z from 'zod'
import { plans } from '../application/ports.ts'
import { textFault } from '../domain/tally/text.ts'

export const workspaceBody = z.strictObject({
  // Postgres would refuse U+0000 and halves of surrogate pairs.
  name: z
    .string()
    .min(1)
    .refine((name) => textFault(name, 200) === null, 'Must be well-formed, of at most 200 characters.'),
  plan: z.enum(plans).default('free'),
})
