// What has been kept long enough, found and taken out on a real Postgres through the real driver.
import { beforeEach, describe, expect, test } from 'vitest'
import type { RetentionPlace } from '../../src/application/retention-ports.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { retentionRecords } from '../../src/archive/retention-records.ts'
import { workspaces } from '../../src/archive/workspaces.ts'
import { withPostgres } from '../support/postgres.ts'
import { aPoll } from './archived.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const records = () => retentionRecords(openDatabase(postgres))
const day = 86_400_000
const now = 1_795_560_000_000

beforeEach(async () => {
  await postgres.query(
    `truncate polls, workspaces, api_keys, deleted_polls, dead_letters, deliveries, audit_log`,
  )
})

const aWorkspace = (id: string, retentionDays: number | null) =>
  postgres.query(
    'insert into workspaces (id, name, plan, created_at, retention_days) values ($1, $1, $2, now(), $3)',
    [id, 'free', retentionDays],
  )

const record = (id: string, workspaceId: string, madeDaysAgo: number, closedDaysAgo: number | null) =>
  pollRecords(openDatabase(postgres)).record(
    aPoll({
      id,
      workspaceId,
      createdAt: now - madeDaysAgo * day,
      phase: closedDaysAgo === null ? 'open' : 'closed',
      ...(closedDaysAgo !== null && { closedAt: now - closedDaysAgo * day }),
    }),
    signal(),
  )

describe('old polls', () => {
  test('are those made longer ago than their workspace keeps them, with when they closed', async () => {
    await aWorkspace('ws_a', 30)
    await aWorkspace('ws_b', null)
    await aWorkspace('ws_c', 1)
    await record('poll_old', 'ws_a', 90, 60)
    await record('poll_young', 'ws_a', 29, 1)
    await record('poll_running', 'ws_a', 40, null)
    await record('poll_kept', 'ws_b', 900, 800)
    await record('poll_c', 'ws_c', 2, 1.5)
    expect(await records().oldPolls(null, 10, now, signal())).toEqual([
      old('ws_a', 'poll_old', 90, 30, 60),
      old('ws_a', 'poll_running', 40, 30, null),
      old('ws_c', 'poll_c', 2, 1, 1.5),
    ])
  })

  test('are walked in steps of any size, each once', async () => {
    for (const workspace of ['ws_a', 'ws_b', 'ws_c']) {
      await aWorkspace(workspace, 1)
      // Two made at the same moment: only their ids tell them apart.
      for (const name of ['1', '2', '3'])
        await record(`poll_${workspace}_${name}`, workspace, name === '3' ? 9 : 10, 5)
    }
    const whole = await records().oldPolls(null, 100, now, signal())
    expect(whole).toHaveLength(9)
    for (const size of [1, 2, 4]) {
      const seen: string[] = []
      let after: RetentionPlace | null = null
      for (let step = 0; step < 20; step++) {
        const page: Awaited<ReturnType<ReturnType<typeof records>['oldPolls']>> = await records().oldPolls(
          after,
          size,
          now,
          signal(),
        )
        seen.push(...page.map(({ pollId }) => pollId))
        after = page.at(-1) ?? null
        if (page.length < size) break
      }
      expect(seen).toEqual(whole.map(({ pollId }) => pollId))
    }
  })

  test('that closed before polls were told when count from when they were recorded', async () => {
    await aWorkspace('ws_a', 30)
    await record('poll_a', 'ws_a', 90, 60)
    await postgres.query(
      `update polls set definition = definition - 'closedAt', recorded_at = to_timestamp($1 / 1000.0)`,
      [now - 3 * day],
    )
    const [poll] = await records().oldPolls(null, 10, now, signal())
    expect(poll?.closedAt).toBe(now - 3 * day)
  })
})

describe('rows', () => {
  const at = (days: number) => new Date(now - days * day)
  const left = async (table: string, column: string) =>
    (await postgres.query<{ id: string }>(`select ${column} as id from ${table} order by 1`)).map(
      ({ id }) => id,
    )

  test('go by their age, a batch at a time, the young ones never', async () => {
    for (let days = 1; days <= 6; days++) {
      await postgres.query('insert into deleted_polls values ($1, $2, $3)', [
        `poll_${days}`,
        'ws_a',
        at(days),
      ])
      await postgres.query(`insert into dead_letters values ($1, '{}', $2)`, [`msg_${days}`, at(days)])
      await postgres.query(`insert into audit_log values ($1, 'ws_a', $2, 'key_a', 'poll.close', 'x', 'r')`, [
        `aud_${days}`,
        at(days),
      ])
    }
    for (const [rows, table, column] of [
      ['tombstones', 'deleted_polls', 'poll_id'],
      ['dead-letters', 'dead_letters', 'id'],
      ['audit-log', 'audit_log', 'id'],
    ] as const) {
      const before = now - 3.5 * day
      expect(await records().forget(rows, { before, limit: 2, only: 'count' }, signal())).toBe(2)
      expect(await left(table, column)).toHaveLength(6)
      expect(await records().forget(rows, { before, limit: 2 }, signal())).toBe(2)
      expect(await records().forget(rows, { before, limit: 2 }, signal())).toBe(1)
      expect(await records().forget(rows, { before, limit: 2 }, signal())).toBe(0)
      expect((await left(table, column)).map((id) => id.at(-1))).toEqual(['1', '2', '3'])
    }
  })

  test('of deliveries lose what was sent first, and go later', async () => {
    for (const days of [1, 20, 100])
      await postgres.query(
        `insert into deliveries (id, workspace_id, webhook_id, event, poll_id, payload, state, attempts, created_at)
         values ($1, 'ws_a', 'wh_a', 'poll.closed', 'poll_a', '{}', 'delivered', 1, $2)`,
        [`msg_${days}`, at(days)],
      )
    expect(await records().forget('payloads', { before: now - 14 * day, limit: 10 }, signal())).toBe(2)
    expect(await records().forget('payloads', { before: now - 14 * day, limit: 10 }, signal())).toBe(0)
    expect(await records().forget('deliveries', { before: now - 90 * day, limit: 10 }, signal())).toBe(1)
    expect(await postgres.query('select id, payload from deliveries order by id')).toEqual([
      { id: 'msg_1', payload: '{}' },
      { id: 'msg_20', payload: null },
    ])
  })

  test('of dead letters go with their poll, whatever else is in them', async () => {
    await postgres.query('insert into deleted_polls values ($1, $2, $3)', ['poll_gone', 'ws_a', at(0)])
    for (const [id, body] of [
      ['gone', '{"v":1,"pollId":"poll_gone","ballots":[]}'],
      ['other', '{"v":1,"pollId":"poll_gone2","ballots":[]}'],
      ['no-json', 'poll_gone'],
    ])
      await postgres.query('insert into dead_letters values ($1, $2, $3)', [id, body, at(0)])
    const order = { before: now, limit: 10 }
    expect(await records().forget('letters-of-deleted-polls', order, signal())).toBe(1)
    expect(await left('dead_letters', 'id')).toEqual(['no-json', 'other'])
  })

  test('are found by their BRIN index where there are many of many workspaces and few are old', async () => {
    await postgres.query(
      `insert into audit_log select 'aud_' || n, 'ws_' || n, to_timestamp($1 / 1000.0) + make_interval(secs => n), 'key_a', 'poll.close',
       repeat('x', 100), 'r' from generate_series(1, 100000) as n`,
      [now],
    )
    await postgres.query('analyze audit_log')
    const plan = await postgres.query<{ 'QUERY PLAN': string }>(
      `explain delete from audit_log where ctid = any (array(
         select ctid from audit_log where at < to_timestamp($1 / 1000.0) limit 2000))`,
      [now - day],
    )
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('audit_log_by_time')
  })
})

describe('a workspace', () => {
  test('keeps the retention it was given, until that is changed', async () => {
    const store = workspaces(openDatabase(postgres))
    await aWorkspace('ws_a', 30)
    expect(await store.find('ws_a', signal())).toMatchObject({ id: 'ws_a', plan: 'free', retentionDays: 30 })
    expect(await store.change('ws_a', { retentionDays: null }, signal())).toMatchObject({
      retentionDays: null,
    })
    expect(await store.change('ws_a', {}, signal())).toMatchObject({ name: 'ws_a', retentionDays: null })
    expect(await store.change('ws_none', { retentionDays: 5 }, signal())).toBeNull()
    expect(await store.find('ws_none', signal())).toBeNull()
  })
})

const old = (
  workspaceId: string,
  pollId: string,
  madeDaysAgo: number,
  retentionDays: number,
  closedDaysAgo: number | null,
) => ({
  workspaceId,
  pollId,
  retentionDays,
  createdAt: now - madeDaysAgo * day,
  closedAt: closedDaysAgo === null ? null : now - closedDaysAgo * day,
})
