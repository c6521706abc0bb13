// What the archive counts of a workspace, on a real Postgres through the real driver.
import { beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { usageReader } from '../../src/archive/usage-reader.ts'
import { withPostgres } from '../support/postgres.ts'
import { aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const reader = () => usageReader(openDatabase(postgres))

beforeAll(async () => {
  const records = pollRecords(openDatabase(postgres))
  for (const [id, workspaceId] of [
    ['poll_1', 'ws_a'],
    ['poll_2', 'ws_a'],
    ['poll_3', 'ws_a'],
    ['poll_4', 'ws_b'],
  ] as const)
    await records.record(aPoll({ id, workspaceId, archived: id === 'poll_2' }), signal())
  await postgres.query(
    `insert into ballots (poll_id, id, revision, cast_at, answers, shard, seq)
     select poll_id, 'bal_' || n, 1, now(), case when n = 1 then null else '{}'::jsonb end, 0, n
     from (values ('poll_1', 5), ('poll_2', 2), ('poll_4', 9)) as polls (poll_id, ballots),
          generate_series(1, ballots) as n`,
  )
  await postgres.query(
    `insert into usage (workspace_id, day, ballots)
     values ('ws_a', '2026-11-24', 4), ('ws_a', '2026-11-25', 3), ('ws_b', '2026-11-25', 9)`,
  )
})

describe('usage', () => {
  test('counts polls, archived ones included, and what was archived on all days; of this workspace alone', async () => {
    expect(await reader().stored('ws_a', signal())).toEqual({ polls: 3, ballots: 7 })
    expect(await reader().stored('ws_b', signal())).toEqual({ polls: 1, ballots: 9 })
    expect(await reader().stored('ws_none', signal())).toEqual({ polls: 0, ballots: 0 })
  })

  test('counts polls no further than asked for', async () => {
    expect(await reader().polls('ws_a', 100, signal())).toBe(3)
    expect(await reader().polls('ws_a', 2, signal())).toBe(2)
    expect(await reader().polls('ws_none', 2, signal())).toBe(0)
  })

  test('no longer counts a poll that is deleted', async () => {
    await pollRecords(openDatabase(postgres)).remove(
      { pollId: 'poll_3', workspaceId: 'ws_a', deletedAt: 1_795_560_000_000 },
      signal(),
    )
    expect(await reader().stored('ws_a', signal())).toEqual({ polls: 2, ballots: 7 })
  })
})
