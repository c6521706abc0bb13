// The shapes of `POST /v1/workspaces`, and of the changes of a workspace.
import * as z from 'zod'
import { plans } from '../application/ports.ts'
import { textFault } from '../domain/tally/text.ts'

// Postgres would refuse U+0000 and halves of surrogate pairs.
const name = z
  .string()
  .min(1)
  .refine((text) => textFault(text, 200) === null, 'Must be well-formed, of at most 200 characters.')

const retentionDays = z.int().min(1).max(3_650).nullable()

export const workspaceBody = z.strictObject({
  name,
  plan: z.enum(plans).default('free'),
  retentionDays: retentionDays.default(null),
})

/** Merge patches (RFC 7396): what is not named stays. What the operator may change. */
export const workspacePatch = z.strictObject({
  name: name.optional(),
  retentionDays: retentionDays.optional(),
})

/** And what an owner may, of their own. */
export const ownWorkspacePatch = workspacePatch.pick({ retentionDays: true })
