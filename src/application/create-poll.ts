import { definePoll, type PollDraft } from '../domain/poll/define-poll.ts'
import { planShards } from '../domain/poll/plan-shards.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { PollRefusal } from '../domain/refusal.ts'
import { toBase32 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result } from '../kernel/result.ts'
import type { PollViews, Scoreboards } from './ports.ts'

interface Needs {
  readonly scoreboards: Pick<Scoreboards, 'create'>
  readonly pollViews: Pick<PollViews, 'learn'>
  readonly clock: Clock
  readonly random: Random
}

export interface PollOrder {
  readonly workspaceId: string
  readonly draft: PollDraft
  /** Whether voting may start at once; a draft waits to be opened. */
  readonly open: boolean
}

/** Makes a poll and answers once its scoreboard has made it durable. */
export const createPoll =
  ({ scoreboards, pollViews, clock, random }: Needs) =>
  async (
    { workspaceId, draft, open }: PollOrder,
    signal: AbortSignal,
  ): Promise<Result<Poll, PollRefusal>> => {
    const defined = definePoll(draft)
    if (!defined.ok) return defined
    const poll: Poll = {
      ...defined.value,
      id: `poll_${toBase32(random.bytes(16))}`,
      workspaceId,
      shards: planShards(defined.value.expectedVoters),
      phase: open ? 'open' : 'draft',
      archived: false,
      version: 1,
      createdAt: clock.now(),
    }
    await scoreboards.create({ poll, secret: random.bytes(32), revokedInvites: [] }, signal)
    await pollViews.learn(poll)
    return accept(poll)
  }
