// Checked ballots for tests, with keys as the edge derives them.
import type { BallotCast } from '../../src/domain/ballot/ballot.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { type VoterClaim, voterKeys } from '../../src/domain/voter/voter-keys.ts'

/** The ballot of a voter who sent `Voter-Id: voter` and perhaps an Idempotency-Key; `claim` says what else they showed. */
export const aCast = (
  definition: CountingDefinition,
  voter: string,
  answers: Readonly<Record<string, unknown>> = { where: ['pizza'] },
  idempotencyKey: string | null = null,
  { revisionOnly = false, country = null, ...claim }: CastChanges = {},
): BallotCast => {
  const keys = voterKeys(definition, { ...aClaim, voterId: voter, idempotencyKey, ...claim })
  if (!keys.ok) throw new Error(keys.refusal.reason)
  const { version: pollVersion, dedupe } = definition.poll
  return {
    ...keys.value,
    answers: JSON.stringify(answers),
    pollVersion,
    dedupeBy: dedupe.by,
    revisionOnly,
    country,
  }
}

interface CastChanges extends Partial<VoterClaim> {
  readonly revisionOnly?: boolean
  readonly country?: string | null
}

/** A request that says nothing of its voter. */
export const aClaim: VoterClaim = {
  voterId: null,
  idempotencyKey: null,
  address: '192.0.2.1',
  inviteCode: null,
  subject: null,
  chance: new Uint8Array(16),
}
