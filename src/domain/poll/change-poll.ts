// What may become of a poll while it lives. Closing and deleting are the scoreboard's own, because boxes take part.
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { VotingRefusal } from '../refusal.ts'
import type { CountingDefinition } from './counting.ts'
import type { Poll } from './poll.ts'

export type PollChange =
  /** Lets voting start now, whatever `opensAt` said. */
  | { readonly kind: 'open' }
  /** Hides it from lists, or shows it again; never touches voting. */
  | { readonly kind: 'archive' }
  | { readonly kind: 'revoke-invite'; readonly serial: number }

/** The definition after a change; the very same object where nothing changes. Closed never reopens. */
export const changePoll = (
  definition: CountingDefinition,
  change: PollChange,
  now: number,
): Result<CountingDefinition, VotingRefusal> => {
  const { poll, revokedInvites } = definition
  switch (change.kind) {
    case 'open': {
      if (poll.phase === 'closing' || poll.phase === 'closed') return refuse({ reason: 'poll-closed' })
      if (poll.closesAt !== null && now >= poll.closesAt) return refuse({ reason: 'poll-closed' })
      const early = poll.opensAt !== null && now < poll.opensAt
      if (poll.phase === 'open' && !early) return accept(definition)
      return accept(next(definition, { phase: 'open', opensAt: early ? now : poll.opensAt }))
    }
    case 'archive':
      return accept(poll.archived ? definition : next(definition, { archived: true }))
    case 'revoke-invite':
      return accept(
        revokedInvites.includes(change.serial)
          ? definition
          : { ...next(definition, {}), revokedInvites: [...revokedInvites, change.serial] },
      )
  }
}

const next = (definition: CountingDefinition, changes: Partial<Poll>): CountingDefinition => ({
  ...definition,
  poll: { ...definition.poll, ...changes, version: definition.poll.version + 1 },
})
