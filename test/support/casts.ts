// Checked ballots for tests, with keys as the edge derives them.
import type { BallotCast } from '../../src/domain/ballot/ballot.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { voterKeys } from '../../src/domain/voter/voter-keys.ts'

/** The ballot of a voter who sent `Voter-Id: voter` and perhaps an Idempotency-Key. */
export const aCast = (
  { secret, poll }: CountingDefinition,
  voter: string,
  answers: Readonly<Record<string, unknown>> = { where: ['pizza'] },
  idempotencyKey: string | null = null,
): BallotCast => {
  const keys = voterKeys(secret, poll.dedupe, { voterId: voter, idempotencyKey, chance: new Uint8Array(16) })
  if (!keys.ok) throw new Error(keys.refusal.reason)
  return { ...keys.value, answers: JSON.stringify(answers), country: null }
}
