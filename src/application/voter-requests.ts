import { everyShard } from '../domain/poll/plan-shards.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { namedVoter, type VoterName, type VoterRefusal } from '../domain/voter/named-voter.ts'
import { shardOf } from '../domain/voter/voter-keys.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import { accept, type Result } from '../kernel/result.ts'
import { type OwnPollOrder, ownPoll } from './own-poll.ts'
import type { BallotBoxes, HeldBallot, PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'held' | 'erase'>
  readonly results: { forget(pollId: string): Promise<void> }
}

type Order = OwnPollOrder & { readonly voter: VoterName }
type Refused = VotingRefusal | VoterRefusal

/** All that is held about a voter in a poll. The name goes no further than the hash of it. */
export const exportVoter =
  ({ pollBook, ballotBoxes }: Pick<Needs, 'pollBook' | 'ballotBoxes'>) =>
  async (order: Order, signal: AbortSignal): Promise<Result<readonly HeldBallot[], Refused>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const voter = namedVoter(owned.value, order.voter)
    if (!voter.ok) return voter
    const { id: pollId, shards } = owned.value.poll
    // By a ballot key alone any box may have it.
    const boxes =
      'voterKey' in voter.value ? [shardOf(voter.value.voterKey, shards)] : everyShard(owned.value.poll)
    const found = await atMost(connectionsAtOnce, boxes, (shard) =>
      ballotBoxes.held({ pollId, shard }, voter.value, signal),
    )
    return accept(found.flat())
  }

/** Erases a voter's ballots in a poll, and says how many. Repeating it erases what came meanwhile. */
export const eraseVoter =
  ({ pollBook, ballotBoxes, results }: Needs) =>
  async (order: Order, signal: AbortSignal): Promise<Result<number, Refused>> => {
    const owned = await ownPoll(pollBook, order, signal)
    if (!owned.ok) return owned
    const held = await exportVoter({ pollBook, ballotBoxes })(order, signal)
    if (!held.ok) return held
    const standing = held.value.filter(({ answers }) => answers !== null)
    for (const { id } of standing) {
      const erased = await ballotBoxes.erase(owned.value, id, signal)
      // Gone already is what was asked for.
      if (!erased.ok && erased.refusal.reason !== 'ballot-not-found') return erased
    }
    if (standing.length > 0) await results.forget(order.pollId)
    return accept(standing.length)
  }
