// The owner's list of polls over HTTP: by status, and by its cursor to the end.
import { describe, expect, test } from 'vitest'
import { scopes } from '../../src/application/ports.ts'
import { anApi, origin } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const statuses = ['draft', 'scheduled', 'open', 'closed'] as const

/** Polls of every status, closed ones by their owner and by the clock; many of one moment. */
const stocked = async () => {
  const api = anApi()
  const key = api.key()
  const ids: Record<(typeof statuses)[number], string[]> = { draft: [], scheduled: [], open: [], closed: [] }
  const make = async (status: (typeof statuses)[number], draft: object) => {
    const { id } = await api.aPoll(draft)
    ids[status].push(id)
    return id
  }
  for (let round = 0; round < 3; round++) {
    await make('draft', { status: 'draft' })
    await make('scheduled', { opensAt: '2026-11-25T00:00:00Z' })
    await make('open', { closesAt: '2026-11-25T00:00:00Z' })
    await make('open', { opensAt: '2026-11-24T12:30:00Z' })
    await make('closed', { closesAt: '2026-11-24T12:30:00Z' })
    const id = await make('closed', {})
    await api.ask('POST', `/v1/polls/${id}/close`, { key })
    if (round === 1) await api.counting.time.advance(1_000)
  }
  const { id: archived } = await api.aPoll()
  await api.ask('POST', `/v1/polls/${archived}/archive`, { key })
  await api.counting.time.advance(3_600_000)
  const list = (query: string, by = key) => api.ask('GET', `/v1/polls?${query}`, { key: by })
  return { api, ids, list }
}

interface Shown {
  readonly id: string
  readonly status: string
  readonly createdAt: string
}

describe('the list of polls', () => {
  test('of a status has those that say so themselves, and no others', async () => {
    const { ids, list } = await stocked()
    for (const status of statuses) {
      const { json } = await list(`status=${status}`)
      expect(json.data.map(({ id }: Shown) => id).toSorted()).toEqual(ids[status].toSorted())
      expect(new Set(json.data.map((poll: Shown) => poll.status))).toEqual(new Set([status]))
      expect(json.nextCursor).toBeNull()
    }
    expect((await list('')).json.data).toHaveLength(18)
  })

  test.each(['', ...statuses.map((status) => `status=${status}&`)])(
    '?%s: nextCursor and Link go on to the same end, newest first, each once',
    async (query) => {
      const { list } = await stocked()
      const whole = (await list(`${query}limit=100`)).json.data
      const walked: Shown[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const asked = `${query}limit=2${cursor && `&cursor=${cursor}`}`
        const { status, json, headers } = await list(asked)
        expect([status, json.data.length]).toEqual([200, Math.min(2, whole.length - walked.length)])
        walked.push(...json.data)
        cursor = json.nextCursor
        const link = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
        const next = cursor === null ? undefined : `${origin}/v1/polls?${query}limit=2&cursor=${cursor}`
        expect(link).toBe(next)
      }
      expect(walked).toEqual(whole)
      const places = walked.map(({ createdAt, id }) => `${createdAt} ${id}`)
      expect(places).toEqual(places.toSorted().toReversed())
    },
  )

  test('of tests and of others has nothing of it, nor has its cursor', async () => {
    const { api, list } = await stocked()
    const { nextCursor } = (await list('limit=1')).json
    for (const key of [api.key('ws_other'), api.key('ws_first', scopes, 'enterprise', 'test')])
      for (const query of ['', `cursor=${nextCursor}`, ...statuses.map((status) => `status=${status}`)])
        expect((await list(query, key)).json).toEqual({ data: [], nextCursor: null })
  })

  test.each(['status=over', 'status=', 'limit=0', 'limit=101', 'cursor=x'])(
    '%s is refused',
    async (query) => {
      const api = anApi()
      expectProblem(await api.ask('GET', `/v1/polls?${query}`, { key: api.key() }), 400, 'query-invalid')
    },
  )
})
