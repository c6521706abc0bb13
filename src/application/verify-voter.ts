import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { networkOf } from '../domain/voter/network.ts'
import { type VoterKeys, voterKeys } from '../domain/voter/voter-keys.ts'
import type { Random } from '../kernel/random.ts'
import type { Result } from '../kernel/result.ts'
import type { Suspicion, TokenReader } from './ports.ts'

/** What a request shows of its voter; nothing in it has been believed yet. */
export interface VoterShown {
  readonly voterId: string | null
  readonly idempotencyKey: string | null
  readonly address: string
  readonly inviteCode: string | null
  readonly voterToken: string | null
  readonly challengeToken: string | null
}

interface Needs {
  readonly tokens: TokenReader
  readonly random: Random
}

/** The keys of whoever stands behind a request, or why they may not vote here. */
export const verifyVoter =
  ({ tokens, random }: Needs) =>
  async (definition: CountingDefinition, shown: VoterShown): Promise<Result<VoterKeys, VotingRefusal>> => {
    const { id, dedupe } = definition.poll
    const subject =
      dedupe.by === 'account' && shown.voterToken !== null
        ? await tokens.subject(shown.voterToken, dedupe.keys, id)
        : null
    return voterKeys(definition, { ...shown, subject, chance: random.bytes(16) })
  }

/** Whether a person must be shown to vote here and now. */
export const personAsked = (
  { poll }: CountingDefinition,
  { address }: Pick<VoterShown, 'address'>,
  suspicion: Suspicion,
): boolean =>
  poll.challenge === 'always' ||
  (poll.challenge === 'suspicious' && suspicion.suspects(poll.id, networkOf(address)))
