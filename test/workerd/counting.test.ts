// A box and a board as the platform runs them: durable through eviction and abort, alarms.
import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { boxName } from '../../src/ballot-box/protocol.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition } from '../support/polls.ts'

const boardOf = ({ poll }: CountingDefinition) => env.SCOREBOARD.get(env.SCOREBOARD.idFromName(poll.id))
const boxOf = ({ poll }: CountingDefinition, shard = 0) =>
  env.BALLOT_BOX.get(env.BALLOT_BOX.idFromName(boxName({ pollId: poll.id, shard })))
const cast = (definition: CountingDefinition, voter: string, answers?: Record<string, unknown>) =>
  boxOf(definition).cast({ pollId: definition.poll.id, shard: 0, cast: aCast(definition, voter, answers) })
const published = async (definition: CountingDefinition, ballots: number) => {
  await expect
    .poll(async () => JSON.parse((await boardOf(definition).snapshot())?.document ?? '{}').ballots, {
      timeout: 10_000,
    })
    .toBe(ballots)
  return JSON.parse((await boardOf(definition).snapshot())?.document ?? '{}')
}

const aFoundedPoll = async () => {
  const definition = aDefinition({ id: `poll_${crypto.randomUUID()}` })
  await boardOf(definition).create(definition, 'order')
  return definition
}

describe('a ballot box object', () => {
  it('counts each of many voters at once exactly once', async () => {
    const poll = await aFoundedPoll()
    const replies = await Promise.all(
      Array.from({ length: 300 }, (_, at) => cast(poll, `voter-${at % 200}-0123456789`)),
    )
    const kinds = replies.map((reply) => (reply.ok ? reply.value.kind : reply.refusal.reason))
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(200)
    expect(kinds.filter((kind) => kind === 'replayed')).toHaveLength(100)
    expect((await published(poll, 200)).questions[0].options[0].votes).toBe(200)
  })

  it('commits many waiting ballots together', async () => {
    const poll = await aFoundedPoll()
    await Promise.all(Array.from({ length: 100 }, (_, at) => cast(poll, `voter-${at}-0123456789`)))
    const commits = await runInDurableObject(boxOf(poll), (_box, state) =>
      state.storage.sql.exec<{ commits: number }>('select count(*) as commits from log').one(),
    )
    expect(commits.commits).toBeLessThan(50)
  })

  it('remembers everything it acknowledged through an eviction and an abort', async () => {
    const poll = await aFoundedPoll()
    const first = await cast(poll, 'voter-a-0123456789')
    await evictDurableObject(boxOf(poll))
    expect(await cast(poll, 'voter-a-0123456789')).toEqual({
      ok: true,
      value: { kind: 'replayed', ballot: first.ok && first.value.ballot },
    })
    await abortAllDurableObjects()
    expect(await cast(poll, 'voter-a-0123456789', { where: ['sushi'] })).toEqual({
      ok: false,
      refusal: { reason: 'already-voted' },
    })
    expect((await published(poll, 1)).questions[0].options).toMatchObject([{ votes: 1 }, { votes: 0 }])
  })

  it('puts what it accepted into the queue when its alarm comes, and asks again until confirmed', async () => {
    const poll = await aFoundedPoll()
    await cast(poll, 'voter-a-0123456789')
    expect(await runDurableObjectAlarm(boxOf(poll))).toBe(true)
    const next = await runInDurableObject(boxOf(poll), (_box, state) => state.storage.getAlarm())
    expect(next).not.toBeNull()
    await boxOf(poll).confirm({ pollId: poll.poll.id, shard: 0 }, 1, 1)
    const archived = await runInDurableObject(boxOf(poll), (_box, state) =>
      state.storage.sql.exec('select archived from box').one(),
    )
    expect(archived).toEqual({ archived: 1 })
  })

  it('refuses a poll that nobody made, and leaves no table behind', async () => {
    const nobody = aDefinition({ id: `poll_${crypto.randomUUID()}` })
    expect(await cast(nobody, 'voter-a-0123456789')).toEqual({
      ok: false,
      refusal: { reason: 'poll-not-found' },
    })
    const tables = await runInDurableObject(boxOf(nobody), (_box, state) =>
      state.storage.sql
        .exec("select name from sqlite_master where name in ('box', 'ballot', 'log')")
        .toArray(),
    )
    expect(tables).toEqual([])
  })
})

describe('a scoreboard object', () => {
  it('never shows a lower version after it restarted', async () => {
    const poll = await aFoundedPoll()
    await cast(poll, 'voter-a-0123456789')
    const before = await published(poll, 1)
    await abortAllDurableObjects()
    await cast(poll, 'voter-b-0123456789')
    const after = await published(poll, 2)
    expect(after.version).toBeGreaterThan(before.version)
  })
})
