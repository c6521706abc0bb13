import { everyShard } from '../domain/poll/plan-shards.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { BallotBoxes, LogCheckpoint, LogPage, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'log' | 'checkpoint'>
}

export interface LogOrder {
  readonly pollId: string
  readonly shard: number
  /** The seq to go on after; 0 from the start. */
  readonly after: number
  readonly limit: number
}

/** Part of a shard's log. It shows how many have voted, so it is shown to whom results are. */
export const readLog =
  ({ pollBook, ballotBoxes }: Needs) =>
  async (
    { pollId, shard, after, limit }: LogOrder,
    signal: AbortSignal,
  ): Promise<Result<LogPage & { readonly poll: Poll }, VotingRefusal>> => {
    const definition = await pollBook.find(pollId, signal)
    if (definition === null || shard >= definition.poll.shards) return refuse({ reason: 'poll-not-found' })
    const page = await ballotBoxes.log({ pollId, shard }, after, limit, signal)
    return accept({ ...page, poll: definition.poll })
  }

/** The newest checkpoint of every shard that has one. */
export const readCheckpoints =
  ({ pollBook, ballotBoxes }: Needs) =>
  async (
    { pollId }: { readonly pollId: string },
    signal: AbortSignal,
  ): Promise<Result<readonly LogCheckpoint[], VotingRefusal>> => {
    const definition = await pollBook.find(pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })
    const found = await atMost(connectionsAtOnce, everyShard(definition.poll), (shard) =>
      ballotBoxes.checkpoint({ pollId, shard }, signal),
    )
    return accept(found.filter((checkpoint) => checkpoint !== null))
  }
