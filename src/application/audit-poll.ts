import type { CountingDefinition } from '../domain/poll/counting.ts'
import { everyShard } from '../domain/poll/plan-shards.ts'
import { rankingsIn } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { BallotBoxes, BallotReader, PollBook, ShardAudit } from './ports.ts'
import type { RollupRecords } from './rollups.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotBoxes: Pick<BallotBoxes, 'standing' | 'audit' | 'resend'>
  /** What Postgres has of a workspace. */
  readonly recordsOf: (workspaceId: string) => {
    readonly ballotReader: Pick<BallotReader, 'audit'>
    readonly rollupRecords: RollupRecords
  }
}

/** One shard, in its box and in Postgres. */
export interface ShardComparison {
  readonly shard: number
  /** `behind` is on its way; `differs` was sent again from the start. */
  readonly verdict: 'equal' | 'behind' | 'differs'
  readonly ballotsInBox: number
  readonly ballotsInPostgres: number
  readonly seq: number
  readonly archived: number
}

export interface PollAudit {
  readonly pollId: string
  readonly shards: readonly ShardComparison[]
  /** Whether what is counted in Postgres agreed with the ballots there, or had to be counted anew. */
  readonly rollups: 'equal' | 'recounted'
}

/** Compares every shard of a poll with Postgres, ballot by ballot, and sends again what differs; then what is counted there
 *  with its ballots, and counts anew where it does not agree. */
export const auditPoll =
  ({ pollBook, ballotBoxes, recordsOf }: Needs) =>
  async (
    { pollId }: { readonly pollId: string },
    signal: AbortSignal,
  ): Promise<Result<PollAudit, VotingRefusal>> => {
    const definition: CountingDefinition | null = await pollBook.find(pollId, signal)
    if (definition === null) return refuse({ reason: 'poll-not-found' })
    const { ballotReader, rollupRecords } = recordsOf(definition.poll.workspaceId)
    const addresses = everyShard(definition.poll).map((shard) => ({ pollId, shard }))
    const standings = () =>
      atMost(connectionsAtOnce, addresses, (address) => ballotBoxes.standing(address, signal))

    const before = await standings()
    const boxes = await atMost(connectionsAtOnce, addresses, (address) => ballotBoxes.audit(address, signal))
    const recorded = new Map((await ballotReader.audit(pollId, signal)).map((audit) => [audit.shard, audit]))
    const after = await standings()

    const shards: ShardComparison[] = []
    for (const [at, box] of boxes.entries()) {
      const { seq = 0, archived = 0 } = before[at] ?? {}
      const postgres = recorded.get(box.shard)
      // Something was cast while we looked, or is on its way: then the two were not of the same moment.
      const moving = archived < seq || after[at]?.seq !== seq
      const verdict = moving ? 'behind' : agree(box, postgres) ? 'equal' : 'differs'
      if (verdict === 'differs') await ballotBoxes.resend({ pollId, shard: box.shard }, 0, signal)
      shards.push({
        shard: box.shard,
        verdict,
        ballotsInBox: box.ballots,
        ballotsInPostgres: postgres?.ballots ?? 0,
        seq,
        archived,
      })
    }
    const counted = await rollupRecords.agrees(pollId, signal)
    if (!counted)
      await rollupRecords.recount({ pollId, rankings: rankingsIn(definition.poll.questions) }, signal)
    return accept({ pollId, shards, rollups: counted ? 'equal' : 'recounted' })
  }

const agree = (box: ShardAudit, postgres: ShardAudit | undefined): boolean =>
  postgres === undefined
    ? box.ballots === 0
    : box.ballots === postgres.ballots && box.digest === postgres.digest
