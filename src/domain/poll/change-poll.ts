// What may become of a poll while it lives. Closing and deleting are the scoreboard's own, because boxes take part.
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { VotingRefusal } from '../refusal.ts'
import type { CountingDefinition } from './counting.ts'
import type { Poll, PollDefinition } from './poll.ts'

export type PollChange =
  /** Lets voting start now, whatever `opensAt` said. */
  | { readonly kind: 'open' }
  /** Hides it from lists; never touches voting. */
  | { readonly kind: 'archive' }
  | { readonly kind: 'revoke-invite'; readonly serial: number }
  /** A new definition, made from the poll's version `from`; any other version by now refuses it. */
  | { readonly kind: 'edit'; readonly from: number; readonly definition: PollDefinition }

/** The definition after a change; the very same object where nothing changes. Closed never reopens. */
export const changePoll = (
  definition: CountingDefinition,
  change: PollChange,
  now: number,
): Result<CountingDefinition, VotingRefusal> => {
  const { poll, revokedInvites } = definition
  switch (change.kind) {
    case 'open': {
      if (isOver(poll, now)) return refuse({ reason: 'poll-closed' })
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
    case 'edit': {
      if (change.from !== poll.version) return refuse({ reason: 'version-changed' })
      if (isOver(poll, now) && changesCounting(poll, change.definition))
        return refuse({ reason: 'poll-closed' })
      const edited = { ...poll, ...change.definition }
      return accept(
        JSON.stringify(edited) === JSON.stringify(poll) ? definition : next(definition, change.definition),
      )
    }
  }
}

/** Whether ballots cast before and after would not mean the same: such a change needs boxes without ballots. */
export const changesBallots = (
  before: Pick<PollDefinition, 'questions' | 'dedupe'>,
  after: Pick<PollDefinition, 'questions' | 'dedupe'>,
): boolean =>
  JSON.stringify(before.questions) !== JSON.stringify(after.questions) ||
  JSON.stringify(before.dedupe) !== JSON.stringify(after.dedupe)

/** Whether somebody who may watch now might not afterwards. */
export const excludesViewers = (
  before: Pick<PollDefinition, 'results' | 'allowedOrigins'>,
  after: Pick<PollDefinition, 'results' | 'allowedOrigins'>,
): boolean =>
  (before.results !== after.results && after.results !== 'always') ||
  (after.allowedOrigins.length > 0 &&
    JSON.stringify(before.allowedOrigins) !== JSON.stringify(after.allowedOrigins))

/** After the end only what is shown may change: title, description, labels, who sees results. */
const changesCounting = (before: PollDefinition, after: PollDefinition): boolean =>
  changesBallots(before, after) || before.opensAt !== after.opensAt || before.closesAt !== after.closesAt

const isOver = ({ phase, closesAt }: Poll, now: number): boolean =>
  phase === 'closing' || phase === 'closed' || (closesAt !== null && now >= closesAt)

const next = (definition: CountingDefinition, changes: Partial<Poll>): CountingDefinition => ({
  ...definition,
  poll: { ...definition.poll, ...changes, version: definition.poll.version + 1 },
})
