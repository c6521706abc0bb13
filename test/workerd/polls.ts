// Polls of the tests that run in the Workers runtime: their objects, and voting in them as an edge would.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { boxName, type CastReply } from '../../src/ballot-box/protocol.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import type { Results } from '../../src/domain/tally/results.ts'
import { shardOf } from '../../src/domain/voter/voter-keys.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition } from '../support/polls.ts'

export const boardOf = ({ poll }: CountingDefinition) =>
  env.SCOREBOARD.get(env.SCOREBOARD.idFromName(poll.id))

export const boxOf = ({ poll }: CountingDefinition, shard = 0) =>
  env.BALLOT_BOX.get(env.BALLOT_BOX.idFromName(boxName({ pollId: poll.id, shard })))

/** A poll that has been made, under an id of its own. */
export const aFoundedPoll = async (changes: Partial<Poll> = {}): Promise<CountingDefinition> => {
  const definition = aDefinition({ id: `poll_${crypto.randomUUID()}`, ...changes })
  await boardOf(definition).create(definition, 'made by a test')
  return definition
}

/** Votes in the box that this voter belongs to. */
export const castIn = (
  definition: CountingDefinition,
  ...[voter, ...ballot]: Parameters<typeof aCast> extends [unknown, ...infer Rest] ? Rest : never
): Promise<CastReply> => {
  const cast = aCast(definition, voter, ...ballot)
  const shard = shardOf(cast.voterKey, definition.poll.shards)
  return boxOf(definition, shard).cast({ pollId: definition.poll.id, shard, cast })
}

/** What became of a ballot, in one word. */
export const wordOf = (reply: CastReply): string => (reply.ok ? reply.value.kind : reply.refusal.reason)

export const resultsOf = async (definition: CountingDefinition): Promise<Results> =>
  JSON.parse((await boardOf(definition).snapshot())?.document ?? '{}')

/** Waits for the publication that has this many ballots. */
export const published = async (definition: CountingDefinition, ballots: number): Promise<Results> => {
  await expect.poll(async () => (await resultsOf(definition)).ballots, { timeout: 10_000 }).toBe(ballots)
  return resultsOf(definition)
}

/** Runs a statement inside a box, past all of its code. */
export const inBox = <Row extends Record<string, SqlStorageValue>>(
  definition: CountingDefinition,
  sql: string,
  ...values: SqlStorageValue[]
): Promise<Row[]> =>
  runInDurableObject(boxOf(definition), (_box, state) =>
    state.storage.sql.exec<Row>(sql, ...values).toArray(),
  )
