// The shape of `POST /v1/polls/{id}/ballots`; whether the answers fit the poll is the domain's to say.
import { z } from 'zod'

export const ballotBody = z.strictObject({
  answers: z.record(z.string(), z.unknown()),
})
