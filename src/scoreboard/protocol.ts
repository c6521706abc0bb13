// The methods of a Scoreboard object.
import type { Feed } from '../application/live-feed.ts'
import type { BoardLink, ClosingState, PollChange, Snapshot } from '../application/ports.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import type { Result } from '../kernel/result.ts'

/** The methods of a Scoreboard object. null: no such poll, or no more. */
export interface ScoreboardRpc extends BoardLink {
  create(
    definition: CountingDefinition,
    fingerprint: string,
  ): Promise<{ readonly poll: Poll; readonly fingerprint: string; readonly again?: boolean } | null>
  definition(): Promise<CountingDefinition | null>
  snapshot(): Promise<Snapshot | null>
  /** A leaf or a branch asks to be told of every publication, or says how many watch there now. */
  follow(relay: string, viewers: number): Promise<Feed | null>
  /** `patienceMs`: how long the caller will still wait. A change whose turn comes later is not begun. */
  change(change: PollChange, patienceMs?: number): Promise<Result<Poll, VotingRefusal>>
  /** Answers within `patienceMs`; the closing itself is begun in any case. */
  close(patienceMs?: number): Promise<ClosingState | null>
  /** `before`: only where the poll closed before that time. */
  remove(before?: number): Promise<boolean>
  issueInvites(
    count: number,
  ): Promise<{ readonly first: number; readonly definition: CountingDefinition } | null>
}
