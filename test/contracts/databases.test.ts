// Two real databases: each workspace in one of them and seen in no other, and whoever asks for all of them asks both.
import { beforeEach, describe, expect, test } from 'vitest'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { Event } from '../../src/application/events.ts'
import type { KeyRecord } from '../../src/application/ports.ts'
import { tenantOf } from '../../src/application/tenant.ts'
import { answerStore } from '../../src/archive/answer-store.ts'
import { ArchiveRejected } from '../../src/archive/archive-error.ts'
import { ballotPages } from '../../src/archive/ballot-pages.ts'
import { ballotReader } from '../../src/archive/ballot-reader.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { type Databases, openDatabases, perDatabase } from '../../src/archive/databases.ts'
import { deadLetters } from '../../src/archive/dead-letters.ts'
import { postgresHealth } from '../../src/archive/health.ts'
import { keyRing } from '../../src/archive/key-ring.ts'
import { pollPlaces } from '../../src/archive/poll-places.ts'
import { pollReader } from '../../src/archive/poll-reader.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { routeOf } from '../../src/archive/route.ts'
import {
  healthOfAll,
  pollIdsOf,
  routedAnswerStore,
  routedBallotPages,
  routedDeadLetters,
  routedPollReader,
  routedPollRecords,
} from '../../src/archive/routed.ts'
import { routedRetention } from '../../src/archive/routed-retention.ts'
import { usageReader } from '../../src/archive/usage-reader.ts'
import { workspaces } from '../../src/archive/workspaces.ts'
import { systemClock as clock } from '../../src/kernel/clock.ts'
import { consumeApart } from '../../src/runtime/archive-lanes.ts'
import type { QueuedMessage } from '../../src/runtime/consume-ballots.ts'
import { ownersOf } from '../../src/runtime/owners-of.ts'
import { ownedPollOf } from '../support/owned.ts'
import { withPostgres } from '../support/postgres.ts'
import { withSecondDatabase } from '../support/second-database.ts'
import { aBallot, aPoll } from './archived.ts'

const postgres = withPostgres()
const two = withSecondDatabase(postgres)
const signal = () => AbortSignal.timeout(20_000)
const events: Event[] = []
const report = (event: Event) => void events.push(event)
const open = (but: Partial<typeof two.config> = {}): Databases =>
  openDatabases({ ...two.config, ...but }, { statementMs: 10_000, report, clock })

const names = ['main', 'north'] as const
const tables = 'polls, deleted_polls, ballots, rollups, usage, dead_letters, idempotency_keys'
beforeEach(async () => {
  events.length = 0
  for (const name of names) await two.query(name, `truncate ${tables}, workspaces, api_keys, audit_log`)
})

/** Workspaces of which at least one lies in each, with a poll each. */
const spread = Array.from({ length: 8 }, (_, n) => `ws_${'abcdefgh'[n]}`)
const homeOf = (workspaceId: string) => routeOf(workspaceId, names)
const pollOf = (workspaceId: string) =>
  aPoll({ id: `poll_${workspaceId.slice(3)}`, workspaceId, questions: [], closesAt: null })
const inOf = (name: (typeof names)[number], text: string) =>
  two.query<{ id: string }>(name, text).then((rows) => rows.map(({ id }) => id))

const message = (workspaceId: string, but: Partial<BallotMessage> = {}): BallotMessage => ({
  v: 2,
  id: `poll_${workspaceId.slice(3)}:0:1`,
  pollId: `poll_${workspaceId.slice(3)}`,
  workspaceId,
  shard: 0,
  first: 1,
  last: 1,
  ballots: [aBallot(`bal_${workspaceId.slice(3)}`)],
  ...but,
})

const recordAll = async (databases: Databases) => {
  const records = routedPollRecords(perDatabase(databases, pollRecords).of)
  for (const workspaceId of spread) await records.record(pollOf(workspaceId), signal())
  return records
}

describe('a workspace', () => {
  test('has its polls in one database and in no other', async () => {
    await recordAll(open())
    for (const name of names) {
      const own = spread.filter((workspaceId) => homeOf(workspaceId) === name)
      expect(own.length, name).toBeGreaterThan(0)
      expect(await inOf(name, 'select workspace_id as id from polls order by 1')).toEqual(own)
    }
  })

  test('finds its own polls and ballots wherever they lie, and nobody else’s', async () => {
    const databases = open()
    await recordAll(databases)
    const polls = routedPollReader(perDatabase(databases, pollReader).of)
    const pages = routedBallotPages(perDatabase(databases, ballotPages).of)
    for (const workspaceId of spread)
      await ballotRecords(databases.of(workspaceId)).store([message(workspaceId)], signal())
    for (const workspaceId of spread) {
      const order = { workspaceId, status: null, limit: 10, after: null, now: 0 }
      const { id } = pollOf(workspaceId)
      expect((await polls.list(order, signal())).map((poll) => poll.id)).toEqual([id])
      const owned = await ownedPollOf(id, workspaceId)
      const { items } = await pages.list(owned, { after: null, limit: 10, erased: null }, signal())
      expect(items).toHaveLength(1)
      expect(await usageReader(databases.of(workspaceId)).stored(workspaceId, signal())).toEqual({
        polls: 1,
        ballots: 1,
      })
    }
  })

  test('lies with its tests', async () => {
    const databases = open()
    for (const workspaceId of spread)
      expect(databases.of(tenantOf(workspaceId, 'test')).name).toBe(databases.of(workspaceId).name)
  })

  test('lies where it is pinned, whatever its hash says', async () => {
    const pins = Object.fromEntries(spread.map((workspaceId) => [workspaceId, 'north']))
    await recordAll(open({ pins }))
    expect(await inOf('main', 'select id from polls')).toEqual([])
    expect(await inOf('north', 'select id from polls')).toHaveLength(spread.length)
  })

  test('whose poll is deleted leaves its tombstone in its own database only', async () => {
    const databases = open()
    const records = await recordAll(databases)
    for (const workspaceId of spread)
      await records.remove({ pollId: pollOf(workspaceId).id, workspaceId, deletedAt: 1 }, signal())
    for (const name of names) {
      expect(await inOf(name, 'select id from polls')).toEqual([])
      expect(await inOf(name, 'select workspace_id as id from deleted_polls order by 1')).toEqual(
        spread.filter((workspaceId) => homeOf(workspaceId) === name),
      )
    }
  })

  test('has its first answers where it lies', async () => {
    const answers = routedAnswerStore(perDatabase(open(), answerStore).of)
    for (const [n, workspaceId] of spread.entries()) {
      const claim = { id: `${n}`.repeat(64), workspaceId, fingerprint: 'ab'.repeat(32), at: 1_000 }
      expect(await answers.claim(claim, signal())).toBeNull()
      await answers.keep(claim, `sealed ${n}`, signal())
      expect(await answers.claim(claim, signal())).toMatchObject({ sealed: `sealed ${n}` })
    }
    for (const name of names)
      expect(await inOf(name, 'select workspace_id as id from idempotency_keys order by 1')).toEqual(
        spread.filter((workspaceId) => homeOf(workspaceId) === name),
      )
  })
})

describe('the directory', () => {
  test('has every workspace and key, so that a key is found before anybody knows whose it is', async () => {
    const { directory } = open()
    for (const workspaceId of spread) {
      const key = { ...aKey(workspaceId), id: `key_${workspaceId}` }
      await workspaces(directory).create({ ...aWorkspace, id: workspaceId }, key, signal())
      expect(await keyRing(directory).find(key.id, signal())).toMatchObject({ workspaceId, plan: 'pro' })
    }
    expect(await inOf('main', 'select id from workspaces')).toHaveLength(spread.length)
    expect(await inOf('north', 'select id from workspaces union all select id from api_keys')).toEqual([])
  })
})

describe('whoever asks for all', () => {
  test('pages through the polls of both in the order of their ids', async () => {
    const databases = open()
    await recordAll(databases)
    const pollIds = pollIdsOf(perDatabase(databases, ballotReader).each)
    const seen: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await pollIds(after, 3, signal())
      seen.push(...page)
      after = page.at(-1) ?? null
      if (page.length < 3) break
    }
    expect(seen).toEqual(spread.map((workspaceId) => pollOf(workspaceId).id))
  })

  test('retires old polls of both, by what the directory says of their workspaces', async () => {
    const databases = open()
    await recordAll(databases)
    for (const [n, workspaceId] of spread.entries())
      await workspaces(databases.directory).create(
        { ...aWorkspace, id: workspaceId, retentionDays: n === 0 ? null : n },
        { ...aKey(workspaceId), id: `key_${workspaceId}` },
        signal(),
      )
    const now = pollOf('ws_a').createdAt + 365 * 24 * 3_600_000
    for (const pageSize of [1, 3, 1_000]) {
      const retention = routedRetention(databases, pageSize)
      const found: [string, number][] = []
      let after = null
      for (;;) {
        const page = await retention.oldPolls(after, 2, now, signal())
        found.push(...page.map(({ pollId, retentionDays }): [string, number] => [pollId, retentionDays]))
        after = page.at(-1) ?? null
        if (page.length < 2) break
      }
      expect(found, `${pageSize} at once`).toEqual(
        spread.slice(1).map((workspaceId, n) => [pollOf(workspaceId).id, n + 1]),
      )
    }
  })

  test('forgets aged rows of both', async () => {
    for (const name of names)
      await two.query(
        name,
        `insert into deleted_polls select 'poll_' || n, 'ws_a', to_timestamp(0) from generate_series(1, 3) as n`,
      )
    const order = { before: 1_000, limit: 100 }
    const retention = routedRetention(open())
    expect(await retention.forget('tombstones', { ...order, only: 'count' }, signal())).toBe(6)
    expect(await retention.forget('tombstones', order, signal())).toBe(6)
    expect(await retention.forget('tombstones', order, signal())).toBe(0)
  })

  test('finds dead letters of both, oldest first, and removes them wherever they are', async () => {
    const letters = lettersOf(open())
    const dead = spread.map((workspaceId, n) => ({
      id: `${n}`,
      body: message(workspaceId),
      diedAt: 1_000 + n,
    }))
    const unreadable = { id: 'unreadable', body: 'none of ours', diedAt: 999 }
    await letters.keep([...dead, unreadable], signal())
    for (const name of names) {
      const own = dead.filter((_, n) => homeOf(spread[n] ?? '') === name).map(({ id }) => id)
      const all = name === 'main' ? [...own, 'unreadable'] : own
      expect(await inOf(name, 'select id from dead_letters order by 1')).toEqual(all)
    }
    expect(await letters.oldest(100, signal())).toEqual([unreadable, ...dead])
    expect(await letters.oldest(2, signal())).toEqual([unreadable, dead[0]])
    await letters.remove(
      [...dead.slice(1), unreadable].map(({ id }) => id),
      signal(),
    )
    expect(await letters.oldest(100, signal())).toEqual([dead[0]])
  })

  test('hears that Postgres is away when one of them is', async () => {
    const health = (databases: Databases) => healthOfAll(databases.each.map(postgresHealth))
    await health(open()).check(signal())
    await expect(health(open({ urls: withNowhere() })).check(signal())).rejects.toThrow('postgres')
  })
})

describe('a batch of ballots', () => {
  test('is archived in the databases that it is for', async () => {
    const batch = deliveries(...spread.map((workspaceId) => message(workspaceId)))
    await consume(open())(batch)
    expect(batch.map(({ became }) => became)).toEqual(spread.map(() => 'acknowledged'))
    for (const name of names)
      expect(await inOf(name, 'select id from ballots order by 1')).toEqual(
        spread
          .filter((workspaceId) => homeOf(workspaceId) === name)
          .map((workspaceId) => `bal_${workspaceId.slice(3)}`),
      )
  })

  test('of which one database is away is put off for that one only', async () => {
    const batch = deliveries(...spread.map((workspaceId) => message(workspaceId)))
    await consume(open({ urls: withNowhere() }))(batch)
    expect(batch.map(({ became }) => became)).toEqual(
      spread.map((workspaceId) => (homeOf(workspaceId) === 'main' ? 'acknowledged' : 'put off')),
    )
  })

  test('of the version before, which does not say whose poll it is, goes where the poll is', async () => {
    const databases = open()
    await recordAll(databases)
    const batch = deliveries(...spread.map(beforeVersion2))
    await consume(databases)(batch)
    expect(batch.map(({ became }) => became)).toEqual(spread.map(() => 'acknowledged'))
    expect(await inOf('north', 'select id from ballots order by 1')).toEqual(
      spread.filter((workspaceId) => homeOf(workspaceId) === 'north').map((id) => `bal_${id.slice(3)}`),
    )
  })

  test('of the version before waits where no database knows its poll, and is dropped where it was deleted', async () => {
    const databases = open()
    const records = await recordAll(databases)
    const [gone = ''] = spread
    await records.remove({ pollId: pollOf(gone).id, workspaceId: gone, deletedAt: 1 }, signal())
    const batch = deliveries(beforeVersion2(gone), beforeVersion2('ws_unheard'))
    await consume(databases)(batch)
    expect(batch.map(({ became }) => became)).toEqual(['acknowledged', 'put off'])
    for (const name of names) expect(await inOf(name, 'select id from ballots')).toEqual([])
    expect(events).toContainEqual(expect.objectContaining({ type: 'archive-failed', messages: 1 }))
  })

  test('of which something cannot be read sends that to the dead letters', async () => {
    const batch = deliveries(message('ws_a'), 'none of ours')
    await consume(open())(batch)
    expect(batch.map(({ became }) => became)).toEqual(['acknowledged', 'put off'])
    expect(events).toContainEqual(expect.objectContaining({ type: 'message-poisoned' }))
  })
})

const aWorkspace = { name: 'n', plan: 'pro', retentionDays: null, createdAt: 0 } as const
const aKey = (workspaceId: string): Omit<KeyRecord, 'id'> => ({
  workspaceId,
  plan: 'pro',
  mode: 'live',
  scopes: [],
  secretHash: 'ab'.repeat(32),
  expiresAt: null,
  revokedAt: null,
})

const withNowhere = () => ({ ...two.config.urls, north: `${two.config.urls['north']}-which-is-not-there` })

const lettersOf = (databases: Databases) => {
  const { of, directory, each } = perDatabase(databases, deadLetters)
  return routedDeadLetters(of, directory, each)
}

const beforeVersion2 = (workspaceId: string): BallotMessage => {
  const { workspaceId: _unsaid, ...rest } = message(workspaceId)
  return { ...rest, v: 1 }
}

interface Watched extends QueuedMessage {
  became: 'acknowledged' | 'put off' | null
}

const deliveries = (...bodies: readonly unknown[]): readonly Watched[] =>
  bodies.map((body, n) => {
    const delivery: Watched = {
      ...{ id: `${n}`, attempts: 1, timestamp: new Date(0), body, became: null },
      ack: () => {
        delivery.became = 'acknowledged'
      },
      retry: () => {
        delivery.became = 'put off'
      },
    }
    return delivery
  })

/** The consumer over these databases; boxes take every confirmation. */
const consume = (databases: Databases) => {
  const lanes = perDatabase(databases, (database) => ({
    archiveBallots: async (messages: readonly BallotMessage[], ends: AbortSignal) => {
      await ballotRecords(database).store(messages, ends)
      return 1
    },
    pace: { messagesAtOnce: 100, note: () => {} },
  }))
  return consumeApart({
    laneOf: lanes.of,
    directoryLane: lanes.directory,
    ownersOf: ownersOf(perDatabase(databases, pollPlaces).each),
    worthRetrying: (error) => !(error instanceof ArchiveRejected),
    clock,
    report,
  })
}
