// The shape of a body that names a voter for their owner.
import * as z from 'zod'

export const voterBody = z.strictObject({
  voterId: z.string().min(16).max(128).optional(),
  inviteCode: z.string().min(1).max(64).optional(),
  inviteSerial: z
    .int()
    .min(1)
    .max(2 ** 40 - 1)
    .optional(),
  subject: z.string().min(1).max(1_000).optional(),
  address: z.string().min(1).max(64).optional(),
})

/** Two names could be two people. */
export const namesOne = (body: object): boolean => Object.keys(body).length === 1
