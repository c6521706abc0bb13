// How long polls are kept: said by the operator and by owners, carried out by the round, which the scoreboards decide.
import { describe, expect, test } from 'vitest'
import { retainAll } from '../../src/runtime/retain-all.ts'
import { type Api, anApi, lunch, rootKey } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const day = 86_400_000

const aWorkspace = async (api: Api, body: object = {}) => {
  const made = await api.ask('POST', '/v1/workspaces', {
    key: rootKey,
    body: { name: 'Acme', plan: 'enterprise', ...body },
  })
  expect(made.status, made.text).toBe(201)
  return made.json as { readonly id: string; readonly apiKey: string; readonly retentionDays: number | null }
}

const aClosedPoll = async (api: Api, key: string): Promise<string> => {
  const made = await api.ask('POST', '/v1/polls', { key, body: lunch })
  await api.vote(made.json.id)
  expect((await api.ask('POST', `/v1/polls/${made.json.id}/close`, { key })).status).toBe(200)
  return made.json.id
}

const statusOf = async (api: Api, pollId: string) =>
  (await api.services.readPollFor({ pollId, workspaceId: 'ws_x' }, AbortSignal.timeout(5_000))).ok

describe('the retention of a workspace', () => {
  test('is said when it is made, and changed by the operator', async () => {
    const api = anApi()
    expect(await aWorkspace(api)).toMatchObject({ retentionDays: null })
    const { id, retentionDays } = await aWorkspace(api, { retentionDays: 30 })
    expect(retentionDays).toBe(30)
    const path = `/v1/workspaces/${id}`
    const changed = await api.ask('PATCH', path, {
      key: rootKey,
      body: { retentionDays: null, name: 'Bcme' },
    })
    expect([changed.status, changed.json.retentionDays, changed.json.name]).toEqual([200, null, 'Bcme'])
    expect((await api.ask('GET', path, { key: rootKey })).json).toEqual(changed.json)
  })

  test('is read and changed by its owner, who changes nothing else', async () => {
    const api = anApi()
    const { id, apiKey } = await aWorkspace(api)
    const change = (body: unknown) => api.ask('PATCH', '/v1/workspace', { key: apiKey, body })
    expect((await change({ retentionDays: 7 })).json).toMatchObject({ id, retentionDays: 7 })
    expect((await change({})).json).toMatchObject({ id, retentionDays: 7 })
    expect((await api.ask('GET', '/v1/workspace', { key: apiKey })).json).toMatchObject({ retentionDays: 7 })
    for (const body of [
      { retentionDays: 0 },
      { retentionDays: 1.5 },
      { retentionDays: 4000 },
      { name: 'x' },
      5,
    ])
      expectProblem(await change(body), 422, 'workspace-invalid')
  })

  test('is nobody else’s to see or to change', async () => {
    const api = anApi()
    const { id } = await aWorkspace(api)
    for (const method of ['GET', 'PATCH']) {
      expectProblem(await api.ask(method, `/v1/workspaces/${id}`), 401, 'key-required')
      expectProblem(await api.ask(method, `/v1/workspaces/${id}`, { key: api.key(id) }), 401, 'key-invalid')
      expectProblem(await api.ask(method, '/v1/workspace'), 401, 'key-required')
    }
    const reader = api.key(id, ['polls:write'])
    expectProblem(await api.ask('PATCH', '/v1/workspace', { key: reader, body: {} }), 403, 'scope-missing')
    for (const none of ['ws_none', 'nonsense', '%00'])
      expectProblem(
        await api.ask('GET', `/v1/workspaces/${none}`, { key: rootKey }),
        404,
        'workspace-not-found',
      )
  })
})

describe('a round', () => {
  test('deletes what closed longer ago than that, and nothing else', async () => {
    const api = anApi()
    const thrifty = await aWorkspace(api, { retentionDays: 10 })
    const keeping = await aWorkspace(api)
    const due = await aClosedPoll(api, thrifty.apiKey)
    const kept = await aClosedPoll(api, keeping.apiKey)
    const running = (await api.ask('POST', '/v1/polls', { key: thrifty.apiKey, body: lunch })).json.id
    await api.counting.time.advance(6 * day)
    const late = await aClosedPoll(api, thrifty.apiKey)
    await api.counting.time.advance(5 * day)
    const round = retainAll({ ...api.services, report: (event) => void api.counting.events.push(event) })
    await round()
    expect(await Promise.all([due, kept, running, late].map((id) => statusOf(api, id)))).toEqual([
      false,
      true,
      true,
      true,
    ])
    expect(api.counting.postgres.polls.has(due)).toBe(false)
    expect(api.counting.events.filter(({ type }) => type === 'poll-retired')).toMatchObject([{ pollId: due }])
    expect(api.counting.events.at(-1)).toMatchObject({ type: 'retention-ran', polls: 1, complete: true })
  })

  test('believes the scoreboard, whatever Postgres says', async () => {
    const api = anApi()
    const { id, apiKey } = await aWorkspace(api, { retentionDays: 1 })
    const poll = (await api.ask('POST', '/v1/polls', { key: apiKey, body: lunch })).json.id
    const { postgres } = api.counting
    const recorded = postgres.polls.get(poll)
    if (recorded === undefined) throw new Error('it is not recorded')
    postgres.polls.set(poll, { ...recorded, phase: 'closed', createdAt: 0, closedAt: 1 })
    const step = await api.ask('POST', '/v1/operator/retention/polls', { key: rootKey })
    expect(step.json).toEqual({ polls: [], failed: 0, nextCursor: null })
    expect(recorded.workspaceId).toBe(id)
    expect(await statusOf(api, poll)).toBe(true)
  })

  test('by hand says first what it would do', async () => {
    const api = anApi()
    const { apiKey, id } = await aWorkspace(api, { retentionDays: 1 })
    const polls = await Promise.all([aClosedPoll(api, apiKey), aClosedPoll(api, apiKey)])
    await api.counting.time.advance(3 * day)
    const step = (query: string) => api.ask('POST', `/v1/operator/retention/polls${query}`, { key: rootKey })
    for (const query of ['?dryRun=true', '?dryRun=true', '']) {
      const { json } = await step(query)
      expect(json.polls.map(({ pollId }: { pollId: string }) => pollId).toSorted()).toEqual(polls.toSorted())
      expect(json.polls[0].workspaceId).toBe(id)
    }
    expect((await step('')).json.polls).toEqual([])
    const rows = await api.ask('POST', '/v1/operator/retention/rows?dryRun=true', { key: rootKey })
    expect(rows.json.more).toBe(false)
    expectProblem(await step('?cursor=nonsense'), 400, 'query-invalid')
    expectProblem(await api.ask('POST', '/v1/operator/retention/rows', { key: apiKey }), 401, 'key-invalid')
  })

  test('goes on where a scoreboard cannot be asked, and comes again', async () => {
    const api = anApi()
    const { apiKey } = await aWorkspace(api, { retentionDays: 1 })
    await aClosedPoll(api, apiKey)
    await api.counting.time.advance(3 * day)
    api.counting.unreachable = true
    const step = () => api.ask('POST', '/v1/operator/retention/polls', { key: rootKey })
    expect((await step()).json).toMatchObject({ polls: [], failed: 1 })
    api.counting.unreachable = false
    expect((await step()).json.polls).toHaveLength(1)
  })
})
