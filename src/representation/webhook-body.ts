// The shapes of what is sent to make, change and rotate webhooks.
import * as z from 'zod'
import { webhookEvents } from '../application/webhook-ports.ts'
import { textFault } from '../domain/tally/text.ts'

// Where it leads is judged by the verb, which knows what may be.
const url = z.string().min(1)

// Postgres would refuse U+0000 and halves of surrogate pairs.
const description = z
  .string()
  .refine((text) => textFault(text, 300) === null, 'Must be well-formed, of at most 300 characters.')

const events = z
  .array(z.enum(webhookEvents))
  .min(1)
  .refine((all) => new Set(all).size === all.length, 'Must not name an event twice.')

export const webhookBody = z.strictObject({
  url,
  description: description.default(''),
  events: events.default([...webhookEvents]),
  pollId: z.string().nullable().default(null),
})

export const webhookPatch = z.strictObject({
  url: url.optional(),
  description: description.optional(),
  events: events.optional(),
  enabled: z.boolean().optional(),
})
