// The running stack over two databases and a replica of their server: workspaces are spread, owners read what they wrote however
// far the replica lags, exports lack nothing, and Postgres ends what takes too long.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { routeOf } from '../../src/archive/route.ts'
import { withPostgres } from '../support/postgres.ts'
import { withReplica } from '../support/replica.ts'
import { withSecondDatabase } from '../support/second-database.ts'
import { clientOf, eventually, type SystemAnswer, type SystemClient } from './client.ts'

const postgres = withPostgres()
const two = withSecondDatabase(postgres)
const replica = withReplica(postgres)
const folder = mkdtempSync(join(tmpdir(), 'edgepoll-databases-'))
let stack: Stack
let api: SystemClient

const names = ['main', 'north'] as const
interface Tenant {
  readonly id: string
  readonly key: string
}
/** Workspaces by the database that their hash says. */
const tenants: Record<(typeof names)[number], Tenant[]> = { main: [], north: [] }

beforeAll(async () => {
  const north = two.config.urls['north'] ?? ''
  const copyOfNorth = new URL(replica.url)
  copyOfNorth.pathname = '/north'
  await replica.catchUp()
  stack = await startStack({
    dataFolder: folder,
    databaseUrl: postgres.url,
    databases: {
      DATABASE_URLS: JSON.stringify({ north }),
      DATABASE_READ_URL: replica.url,
      DATABASE_READ_URLS: JSON.stringify({ north: copyOfNorth.href }),
    },
  })
  api = clientOf(stack.url)
  while (names.some((name) => tenants[name].length < 2)) {
    const made = await api.ask('POST', '/v1/workspaces', {
      key: stack.rootKey,
      body: { name: 'A tenant', plan: 'pro' },
    })
    expect(made.status).toBe(201)
    tenants[routeOf(made.json.id, names) as 'main'].push({ id: made.json.id, key: made.json.apiKey })
  }
}, 240_000)

afterEach(() => replica.catchUp())
afterAll(async () => {
  await api?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const aTenant = (name: (typeof names)[number]): Tenant => {
  const [tenant] = tenants[name]
  if (tenant === undefined) throw new Error(`no workspace came to ${name}`)
  return tenant
}
const aPoll = async ({ key }: Tenant, title = 'Lunch?'): Promise<SystemAnswer> => {
  const options = ['pizza', 'sushi'].map((id) => ({ id, label: id }))
  const question = { id: 'where', type: 'choice', prompt: 'Where?', options }
  const made = await api.ask('POST', '/v1/polls', { key, body: { title, questions: [question] } })
  expect(made.status).toBe(201)
  return made
}
const written = ({ headers }: SystemAnswer): string => String(headers['edgepoll-written'] ?? '')
const titles = async ({ key }: Tenant, after: string | null): Promise<readonly string[]> => {
  const headers = after === null ? {} : { 'Edgepoll-Read-After': after }
  const page = await api.ask('GET', '/v1/polls?limit=100', { key, headers })
  expect(page.status).toBe(200)
  return page.json.data.map(({ title }: { title: string }) => title)
}
const recorded = (name: (typeof names)[number], pollId: string) =>
  eventually(
    () => two.query(name, 'select from polls where id = $1', [pollId]),
    ({ length }) => length === 1,
  )

describe.each(names)('a workspace in %s', (name) => {
  const other = name === 'main' ? 'north' : 'main'

  test('has all that is its own there, and nothing in the other', async () => {
    const tenant = aTenant(name)
    const { json: poll } = await aPoll(tenant)
    await recorded(name, poll.id)
    for (let voter = 0; voter < 5; voter++) {
      const cast = await api.ask('POST', `/v1/polls/${poll.id}/ballots`, {
        headers: { 'Voter-Id': `voter-of-${name}-${voter}`.padEnd(16, '.') },
        body: { answers: { where: 'pizza' } },
      })
      expect(cast.status).toBe(201)
    }
    const invites = { key: tenant.key, headers: { 'Idempotency-Key': `of ${name}` }, body: { count: 3 } }
    await api.ask('POST', `/v1/polls/${poll.id}/invites`, invites)
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: tenant.key })
    await eventually(
      () => two.query(name, 'select from ballots where poll_id = $1', [poll.id]),
      ({ length }) => length === 5,
    )
    for (const table of ['polls', 'usage', 'invites', 'idempotency_keys']) {
      const elsewhere = await two.query(other, `select from ${table} where workspace_id = $1`, [tenant.id])
      expect(elsewhere, table).toEqual([])
    }
    for (const table of ['ballots', 'rollups'])
      expect(await two.query(other, `select from ${table} where poll_id = $1`, [poll.id])).toEqual([])

    const exported = await api.ask('GET', `/v1/polls/${poll.id}/export`, { key: tenant.key })
    expect(exported.text.trim().split('\n')).toHaveLength(5)
    const log = await api.ask('GET', '/v1/audit-log', { key: tenant.key })
    expect(log.json.data.map(({ action }: { action: string }) => action)).toContain('poll.create')
    const usage = await api.ask('GET', '/v1/usage', { key: tenant.key })
    expect(usage.json.polls).toMatchObject({ used: 1 })
  })

  test('reads what it wrote by the token of the write, while the replica lags and after', async () => {
    const tenant = aTenant(name)
    const title = `written to ${name}`
    await replica.hold()
    const made = await aPoll(tenant, title)
    await recorded(name, made.json.id)
    // What was not in Postgres yet when the poll was made is named by the next write.
    const renamed = await api.ask('PATCH', '/v1/workspace', { key: tenant.key, body: { retentionDays: 30 } })
    const token = written(renamed)
    expect(written(made)).toMatch(/^main=/)
    expect(token).toMatch(name === 'main' ? /^main=[^,]+$/ : /^main=[^,]+,north=[^,]+$/)
    expect(await titles(tenant, token)).toContain(title)
    await replica.catchUp()
    const before = await replica.asked('from "polls" where')
    expect(await titles(tenant, token)).toContain(title)
    expect(await replica.asked('from "polls" where')).toBeGreaterThan(before)
  })

  test('is answered by the primary where it names nothing, or nothing we know', async () => {
    const tenant = aTenant(name)
    await replica.hold()
    const title = `unnamed in ${name}`
    const made = await aPoll(tenant, title)
    await recorded(name, made.json.id)
    for (const token of [null, 'nonsense', 'x'.repeat(2_000)])
      expect(await titles(tenant, token)).toContain(title)
  })

  test('may be shown something older by a replica that has all it names', async () => {
    const tenant = aTenant(name)
    const token = written(
      await api.ask('PATCH', '/v1/workspace', { key: tenant.key, body: { retentionDays: 31 } }),
    )
    await replica.catchUp()
    await replica.hold()
    const title = `later in ${name}`
    await recorded(name, (await aPoll(tenant, title)).json.id)
    expect(await titles(tenant, token)).not.toContain(title)
    await replica.catchUp()
    expect(await titles(tenant, token)).toContain(title)
  })

  test('exports a closed poll whole, by itself and however far the replica lags', async () => {
    const tenant = aTenant(name)
    const { json: poll } = await aPoll(tenant, `exported from ${name}`)
    await recorded(name, poll.id)
    await replica.catchUp()
    await replica.hold()
    for (let voter = 0; voter < 3; voter++)
      await api.ask('POST', `/v1/polls/${poll.id}/ballots`, {
        headers: { 'Voter-Id': `export-of-${name}-${voter}`.padEnd(16, '.') },
        body: { answers: { where: 'sushi' } },
      })
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: tenant.key })
    const lines = async () => {
      const exported = await api.ask('GET', `/v1/polls/${poll.id}/export`, { key: tenant.key })
      expect(exported.status).toBe(200)
      return exported.text.trim().split('\n').length
    }
    expect(await lines()).toBe(3)
    await replica.catchUp()
    const before = await replica.asked('string_agg(line')
    expect(await lines()).toBe(3)
    expect(await replica.asked('string_agg(line')).toBeGreaterThan(before)
  })
})

test('a write that did nothing, and a read, have no token', async () => {
  const tenant = aTenant('main')
  const refused = await api.ask('POST', '/v1/polls', { key: tenant.key, body: {} })
  expect([refused.status, written(refused)]).toEqual([422, ''])
  expect(written(await api.ask('GET', '/v1/polls', { key: tenant.key }))).toBe('')
})

test('reads that the replica did not answer are counted', async () => {
  const exposed = await eventually(
    () => api.ask('GET', '/metrics', { key: stack.rootKey }),
    ({ text }) => /edgepoll_replica_passed_over_total\{[^}]*reason="behind"[^}]*\} [1-9]/.test(text),
  )
  expect(exposed.status).toBe(200)
})

test('the operator’s rounds go through both', async () => {
  const polls = await Promise.all(
    names.map(async (name) => {
      const { json } = await aPoll(aTenant(name), 'for the operator')
      await recorded(name, json.id)
      return json.id as string
    }),
  )
  const listed: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const page = await api.ask('GET', `/v1/operator/polls?after=${after}`, { key: stack.rootKey })
    listed.push(...page.json.pollIds)
    after = page.json.next
  }
  expect(listed).toEqual(expect.arrayContaining(polls))
  expect(listed).toEqual(listed.toSorted())
  for (const pollId of polls) {
    const path = `/v1/operator/polls/${pollId}/reconcile`
    const audited = await api.ask('POST', path, { key: stack.rootKey })
    expect(audited.json.shards.every(({ verdict }: { verdict: string }) => verdict === 'equal')).toBe(true)
  }
  const ready = await api.ask('GET', '/readyz')
  expect(ready.json.status).toBe('pass')
})

test('a statement that takes too long is ended by Postgres, though nobody waits for it any more', async () => {
  const tenant = aTenant('north')
  // Beside the gateway, which would end a session whose caller has gone; Postgres alone ends what waits for a lock.
  const waiting = () =>
    postgres.query<{ seconds: number }>(
      `select extract(epoch from now() - query_start)::float8 as seconds from pg_stat_activity
       where datname = 'north' and wait_event_type = 'Lock' and query like '%from "polls"%'`,
    )
  const { north } = two.config.urls
  const holder = new pg.Client({ connectionString: north })
  await holder.connect()
  try {
    await holder.query('begin; lock table polls in access exclusive mode')
    const listed = api.ask('GET', '/v1/polls', { key: tenant.key })
    await eventually(waiting, ({ length }) => length > 0)
    const answer = await listed
    expect(answer.status).toBe(503)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    await eventually(waiting, ({ length }) => length === 0)
  } finally {
    await holder.query('rollback')
    await holder.end()
  }
  // Whoever comes later is answered, and those in the other database never waited.
  await eventually(
    () => api.ask('GET', '/v1/polls', { key: tenant.key }),
    ({ status }) => status === 200,
  )
})
