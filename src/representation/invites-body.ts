// The shape of `POST /v1/polls/{id}/invites`.
import * as z from 'zod'

export const invitesBody = z.strictObject({ count: z.int().min(1).max(100_000) })
