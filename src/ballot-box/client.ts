// The edge's side of the ballot boxes: finds the object of a voter and asks it.
import type { BallotBoxes, BoxAddress } from '../application/ports.ts'
import { shardOf } from '../domain/voter/voter-keys.ts'
import { refuse } from '../kernel/result.ts'
import { until } from '../kernel/until.ts'
import { type BallotBoxRpc, boxName } from './protocol.ts'

/** The two methods of a Durable Object namespace that finding a box needs. */
export interface BoxNamespace<Id = unknown> {
  idFromName(name: string): Id
  get(id: Id): BallotBoxRpc
}

export const ballotBoxes = <Id>(namespace: BoxNamespace<Id>): BallotBoxes => {
  const box = (address: BoxAddress) => namespace.get(namespace.idFromName(boxName(address)))
  return {
    async cast({ poll }, cast, signal) {
      const address = { pollId: poll.id, shard: shardOf(cast.voterKey, poll.shards) }
      try {
        return await until(signal, box(address).cast({ ...address, cast }))
      } catch {
        // The request may have reached the box: only a repeat with the same keys can tell.
        return refuse({ reason: 'outcome-unknown' })
      }
    },
    async confirm(pollId, shard, first, last) {
      await box({ pollId, shard }).confirm({ pollId, shard }, first, last)
    },
  }
}
