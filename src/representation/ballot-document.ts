// An accepted ballot as its voter sees it.
import type { AcceptedBallot } from '../domain/ballot/ballot.ts'

export const ballotDocument = ({ id, pollId, castAt, revision }: AcceptedBallot, receipt: string) => ({
  id,
  pollId,
  castAt: new Date(castAt).toISOString(),
  revision,
  receipt,
})
