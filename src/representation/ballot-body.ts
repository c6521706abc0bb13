// The shape of a cast ballot; whether the answers fit the poll is the domain's to say.
import * as z from 'zod'
import { anyMembers } from './own-members.ts'

export const ballotBody = z.strictObject({
  answers: anyMembers,
  inviteCode: z.string().max(64).optional(),
  voterToken: z.string().max(8_192).optional(),
  challengeToken: z.string().max(4_096).optional(),
})
