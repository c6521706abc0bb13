// The Meter as the rest of the system asks it: an isolate tells one shard, a box always the same one, a reader asks all.
import type { MeterRpc, Reading, Standings } from './protocol.ts'
import { mergeReadings } from './sums.ts'

export interface MeterNamespace<Id> {
  idFromName(name: string): Id
  get(id: Id): MeterRpc
}

/** A shard takes a thousand flushes a second or so, of ten thousand isolates. Fewer would lose what they know. */
export const shards = 4

export const meterClient = <Id>(namespace: MeterNamespace<Id>) => {
  const shard = (index: number) => namespace.get(namespace.idFromName(`meter/${index}`))
  return {
    flush: (batch: Parameters<MeterRpc['flush']>[0]) => shard(shardOf(batch.source)).flush(batch),

    stand: async (standings: Standings): Promise<void> => {
      const parts = Array.from({ length: shards }, (_, index) => ({
        boxes: standings.boxes.filter(({ name }) => shardOf(name) === index),
        leaves: standings.leaves.filter(({ name }) => shardOf(name) === index),
      }))
      await Promise.all(
        parts.map(async (part, index) => {
          if (part.boxes.length + part.leaves.length > 0) await shard(index).stand(part)
        }),
      )
    },

    /** What all shards know. Rejects when one does not answer: a sum without it would look like a start from nought. */
    read: async (): Promise<Reading> =>
      mergeReadings(await Promise.all(Array.from({ length: shards }, (_, index) => shard(index).read()))),
  }
}

/** FNV-1a. */
const shardOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0
  return hash % shards
}
