import { definePoll, type PollDraft } from '../domain/poll/define-poll.ts'
import { planShards } from '../domain/poll/plan-shards.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { PlanRefusal, PollRefusal, VotingRefusal } from '../domain/refusal.ts'
import { toBase32 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { keyedHash, sha256 } from '../kernel/hash.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { roomForPoll } from './plan-room.ts'
import { planTerms } from './plan-terms.ts'
import type { Plan, PollBook, PollViews, Scoreboards } from './ports.ts'

interface Needs {
  readonly scoreboards: Pick<Scoreboards, 'create'>
  /** The scoreboards themselves: whether a poll is there already. */
  readonly source: PollBook
  readonly roomForPoll: ReturnType<typeof roomForPoll>
  readonly pollViews: Pick<PollViews, 'learn'>
  readonly clock: Clock
  readonly random: Random
  /** Makes ids that follow from an Idempotency-Key unguessable. */
  readonly idSecret: Uint8Array
}

export interface PollOrder {
  readonly workspaceId: string
  /** Of the workspace. */
  readonly plan: Plan
  readonly draft: PollDraft
  /** Whether voting may start at once; a draft waits to be opened. */
  readonly open: boolean
  readonly idempotencyKey: string | null
}

export interface PollMade {
  readonly poll: Poll
  /** Whether it had been made before: this is the first answer again. */
  readonly again: boolean
}

/** Makes a poll and answers once its scoreboard has made it durable. With an Idempotency-Key the id follows from the
 *  key, so a repeat meets the same scoreboard and gets the first answer, whatever became of the poll since. */
export const createPoll =
  ({ scoreboards, source, roomForPoll, pollViews, clock, random, idSecret }: Needs) =>
  async (
    order: PollOrder,
    signal: AbortSignal,
  ): Promise<Result<PollMade, PollRefusal | VotingRefusal | PlanRefusal>> => {
    const { workspaceId, plan, draft, open, idempotencyKey } = order
    const defined = definePoll(draft)
    if (!defined.ok) return defined
    const named = idempotencyKey === null ? null : keyedHash(idSecret, 'poll', workspaceId, idempotencyKey)
    const poll: Poll = {
      ...defined.value,
      id: `poll_${toBase32(named?.subarray(0, 16) ?? random.bytes(16))}`,
      workspaceId,
      shards: planShards(defined.value.expectedVoters),
      phase: open ? 'open' : 'draft',
      archived: false,
      mostViewers: planTerms[plan].viewers,
      version: 1,
      createdAt: clock.now(),
    }
    const room = await roomForPoll({ workspaceId, plan, shards: poll.shards }, signal)
    // A repeat of what was made already takes no room.
    if (!room.ok && (named === null || (await source.find(poll.id, signal)) === null)) return room
    const fingerprint = sha256(JSON.stringify([defined.value, open]))
    const definition = { poll, secret: random.bytes(32), revokedInvites: [] }
    const made = await scoreboards.create(definition, fingerprint, signal)
    if (made === null) return refuse({ reason: 'poll-not-found' })
    if (made.fingerprint !== fingerprint) return refuse({ reason: 'idempotency-key-reused' })
    await pollViews.learn(made.poll)
    return accept({ poll: made.poll, again: made.again === true })
  }
