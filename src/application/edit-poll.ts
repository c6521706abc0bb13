import { definePoll, type PollDraft } from '../domain/poll/define-poll.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { PollRefusal, VotingRefusal } from '../domain/refusal.ts'
import { type Result, refuse } from '../kernel/result.ts'
import type { RememberedPolls } from './change-poll.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { PollBook, PollViews, Scoreboards } from './ports.ts'

interface Needs {
  /** The scoreboards themselves: an edit starts from what is there, not from what is remembered. */
  readonly source: PollBook
  readonly pollBook: RememberedPolls
  readonly pollViews: Pick<PollViews, 'learn'>
  readonly scoreboards: Pick<Scoreboards, 'change'>
}

export interface EditOrder extends OwnPollOrder {
  /** The versions the owner would change, or null for whatever is there. */
  readonly ifVersions: readonly number[] | null
  /** The draft that the owner's change makes of a poll, or why it makes none. */
  readonly edit: (poll: Poll) => Result<PollDraft, PollRefusal>
}

/** How often `If-Match: *` starts over when somebody else changes the poll in between. */
const tries = 3

/** Changes a poll's definition; answers once every ballot box that has joined counts by it. */
export const editPoll =
  ({ source, pollBook, pollViews, scoreboards }: Needs) =>
  async (order: EditOrder, signal: AbortSignal): Promise<Result<Poll, PollRefusal | VotingRefusal>> => {
    for (let left = tries; ; left--) {
      const owned = await ownPoll(source, order, signal)
      if (!owned.ok) return owned
      const { poll } = owned.value
      if (order.ifVersions !== null && !order.ifVersions.includes(poll.version))
        return refuse({ reason: 'version-changed' })
      const draft = order.edit(poll)
      if (!draft.ok) return draft
      const defined = definePoll(draft.value)
      if (!defined.ok) return defined
      const change = { kind: 'edit', from: poll.version, definition: defined.value } as const
      const changed = await scoreboards.change(order.pollId, change, signal)
      const overtaken = !changed.ok && changed.refusal.reason === 'version-changed'
      if (overtaken && order.ifVersions === null && left > 1) continue
      await pollBook.forget(order.pollId)
      if (changed.ok) await pollViews.learn(changed.value)
      return changed
    }
  }
