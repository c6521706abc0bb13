// The owner's list of polls, where it lies: on a real Postgres, and in what stands in for it in tests over HTTP.
import { beforeAll, describe, expect, test } from 'vitest'
import { listPolls, type PollPlace } from '../../src/application/list-polls.ts'
import type { PollReader } from '../../src/application/ports.ts'
import { tenantOf } from '../../src/application/tenant.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollReader } from '../../src/archive/poll-reader.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { Poll, PollStatus } from '../../src/domain/poll/poll.ts'
import { pollsOf } from '../support/memory-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import { aPoll } from './archived.ts'

const now = Date.UTC(2026, 10, 25, 12, 0, 0, 123)
const [before, after] = [now - 1, now + 1]

/** Every phase with every place of the clock before, at and after its times, and what its status is then. */
const kinds: readonly (readonly [PollStatus, Partial<Poll>])[] = [
  ['draft', { phase: 'draft' }],
  ['draft', { phase: 'draft', opensAt: before, closesAt: now }],
  ['draft', { phase: 'draft', opensAt: after }],
  ['scheduled', { opensAt: after }],
  ['scheduled', { opensAt: after, closesAt: after + 1 }],
  ['open', {}],
  ['open', { opensAt: before }],
  ['open', { opensAt: now }],
  ['open', { closesAt: after }],
  ['open', { opensAt: now, closesAt: after }],
  ['closed', { closesAt: now }],
  ['closed', { opensAt: before, closesAt: now }],
  ['closed', { closesAt: before }],
  ['closed', { phase: 'closing', closedAt: before }],
  ['closed', { phase: 'closing', closedAt: before, closesAt: after }],
  ['closed', { phase: 'closed', closedAt: before }],
  ['closed', { phase: 'closed', closedAt: before, opensAt: after }],
]

interface Made {
  readonly poll: Poll
  readonly status: PollStatus
}

/** Three of each kind, a third of all made in one millisecond, one in five archived; in an order that is none. */
const madeIn = (workspaceId: string, from: number): readonly Made[] =>
  [0, 1, 2].flatMap((round) =>
    kinds.map(([status, changes], kind) => {
      const at = round * kinds.length + kind
      const poll = aPoll({
        ...{ opensAt: null, closesAt: null, ...changes },
        id: `poll_${String(from + ((at * 37) % 51)).padStart(26, '0')}`,
        workspaceId,
        archived: at % 5 === 4,
        createdAt: round === 1 ? now - 5_000 : now - at * 1_000,
      })
      return { status, poll }
    }),
  )

const [live, tests] = [tenantOf('ws_a', 'live'), tenantOf('ws_a', 'test')]
const everything = [live, tests, 'ws_b'].flatMap((workspaceId, at) => madeIn(workspaceId, at * 100))

const eddsa = { kid: 'e', alg: 'EdDSA', x: 'x' } as const
const hs256 = { kid: 'h', alg: 'HS256', secret: 'a very secret secret' } as const
const guarded = aPoll({
  ...{ id: 'poll_guarded', workspaceId: 'ws_c', mostViewers: 7, closesAt: after },
  dedupe: { by: 'account', keys: [eddsa, hs256] },
})

/** Newest first; where two are of one moment, the greater id first. */
const listed = (workspaceId: string, status: PollStatus | null) =>
  everything
    .filter(({ poll }) => poll.workspaceId === workspaceId && !poll.archived)
    .filter((made) => status === null || made.status === status)
    .map(({ poll: { id, createdAt } }) => ({ id, createdAt }))
    .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
    .map(({ id }) => id)

const all = [...everything.map(({ poll }) => poll), guarded]

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)

const stands: Record<string, () => Promise<PollReader>> = {
  Postgres: async () => {
    const records = pollRecords(openDatabase(postgres))
    for (const poll of all) await records.record(poll, signal())
    return pollReader(openDatabase(postgres))
  },
  'in memory': async () => {
    const polls = new Map(all.map((poll) => [poll.id, poll]))
    return { list: async (order) => pollsOf({ polls }, order) }
  },
}

test('of every status there is enough for many pages', () => {
  for (const workspaceId of [live, tests, 'ws_b'])
    for (const status of ['draft', 'scheduled', 'open', 'closed'] as const)
      expect(listed(workspaceId, status).length).toBeGreaterThanOrEqual(4)
})

describe.each(Object.entries(stands))('the list of polls, %s', (_where, make) => {
  let reader: PollReader
  beforeAll(async () => {
    reader = await make()
  })

  /** As a client does, by the cursor, to the end. */
  const walk = async (workspaceId: string, status: PollStatus | null, limit: number) => {
    const list = listPolls({ pollReader: reader, clock: { now: () => now } })
    const pages: string[][] = []
    for (let place: PollPlace | null = null; ; ) {
      const page = await list({ workspaceId, status, limit, after: place }, signal())
      pages.push(page.polls.map(({ id }) => id))
      place = page.next
      if (place === null) return pages
    }
  }

  const asked = [live, tests, 'ws_b'].flatMap((workspaceId) =>
    ([null, 'draft', 'scheduled', 'open', 'closed'] as const).map((status) => [workspaceId, status] as const),
  )

  test.each(asked)(
    '%s, status %s: has what is so now and no other, newest first',
    async (workspaceId, status) => {
      expect(await walk(workspaceId, status, 100)).toEqual([listed(workspaceId, status)])
    },
  )

  test.each(asked)(
    '%s, status %s: its pages end, and are full but for the last',
    async (workspaceId, status) => {
      const whole = listed(workspaceId, status)
      for (const limit of [1, 2, 3, whole.length - 1, whole.length]) {
        const pages = await walk(workspaceId, status, limit)
        expect(pages.flat()).toEqual(whole)
        expect(pages).toHaveLength(Math.ceil(whole.length / limit))
        expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
      }
    },
  )

  test('a page begins after its place, whatever is there or was', async () => {
    const places = everything.map(({ poll }) => poll).filter(({ workspaceId }) => workspaceId === live)
    for (const { createdAt, id } of places) {
      const order = { workspaceId: live, status: null, limit: 2, after: { createdAt, id }, now }
      const found = await reader.list(order, signal())
      const rest = everything
        .filter(({ poll }) => poll.createdAt < createdAt || (poll.createdAt === createdAt && poll.id < id))
        .map(({ poll }) => poll.id)
      expect(found.map((poll) => poll.id)).toEqual(
        listed(live, null)
          .filter((each) => rest.includes(each))
          .slice(0, 2),
      )
    }
  })

  test('of a workspace that has none is one page, which is empty', async () => {
    for (const status of [null, 'scheduled', 'closed'] as const)
      expect(await walk('ws_none', status, 3)).toEqual([[]])
  })

  test('shows a poll as it was made, but for secrets and what its owner is not shown', async () => {
    const order = { workspaceId: live, status: null, limit: 100, after: null, now }
    const found = await reader.list(order, signal())
    const byId = new Map(everything.map(({ poll }) => [poll.id, poll]))
    expect(found).toEqual(found.map(({ id }) => byId.get(id)))
    const [secretive] = await reader.list({ ...order, workspaceId: 'ws_c' }, signal())
    const { mostViewers: _plans, ...shown } = guarded
    expect(secretive).toEqual({
      ...shown,
      dedupe: { by: 'account', keys: [eddsa, { ...hs256, secret: '' }] },
    })
  })
})
