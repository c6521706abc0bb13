// The shapes of what is sent to make, rename and rotate keys.
import * as z from 'zod'
import { scopes } from '../application/ports.ts'
import { textFault } from '../domain/tally/text.ts'

// Postgres would refuse U+0000 and halves of surrogate pairs.
const name = z
  .string()
  .min(1)
  .refine((text) => textFault(text, 200) === null, 'Must be well-formed, of at most 200 characters.')

export const keyBody = z.strictObject({
  name,
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .refine((all) => new Set(all).size === all.length, 'Must not name a scope twice.'),
  mode: z.enum(['live', 'test']).optional(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
})

export const keyPatch = z.strictObject({ name })
