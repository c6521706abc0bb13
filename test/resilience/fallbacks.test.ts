// What stands in for what is away, each by its name: the page docs/design/resilience.md says the same in a table.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type priorities, shedOrder } from '../../src/admission/priority.ts'
import type { Event } from '../../src/application/events.ts'
import type { KeyRecord, KeyRing, PollBook, Snapshot } from '../../src/application/ports.ts'
import type { KeyValueStore } from '../../src/cache/kv-tier.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import type { Footing } from '../../src/runtime/guard.ts'
import {
  guardsOf,
  protectBallotPages,
  protectBoards,
  protectChallenges,
  protectKeyRing,
  protectKeyValues,
  protectPollReader,
  protectUsageReader,
} from '../../src/runtime/protect.ts'
import { type Around, rememberKeys, rememberResults, rememberViews } from '../../src/runtime/remember.ts'
import { ownedPollOf } from '../support/owned.ts'
import { aDefinition } from '../support/polls.ts'
import { aTimeline } from '../support/timeline.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/design/resilience.md'), 'utf8')
const signal = new AbortController().signal

describe('KV → the scoreboard', () => {
  test('a poll is read from its scoreboard while KV fails, and after ten failures KV is asked no more', async () => {
    const stand = anEdge()
    stand.kv = () => Promise.reject(new Error('KV is away'))
    const views = rememberViews(stand.boards, stand.around)
    for (let poll = 0; poll < 30; poll++)
      expect(await views.find(`poll_${poll}`, signal)).toMatchObject({ from: 'origin', stale: false })
    expect(stand.kvAsked).toBe(10)
    expect(stand.events).toContainEqual(
      expect.objectContaining({ type: 'breaker-moved', dependency: 'kv', to: 'open' }),
    )
  })

  test('a KV that says nothing holds nobody up for more than a moment', async () => {
    const stand = anEdge()
    stand.kv = () => new Promise(() => {})
    const views = rememberViews(stand.boards, stand.around)
    expect(await views.find(stand.pollId, signal)).toMatchObject({ from: 'origin' })
  })
})

describe('the scoreboard → what was remembered', () => {
  test('results stand in, marked as stale, and it is told once a second', async () => {
    const stand = anEdge()
    const results = rememberResults(stand.boards, stand.around)
    await results.snapshot(stand.pollId, signal)
    stand.boardsAway = true
    await stand.time.advance(5_000)
    for (let read = 0; read < 10; read++)
      expect(await results.snapshot(stand.pollId, signal)).toMatchObject({ stale: true, ageMs: 5_000 })
    expect(stand.events.filter(({ type }) => type === 'stood-in')).toEqual([
      { type: 'stood-in', what: 'results', ageMs: 5_000 },
    ])
  })

  test('a scoreboard that is away is asked no more by those who are answered so', async () => {
    const stand = anEdge()
    const results = rememberResults(stand.boards, stand.around)
    await results.snapshot(stand.pollId, signal)
    stand.boardsAway = true
    await stand.time.advance(5_000)
    stand.boardsAsked = 0
    for (let read = 0; read < 100; read++) await results.snapshot(stand.pollId, signal)
    expect(stand.boardsAsked).toBeLessThanOrEqual(20)
  })

  test('nothing stands in for what was never seen: it is said to be away', async () => {
    const stand = anEdge()
    stand.boardsAway = true
    const results = rememberResults(stand.boards, stand.around)
    await expect(results.snapshot(stand.pollId, signal)).rejects.toBeInstanceOf(Unavailable)
  })
})

describe('Postgres → keys that are remembered', () => {
  test('a key that was known opens for ten minutes more, and that is told', async () => {
    const stand = anEdge()
    const keys = rememberKeys(protectKeyRing(stand.ring, stand.guards.postgres), stand.around)
    await keys.find('key_a', signal)
    stand.postgresAway = true
    await stand.time.advance(5 * 60_000)
    expect(await keys.find('key_a', signal)).toMatchObject({ id: 'key_a' })
    expect(stand.events).toContainEqual({ type: 'keys-unavailable', keyId: 'key_a' })
    await expect(keys.find('key_b', signal)).rejects.toBeInstanceOf(Unavailable)
  })
})

test('a workspace so large that nothing of it is counted in time keeps nobody else out of Postgres', async () => {
  const stand = anEdge()
  const late = () => Promise.reject(new Unavailable('postgres'))
  const usage = protectUsageReader({ stored: late, polls: late }, stand.guards.postgres)
  const lists = protectPollReader({ list: late }, stand.guards.postgres)
  const ballots = protectBallotPages(
    { list: late, find: late, texts: late, lines: late },
    stand.guards.postgres,
  )
  const poll = await ownedPollOf('poll_large', 'ws_large')
  const order = { workspaceId: 'ws_large', status: null, limit: 20, after: null, now: 0 }
  for (let call = 0; call < 20; call++) {
    await usage.stored('ws_large', signal).catch(() => undefined)
    await lists.list(order, signal).catch(() => undefined)
    await ballots.list(poll, { after: null, limit: 20, erased: null }, signal).catch(() => undefined)
    await ballots.lines(poll, { after: null, rows: 500, bytes: 1_000 }, signal).catch(() => undefined)
  }
  const moved = stand.events.flatMap((event) => (event.type === 'breaker-moved' ? [event.object] : []))
  expect(moved.toSorted()).toEqual([
    'ballots:poll_large',
    'exports:poll_large',
    'lists:ws_large',
    'usage:ws_large',
  ])
  const keys = protectKeyRing(stand.ring, stand.guards.postgres)
  expect(await keys.find('key_a', signal)).toMatchObject({ id: 'key_a' })
})

describe('siteverify → nothing', () => {
  test('a challenge is asked about once, and after ten failures not at all for a while', async () => {
    const stand = anEdge()
    let asked = 0
    const challenges = protectChallenges(
      {
        passed: async () => {
          asked++
          throw new Unavailable('the challenge')
        },
      },
      stand.guards.challenges,
    )
    for (let voter = 0; voter < 30; voter++)
      await expect(challenges.passed('solved', '192.0.2.1', signal)).rejects.toBeInstanceOf(Unavailable)
    expect(asked).toBe(10)
  })
})

describe('the page', () => {
  test('shows the order of shedding as the code has it', () => {
    const shown = [...page.matchAll(/^\| (\d+) \| ([a-z -]+) \| (premium|free|all) \|/gm)].map(
      ([, , what = '', who]) => ({ what, who }),
    )
    expect(shown).toEqual(
      shedOrder.map(({ priority, premium }) => ({
        what: words[priority],
        who: priority === 'ballots' ? 'all' : premium ? 'premium' : 'free',
      })),
    )
  })

  test.each(['Redis', 'KV', 'Postgres', 'the queue', 'the scoreboard'])(
    'says what stands in for %s',
    (what) => {
      expect(page).toMatch(new RegExp(`^\\| ${what} \\|`, 'm'))
    },
  )
})

const words: Readonly<Record<(typeof priorities)[number], string>> = {
  ballots: 'ballots',
  close: 'closing and deleting',
  'live-reads': 'live reads',
  'owner-writes': 'owner writes',
  lists: 'lists',
  exports: 'exports',
}

const anEdge = () => {
  const time = aTimeline()
  const events: Event[] = []
  const report = (event: Event) => void events.push(event)
  const footing: Footing = { clock: time.clock, random: { fraction: () => 1 }, report, shedding: true }
  const guards = guardsOf(footing)
  const definition = aDefinition()
  const pollId = definition.poll.id
  const snapshot: Snapshot = { pollId, version: 3, final: false, document: '{}', pairwise: '{}' }
  const board = async <Answer>(answer: Answer): Promise<Answer> => {
    stand.boardsAsked++
    if (stand.boardsAway) throw new Unavailable('the scoreboard')
    return answer
  }
  const book: PollBook = { find: () => board(definition) }
  const store: KeyValueStore = {
    get: () => {
      stand.kvAsked++
      return stand.kv()
    },
    put: async () => {},
    delete: async () => {},
  }
  const ring: KeyRing = {
    find: async (id) => {
      if (stand.postgresAway) throw new Unavailable('postgres')
      return { id, workspaceId: 'ws_a', plan: 'free' } as KeyRecord // what else a key has is not asked here
    },
  }
  const around: Around = {
    clock: time.clock,
    random: { bytes: () => new Uint8Array(16), fraction: () => 1 },
    waitUntil: (work) => void work,
    colo: null,
    kv: protectKeyValues(store, guards.kv),
    report,
  }
  const boards = protectBoards(
    {
      ...({} as Parameters<typeof protectBoards>[0]), // what is not asked here
      ...book,
      snapshot: () => board({ value: snapshot, from: 'origin' as const, ageMs: 0, stale: false }),
    },
    guards.boards,
  )
  const stand = {
    time,
    events,
    guards,
    pollId,
    boards,
    ring,
    around,
    kv: async (): Promise<string | null> => null,
    kvAsked: 0,
    boardsAway: false,
    boardsAsked: 0,
    postgresAway: false,
  }
  return stand
}
