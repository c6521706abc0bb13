// What is sent to replace a secret, of a key or of a webhook: how long the old one is good for.
import * as z from 'zod'

const day = 24 * 60 * 60

export const rotationBody = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(30 * day)
    .default(day),
})
