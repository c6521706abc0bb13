// How many ballot boxes a poll's voters are spread over. Fixed when the poll is made.
import type { Poll } from './poll.ts'

/** A power of two, 1–256: 4 where nobody said how many voters to expect, else the least that leaves a box at most
 *  5,000 of them. A box nobody votes in costs nothing. */
export const planShards = (expectedVoters: number | null): number => {
  if (expectedVoters === null) return 4
  let shards = 1
  while (shards < 256 && shards * 5_000 < expectedVoters) shards *= 2
  return shards
}

/** Every shard of a poll: 0 … n − 1. */
export const everyShard = ({ shards }: Pick<Poll, 'shards'>): readonly number[] =>
  Array.from({ length: shards }, (_, shard) => shard)
